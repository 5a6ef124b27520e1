// Draws [data-map-src] (GeoJSON, WGS-84) over the city's outline: MapLibre GL, or Leaflet where
// the browser has no WebGL. No tiles and no glyphs: nothing is asked of another host.

import { fill, json, failed } from "./tables.js";

export const TONES = { neutral: "#44526a", info: "#0f58a8", good: "#17683a", warn: "#c26a00", bad: "#b02020" };
const LAND = "#f7f9fc", BORDER = "#93a7c1";

export function drawAll(root) {
  for (const canvas of root.querySelectorAll("[data-map-src]:not([data-drawn])")) {
    canvas.dataset.drawn = "yes";
    const figure = canvas.closest("[data-map]");
    draw(canvas, figure).catch((error) => {
      console.warn(error);
      failed(canvas, figure.dataset.failed);
    });
  }
}

async function draw(canvas, figure) {
  const [outline, shown] = await Promise.all([json(canvas.dataset.outline), json(canvas.dataset.mapSrc)]);
  const language = canvas.dataset.language;
  for (const feature of shown.features) feature.properties = described(feature.properties, language);
  table(shown, figure, canvas.getAttribute("aria-label"));
  figure.querySelector("[data-attribution]").textContent = [credit(outline, language), credit(shown, language)].filter(Boolean).join(" ");
  const scene = { outline, shown, names: names(outline, language), bounds: bounds(outline) };
  canvas.dataset.engine = hasWebGL() ? "maplibre" : "leaflet";
  const engine = await import(`./map_${canvas.dataset.engine}.js`);
  await engine.draw(canvas, scene, { LAND, BORDER, TONES });
  canvas.dataset.drawn = "done";
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
}

function described(given, language) {
  const properties = given || {};
  const order = language.startsWith("zh") ? ["title", "name_zh", "name_en"] : ["title", "name_en", "name_zh"];
  const title = order.map((name) => properties[name]).find(Boolean) || "";
  return { ...properties, title, colour: TONES[properties.tone] || TONES.info };
}

function names(outline, language) {
  const key = language.startsWith("zh") ? "name_zh" : "name_en";
  const city = width(outline);
  return outline.features.map((feature) => {
    // Names of small districts would cover one another until the reader comes nearer.
    const small = width({ features: [feature] }) < city / 4;
    const look = small ? "cb-map-name cb-map-small" : "cb-map-name";
    return { text: feature.properties[key], at: feature.properties.label, look };
  });
}

function width(outline) {
  const [[west], [east]] = bounds(outline);
  return east - west;
}

// Called by the engines whenever the zoom changes; `home` is the zoom that shows the whole city.
export function distance(canvas, zoom, home) {
  canvas.classList.toggle("cb-far", zoom < home + 1);
}

function credit(data, language) {
  return (language.startsWith("zh") && data.attribution_zh) || data.attribution;
}

function* positions(coordinates) {
  if (typeof coordinates[0] === "number") yield coordinates;
  else for (const inner of coordinates) yield* positions(inner);
}

function bounds(outline) {
  const box = [180, 90, -180, -90];
  for (const feature of outline.features) {
    for (const [lng, lat] of positions(feature.geometry.coordinates)) {
      box[0] = Math.min(box[0], lng); box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lng); box[3] = Math.max(box[3], lat);
    }
  }
  return [[box[0], box[1]], [box[2], box[3]]];
}

function table(shown, figure, caption) {
  const words = figure.dataset;
  const rows = shown.features.map(({ properties, geometry }) => {
    const first = positions(geometry.coordinates).next().value || [];
    return [link(properties), properties.note, first.map((degree) => degree.toFixed(4)).join(", ")];
  });
  const place = figure.querySelector("[data-map-table]");
  if (rows.length) fill(place, caption, [words.name, words.note, words.place], rows);
  else place.textContent = words.empty;
}

function link(properties) {
  if (!sameHost(properties.url)) return properties.title;
  const made = document.createElement("a");
  made.href = properties.url;
  made.textContent = properties.title;
  return made;
}

// Addresses come from records that people wrote: only paths of this site become links.
function sameHost(address) {
  return typeof address === "string" && address.startsWith("/") && !address.startsWith("//");
}

export function popup(properties) {
  const made = document.createElement("div");
  made.className = "cb-map-popup";
  const title = document.createElement("strong");
  title.append(link(properties));
  made.append(title, properties.note || "");
  return made;
}
