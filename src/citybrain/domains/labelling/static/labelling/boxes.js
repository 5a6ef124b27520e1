// Boxes on a picture, in percent of its sides. Every box is a button in the picture and a row of
// numbers beside it, so what a pointer can do, keys and a screen reader can do, too.

import { fill, make, Past } from "./dom.js";

const SIDES = ["x", "y", "width", "height"];
const SMALLEST = 0.3;
const round = (value) => Math.round(value * 1000) / 1000;

export class Boxes {
  constructor({ settings, task, say, stage, side, changed }) {
    Object.assign(this, { settings, say, changed });
    this.words = settings.words;
    this.boxes = [];
    this.past = new Past();
    this.current = settings.labels[0];
    this.picture = make("div", { class: "lb-picture lb-drawing", tabindex: "0", role: "group", "aria-label": this.words.picture });
    // With its size the picture has its place before it has come.
    const { width, height } = task.data;
    const image = make("img", { src: task.data.url, width, height, alt: task.data.name ?? this.words.picture, draggable: "false" });
    this.layer = make("div", { class: "lb-layer" });
    this.picture.append(image, this.layer);
    stage.append(this.picture);
    this.picture.addEventListener("pointerdown", (event) => this.down(event));
    const create = make("button", { type: "button", class: "btn" }, "+ ", make("kbd", {}, "N"));
    create.setAttribute("aria-label", fill(this.words.box, { n: "+", label: "N" }));
    create.addEventListener("click", () => this.create());
    const legend = make("legend", {}, this.words.label);
    this.buttons = settings.labels.map((label) => this.button(label));
    side.append(make("fieldset", { class: "lb-labels" }, legend, ...this.buttons), create);
    this.list = make("ol", { class: "lb-list" });
    side.append(this.list);
    this.draw();
  }

  button(label) {
    const swatch = make("span", { class: "lb-swatch" });
    swatch.style.setProperty("--lb", label.colour);
    const key = label.key ? make("kbd", {}, label.key) : "";
    const one = make("button", { type: "button", class: "btn lb-label" }, swatch, label.name, key);
    one.addEventListener("click", () => this.choose(label));
    return one;
  }

  focus() {
    this.picture.focus({ preventScroll: true });
  }

  load(result) {
    this.boxes = (result.boxes ?? []).map((one) => ({ ...one }));
    this.draw();
  }

  labelOf(code) {
    return this.settings.labels.find((one) => one.code === code);
  }

  // The label for new boxes, and of the box that has the focus.
  choose(label) {
    this.current = label;
    const box = this.focused();
    if (box) {
      this.keep();
      box.label = label.code;
      this.draw(box);
      this.changed();
    }
    for (const [number, one] of this.buttons.entries()) {
      one.setAttribute("aria-pressed", String(this.settings.labels[number] === label));
    }
    this.say(label.name);
  }

  focused() {
    const number = document.activeElement?.closest?.("[data-number]")?.dataset.number;
    return number === undefined ? null : this.boxes[Number(number)];
  }

  keep() {
    this.past.keep(this.boxes);
  }

  create() {
    this.keep();
    const box = { x: 35, y: 35, width: 30, height: 30, label: this.current.code };
    this.boxes.push(box);
    this.draw(box);
    this.changed();
    this.say(fill(this.words.boxed, { label: this.current.name }));
  }

  remove(box) {
    this.keep();
    this.boxes = this.boxes.filter((one) => one !== box);
    this.draw();
    this.changed();
    this.say(this.words.removed);
    this.focus();
  }

  key(event) {
    if (event.key.toLowerCase() === "n" && !event.ctrlKey && !event.metaKey) {
      this.create();
      return true;
    }
    const label = this.settings.labels.find((one) => one.key && one.key === event.key.toLowerCase());
    if (label && !event.ctrlKey && !event.metaKey) {
      this.choose(label);
      return true;
    }
    const box = this.focused();
    if (!box) return false;
    if (event.key === "Delete" || event.key === "Backspace") {
      this.remove(box);
      return true;
    }
    return this.nudge(box, event);
  }

