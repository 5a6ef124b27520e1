// Spans in a text. Offsets are code points everywhere, as on the server.

import { fill, make, Past } from "./dom.js";

export class Spans {
  constructor({ settings, task, say, stage, side, changed }) {
    Object.assign(this, { settings, say, changed });
    this.words = settings.words;
    this.chars = Array.from(task.data.text);
    this.stops = wordStops(task.data.text);
    this.spans = [];
    this.past = new Past();
    this.caret = this.anchor = 0;
    this.text = make("div", { class: "lb-text lb-editable", tabindex: "0", role: "application", "aria-label": task.data.text });
    stage.append(this.text);
    this.text.addEventListener("pointerup", () => this.fromPointer());
    this.text.addEventListener("focus", () => this.draw());
    const buttons = settings.labels.map((label) => this.button(label));
    const legend = make("legend", {}, this.words.label);
    side.append(make("fieldset", { class: "lb-labels" }, legend, ...buttons));
    this.list = make("ul", { class: "lb-list", "aria-label": this.words.label });
    side.append(this.list);
    this.draw();
  }

  button(label) {
    const swatch = make("span", { class: "lb-swatch" });
    swatch.style.setProperty("--lb", label.colour);
    const key = label.key ? make("kbd", {}, label.key) : "";
    const one = make("button", { type: "button", class: "btn lb-label" }, swatch, label.name, key);
    // Pressing it must not take the selection away from the text.
    one.addEventListener("pointerdown", (event) => event.preventDefault());
    one.addEventListener("click", () => this.mark(label));
    return one;
  }

  load(result) {
    this.spans = result.spans ?? [];
    this.draw();
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  get selected() {
    return [Math.min(this.caret, this.anchor), Math.max(this.caret, this.anchor)];
  }

  slice(start, end) {
    return this.chars.slice(start, end).join("");
  }

  labelOf(code) {
    return this.settings.labels.find((one) => one.code === code);
  }

  mark(label) {
    const [start, end] = this.selected;
    if (start === end) return this.say(this.words.select);
    const same = this.spans.find((one) => one.start === start && one.end === end);
    const overlapping = this.spans.some((one) => one !== same && one.start < end && start < one.end);
    if (overlapping) return this.say(this.words.overlaps);
    this.past.keep(this.spans);
    this.spans = this.spans.filter((one) => one !== same);
    this.spans.push({ start, end, label: label.code });
    this.spans.sort((one, other) => one.start - other.start);
    this.anchor = this.caret = end;
    this.draw();
    this.changed();
    this.say(fill(this.words.marked, { label: label.name, text: this.slice(start, end) }));
  }

  remove(span) {
    this.past.keep(this.spans);
    this.spans = this.spans.filter((one) => one !== span);
    this.draw();
    this.changed();
    this.say(this.words.removed);
    this.focus();
  }

  key(event) {
    const label = this.settings.labels.find((one) => one.key && one.key === event.key.toLowerCase());
    if (label && !event.ctrlKey && !event.metaKey) {
      this.mark(label);
      return true;
    }
    if (document.activeElement !== this.text) return false;
    if (event.key === "Delete" || event.key === "Backspace") {
      const span = this.spans.find((one) => one.start <= this.caret && this.caret <= one.end);
      if (span) this.remove(span);
      return true;
    }
    const to = this.step(event);
    if (to === null) return false;
    this.caret = to;
    if (!event.shiftKey) this.anchor = to;
    this.draw();
    this.tellPlace();
    return true;
  }

  step(event) {
    const back = event.key === "ArrowLeft" || event.key === "ArrowUp";
    const byWord = event.ctrlKey || event.metaKey || event.key === "ArrowUp" || event.key === "ArrowDown";
    if (event.key === "Home") return 0;
    if (event.key === "End") return this.chars.length;
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return null;
    if (!byWord) return Math.min(Math.max(this.caret + (back ? -1 : 1), 0), this.chars.length);
    if (back) return this.stops.filter((one) => one < this.caret).pop() ?? 0;
    return this.stops.find((one) => one > this.caret) ?? this.chars.length;
  }

  tellPlace() {
    const [start, end] = this.selected;
    if (start !== end) this.say(fill(this.words.selected, { text: this.slice(start, end) }));
    else this.say(fill(this.words.caret, { n: this.caret, all: this.chars.length }) + " " + this.slice(this.caret, this.caret + 8));
  }

  // The browser's own selection, made by mouse or finger, in code points of the text.
  fromPointer() {
    const found = window.getSelection();
    if (!found.rangeCount) return;
    const anchor = this.offsetOf(found.anchorNode, found.anchorOffset);
    const caret = this.offsetOf(found.focusNode, found.focusOffset);
    if (anchor === null || caret === null) return;
    this.anchor = anchor;
    this.caret = caret;
    found.removeAllRanges();
    this.draw();
    this.tellPlace();
  }

  offsetOf(node, offset) {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-start]");
    if (!piece || !this.text.contains(piece)) return this.text.contains(node) ? this.caret : null;
    const before = node.nodeType === Node.TEXT_NODE ? node.data.slice(0, offset) : "";
    return Number(piece.dataset.start) + Array.from(before).length;
  }

  draw() {
    const [start, end] = this.selected;
    const edges = new Set([0, start, end, this.chars.length]);
    for (const one of this.spans) edges.add(one.start).add(one.end);
    const cuts = [...edges].sort((one, other) => one - other);
    const pieces = cuts.slice(0, -1).map((from, number) => this.piece(from, cuts[number + 1]));
    if (this.caret === this.chars.length) pieces.push(make("span", { class: "lb-caret", "data-start": this.chars.length }, "\u200b"));
    this.text.replaceChildren(...pieces);
    this.list.replaceChildren(...this.spans.map((one) => this.row(one)));
  }

  piece(from, to) {
    const [start, end] = this.selected;
    const span = this.spans.find((one) => one.start <= from && to <= one.end);
    const classes = [
      span && "lb-mark",
      start <= from && to <= end && start !== end && "lb-selected",
      from === this.caret && "lb-caret",
    ];
    const one = make("span", { "data-start": from, class: classes.filter(Boolean).join(" ") || null }, this.slice(from, to));
    if (span) {
      const label = this.labelOf(span.label);
      one.style.setProperty("--lb", label.colour);
      if (to === span.end) one.dataset.tag = label.name;
    }
    return one;
  }

  row(span) {
    const label = this.labelOf(span.label);
    const swatch = make("span", { class: "lb-swatch" });
    swatch.style.setProperty("--lb", label.colour);
    const text = this.slice(span.start, span.end);
    const button = make("button", { type: "button", class: "btn btn-sm", "aria-label": `${this.words.remove} ${text}` }, this.words.remove);
    button.addEventListener("click", () => this.remove(span));
    return make("li", {}, swatch, make("span", { class: "lb-grow" }, `${label.name}: ${text}`), button);
  }

  undo() {
    const before = this.past.back();
    if (before) {
      this.spans = before;
      this.draw();
    }
    return before !== null;
  }

  // A text in which there is nothing to mark is an answer, too.
  fault() {
    return "";
  }

  result() {
    return { spans: this.spans };
  }
}

// Code point offsets at which words begin or end; Chinese by the browser's dictionary.
function wordStops(text) {
  const stops = new Set([0]);
  let at = 0;
  const parts = Intl.Segmenter ? [...new Intl.Segmenter("zh", { granularity: "word" }).segment(text)].map((one) => one.segment) : text.split(/(?<=\s)/);
  for (const part of parts) {
    at += Array.from(part).length;
    stops.add(at);
  }
  return [...stops];
}
