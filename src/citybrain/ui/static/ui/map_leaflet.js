// The map on Leaflet, for browsers without WebGL.

import { distance, popup } from "./maps.js";

const HOME = new URL("../vendor/leaflet/", import.meta.url);

function loaded(tag, attributes) {
  const made = Object.assign(document.createElement(tag), attributes);
  return new Promise((done, fail) => { made.onload = done; made.onerror = fail; document.head.prepend(made); });
}

let library;
function load() {
  library ||= Promise.all([
    loaded("link", { rel: "stylesheet", href: new URL("leaflet.css", HOME).href }),
    loaded("script", { src: new URL("leaflet.js", HOME).href }),
  ]);
  return library;
}

export async function draw(canvas, scene, { LAND, BORDER }) {
  await load();
  const L = window.L;
  const map = L.map(canvas, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
  L.geoJSON(scene.outline, { interactive: false, style: { color: BORDER, weight: 1, fillColor: LAND, fillOpacity: 1 } }).addTo(map);
  for (const { text, at, look } of scene.names) {
    const name = Object.assign(document.createElement("span"), { textContent: text, ariaHidden: "true" });
    L.marker([at[1], at[0]], { interactive: false, keyboard: false, icon: L.divIcon({ className: look, html: name, iconSize: null }) }).addTo(map);
  }
  L.geoJSON(scene.shown, {
    style: (feature) => ({ color: feature.properties.colour, weight: 2 }),
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 6, color: "#fff", weight: 1.5, fillColor: feature.properties.colour, fillOpacity: 1 }),
    onEachFeature: (feature, layer) => layer.bindPopup(popup(feature.properties)),
  }).addTo(map);
  map.fitBounds(scene.bounds.map(([lng, lat]) => [lat, lng]));
  const home = map.getZoom();
  distance(canvas, home, home);
  map.on("zoomend", () => distance(canvas, map.getZoom(), home));
}