  nudge(box, event) {
    const moves = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };
    const move = moves[event.key];
    if (!move) return false;
    const amount = move[1] * (event.ctrlKey || event.metaKey ? 0.2 : 1);
    this.keep();
    if (event.shiftKey) box[move[0] === "x" ? "width" : "height"] += amount;
    else box[move[0]] += amount;
    this.settle(box);
    this.draw(box);
    this.changed();
    this.say(this.describe(box));
    return true;
  }

  // Within the picture, and large enough to be seen.
  settle(box) {
    for (const [at, size] of [["x", "width"], ["y", "height"]]) {
      box[size] = Math.min(Math.max(box[size], SMALLEST), 100);
      box[at] = Math.min(Math.max(box[at], 0), 100 - box[size]);
      box[at] = round(box[at]);
      box[size] = Math.min(round(box[size]), round(100 - box[at]));
    }
  }

  describe(box) {
    const label = this.labelOf(box.label).name;
    const name = fill(this.words.box, { n: this.boxes.indexOf(box) + 1, label });
    return `${name} ${SIDES.map((side) => `${Math.round(box[side] * 10) / 10}%`).join(" ")}`;
  }

  at(event) {
    const frame = this.layer.getBoundingClientRect();
    const percent = (value, from, size) => Math.min(Math.max(((value - from) / size) * 100, 0), 100);
    return {
      x: percent(event.clientX, frame.left, frame.width),
      y: percent(event.clientY, frame.top, frame.height),
    };
  }

  // One pointer gesture: draw a new box, move one, or pull its corner.
  down(event) {
    if (event.button) return;
    event.preventDefault();
    const before = JSON.parse(JSON.stringify(this.boxes));
    const start = this.at(event);
    const target = event.target.closest("[data-number]");
    const corner = event.target.closest(".lb-corner");
    let box = target ? this.boxes[Number(target.dataset.number)] : null;
    const first = box ? { ...box } : null;
    this.picture.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const now = this.at(moved);
      if (!box) {
        if (Math.hypot(now.x - start.x, now.y - start.y) < 1) return;
        box = { x: 0, y: 0, width: 0, height: 0, label: this.current.code };
        this.boxes.push(box);
      }
      if (!first) stretch(box, start, now);
      else if (corner) stretch(box, first, now);
      else Object.assign(box, { x: first.x + now.x - start.x, y: first.y + now.y - start.y });
      this.settle(box);
      this.draw(box);
    };
    const up = () => {
      this.picture.removeEventListener("pointermove", move);
      this.picture.removeEventListener("pointerup", up);
      this.picture.removeEventListener("pointercancel", up);
      if (!box) return;
      if (JSON.stringify(before) !== JSON.stringify(this.boxes)) {
        this.past.keep(before);
        this.changed();
      }
      this.draw(box);
      this.say(this.describe(box));
    };
    this.picture.addEventListener("pointermove", move);
    this.picture.addEventListener("pointerup", up);
    this.picture.addEventListener("pointercancel", up);
  }

  draw(focus) {
    this.layer.replaceChildren(...this.boxes.map((box, number) => this.shape(box, number)));
    this.list.replaceChildren(...this.boxes.map((box, number) => this.row(box, number)));
    if (focus) this.layer.children[this.boxes.indexOf(focus)]?.focus({ preventScroll: true });
  }

  shape(box, number) {
    const label = this.labelOf(box.label);
    const one = make(
      "button",
      { type: "button", class: "lb-drawn", "data-number": number, "aria-label": this.describe(box) },
      make("span", { class: "lb-number" }, String(number + 1)),
      make("span", { class: "lb-corner" }),
    );
    one.style.setProperty("--lb", label.colour);
    Object.assign(one.style, { left: `${box.x}%`, top: `${box.y}%`, width: `${box.width}%`, height: `${box.height}%` });
    return one;
  }

  row(box, number) {
    const label = this.labelOf(box.label);
    const options = this.settings.labels.map((one) => make("option", { value: one.code, selected: one === label }, one.name));
    const select = make("select", { class: "form-select", "aria-label": fill(this.words.box, { n: number + 1, label: this.words.label }) }, ...options);
    select.addEventListener("change", () => {
      this.keep();
      box.label = select.value;
      this.draw();
      this.changed();
    });
    const remove = make("button", { type: "button", class: "btn btn-sm", "aria-label": `${this.words.remove} ${number + 1}` }, this.words.remove);
    remove.addEventListener("click", () => this.remove(box));
    const names = [this.words.left, this.words.top, this.words.width, this.words.height];
    const numbers = SIDES.map((side, which) => this.number(box, side, names[which]));
    return make("li", {}, make("div", { class: "lb-grow" }, select, make("div", { class: "lb-sides" }, ...numbers)), remove);
  }

  number(box, side, name) {
    const input = make("input", { type: "number", class: "form-control", step: "0.1", min: "0", max: "100", value: Math.round(box[side] * 10) / 10 });
    input.addEventListener("change", () => {
      if (input.value === "" || !Number.isFinite(Number(input.value))) return this.draw();
      this.keep();
      box[side] = Number(input.value);
      this.settle(box);
      this.draw();
      this.changed();
    });
    return make("label", {}, make("span", {}, name), input);
  }

  undo() {
    const before = this.past.back();
    if (before) {
      this.boxes = before;
      this.draw();
    }
    return before !== null;
  }

  // A picture on which there is nothing to mark is an answer, too.
  fault() {
    return "";
  }

  result() {
    return { boxes: this.boxes };
  }
}

function stretch(box, from, to) {
  box.x = Math.min(from.x, to.x);
  box.y = Math.min(from.y, to.y);
  box.width = Math.abs(to.x - from.x);
  box.height = Math.abs(to.y - from.y);
}
