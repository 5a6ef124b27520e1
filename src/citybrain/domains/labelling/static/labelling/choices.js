// Text classification and pairs: one question, answered by choosing among labels.

import { make, Past } from "./dom.js";

export class Choices {
  constructor({ settings, task, stage, side, changed }) {
    this.settings = settings;
    this.past = new Past();
    this.changed = changed;
    this.chosen = [];
    this.several = settings.type === "classification" && settings.several;
    stage.append(settings.type === "pairs" ? this.pair(task.data) : text(task.data.text));
    const legend = make("legend", {}, settings.words.label);
    this.inputs = settings.labels.map((label) => this.input(label));
    const rows = this.inputs.map((input, number) => this.row(input, settings.labels[number]));
    side.append(make("fieldset", { class: "lb-labels" }, legend, ...rows));
  }

  pair(data) {
    const side = (name) => make("section", { class: "lb-half" }, text(data[name]));
    return make("div", { class: "lb-pair" }, side("left"), side("right"));
  }

  input(label) {
    const type = this.several ? "checkbox" : "radio";
    const input = make("input", { type, name: "lb-label", value: label.code });
    input.addEventListener("change", () => {
      this.past.keep(this.chosen);
      this.chosen = this.inputs.filter((one) => one.checked).map((one) => one.value);
      this.changed();
    });
    return input;
  }

  row(input, label) {
    const swatch = make("span", { class: "lb-swatch" });
    swatch.style.setProperty("--lb", label.colour);
    const key = label.key ? make("kbd", {}, label.key) : "";
    return make("label", { class: "lb-label" }, input, swatch, make("span", {}, label.name), key);
  }

  load(result) {
    this.set((result.choices ?? [result.choice]).filter(Boolean));
  }

  set(codes) {
    this.chosen = codes;
    for (const input of this.inputs) input.checked = codes.includes(input.value);
  }

  focus() {
    (this.inputs.find((one) => one.checked) ?? this.inputs[0]).focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey) return false;
    const arrows = { ArrowLeft: "left", ArrowRight: "right" };
    const wanted = this.settings.type === "pairs" ? arrows[event.key] : undefined;
    const input = this.inputs.find((one, number) => {
      const label = this.settings.labels[number];
      return label.code === wanted || (label.key && label.key === event.key.toLowerCase());
    });
    if (!input) return false;
    input.click();
    input.focus({ preventScroll: true });
    return true;
  }

  undo() {
    const before = this.past.back();
    if (before) this.set(before);
    return before !== null;
  }

  fault() {
    return this.chosen.length ? "" : this.settings.words.choose;
  }

  result() {
    return this.settings.type === "pairs" ? { choice: this.chosen[0] ?? null } : { choices: this.chosen };
  }
}

export function text(content) {
  return make("p", { class: "lb-text" }, content);
}
