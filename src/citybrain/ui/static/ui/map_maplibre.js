// The map on MapLibre GL.

import * as maplibre from "../vendor/maplibre/maplibre-gl.mjs";
import { distance, popup } from "./maps.js";

maplibre.setWorkerUrl(new URL("../vendor/maplibre/maplibre-gl-worker.mjs", import.meta.url).href);

function stylesheet() {
  const address = new URL("../vendor/maplibre/maplibre-gl.css", import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return new Promise((done) => { link.onload = link.onerror = done; document.head.prepend(link); });
}

function style({ outline, shown }, { LAND, BORDER }) {
  const circle = { "circle-color": ["get", "colour"], "circle-radius": 6, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 };
  return {
    version: 8,
    sources: { outline: { type: "geojson", data: outline }, shown: { type: "geojson", data: shown } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#dce8f3" } },
      { id: "land", type: "fill", source: "outline", paint: { "fill-color": LAND } },
      { id: "border", type: "line", source: "outline", paint: { "line-color": BORDER, "line-width": 1 } },
      { id: "areas", type: "fill", source: "shown", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.3 } },
      { id: "lines", type: "line", source: "shown", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ["get", "colour"], "line-width": 2 } },
      { id: "points", type: "circle", source: "shown", filter: ["==", ["geometry-type"], "Point"], paint: circle },
    ],
  };
}

export async function draw(canvas, scene, colours) {
  await stylesheet();
  const map = new maplibre.Map({ container: canvas, style: style(scene, colours), bounds: scene.bounds, fitBoundsOptions: { padding: 16 }, attributionControl: false, dragRotate: false, cooperativeGestures: false });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.scrollZoom.disable();
  const home = map.getZoom();
  distance(canvas, home, home);
  map.on("zoom", () => distance(canvas, map.getZoom(), home));
  for (const { text, at, look } of scene.names) {
    const element = Object.assign(document.createElement("div"), { className: look, textContent: text, ariaHidden: "true" });
    new maplibre.Marker({ element }).setLngLat(at).addTo(map);
  }
  for (const layer of ["points", "areas", "lines"]) {
    map.on("click", layer, (event) => {
      new maplibre.Popup().setLngLat(event.lngLat).setDOMContent(popup(event.features[0].properties)).addTo(map);
    });
    map.on("mouseenter", layer, () => { map.getCanvas().classList.add("cb-pointer"); });
    map.on("mouseleave", layer, () => { map.getCanvas().classList.remove("cb-pointer"); });
  }
  await new Promise((done) => { map.once("load", done); });
}
