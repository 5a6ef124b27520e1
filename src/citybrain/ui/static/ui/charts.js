// Draws [data-chart-src] with ECharts from {type, title, unit, categories, series: [{name, data}]}.

import { fill, json, failed } from "./tables.js";

const COLOURS = ["#0f58a8", "#2a9d8f", "#c26a00", "#6b7f99", "#b02020", "#4f8bd6", "#5a7d2a"];
const FONT = getComputedStyle(document.body).fontFamily;

export function drawAll(root) {
  for (const canvas of root.querySelectorAll("[data-chart-src]:not([data-drawn])")) {
    canvas.dataset.drawn = "yes";
    const figure = canvas.closest("[data-chart]");
    draw(canvas, figure).catch((error) => {
      console.warn(error);
      failed(canvas, figure.dataset.failed);
    });
  }
}

async function draw(canvas, figure) {
  const chart = await json(canvas.dataset.chartSrc);
  table(chart, figure);
  if (!chart.series.some((one) => one.data.length)) {
    canvas.textContent = figure.dataset.empty;
    return;
  }
  const echarts = await import("../vendor/echarts/echarts.esm.min.js");
  const shown = echarts.init(canvas, null, { renderer: "svg" });
  shown.setOption(chart.type === "pie" ? pie(chart) : axes(chart));
  new ResizeObserver(() => shown.resize()).observe(canvas);
}

function table(chart, figure) {
  const unit = chart.unit ? ` (${chart.unit})` : "";
  const heads = [figure.dataset.column, ...chart.series.map((one) => one.name + unit)];
  const rows = chart.categories.map((name, i) => [name, ...chart.series.map((one) => one.data[i])]);
  fill(figure.querySelector("[data-chart-table]"), chart.title, heads, rows);
}

function common(chart) {
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    color: COLOURS,
    textStyle: { fontFamily: FONT, color: "#1a2433" },
    title: { text: chart.unit ? `${chart.title} (${chart.unit})` : chart.title, left: 0, top: 0, padding: 0, textStyle: { fontFamily: FONT, fontSize: 15, fontWeight: 600, color: "#0b2545" } },
    // Rich text, since an HTML tooltip needs inline styles, which the page's policy forbids.
    tooltip: { renderMode: "richText", confine: true, trigger: chart.type === "pie" ? "item" : "axis" },
    legend: { type: "scroll", bottom: 0, left: 0, show: chart.series.length > 1 || chart.type === "pie" },
  };
}

function pie(chart) {
  const values = chart.series[0].data;
  const data = chart.categories.map((name, i) => ({ name, value: values[i] }));
  const label = { formatter: "{d}%", color: "#1a2433" };
  return { ...common(chart), series: [{ type: "pie", radius: ["32%", "54%"], center: ["50%", "50%"], name: chart.series[0].name, data, label }] };
}

function axes(chart) {
  const type = chart.type === "line" ? "line" : "bar";
  const stack = chart.type === "stacked" ? "all" : undefined;
  return {
    ...common(chart),
    grid: { left: 8, right: 16, top: 40, bottom: chart.series.length > 1 ? 36 : 8, containLabel: true },
    xAxis: { type: "category", data: chart.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: "#8794a8" } }, axisLabel: { color: "#51607a" } },
    yAxis: { type: "value", axisLabel: { color: "#51607a" }, splitLine: { lineStyle: { color: "#e3e9f1" } } },
    series: chart.series.map((one) => ({ type, stack, name: one.name, data: one.data, symbolSize: 6, barMaxWidth: 36, lineStyle: { width: 2.5 } })),
  };
}
