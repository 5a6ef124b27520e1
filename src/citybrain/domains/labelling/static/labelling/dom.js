// Small makers of elements, so that no text is ever read as HTML.

export function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    one.setAttribute(name, value === true ? "" : value);
  }
  one.append(...children.filter((child) => child !== null && child !== ""));
  return one;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function typing(event) {
  const one = event.target;
  return one.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

// Past states of what is being labelled, for undo.
export class Past {
  constructor(limit = 200) {
    this.states = [];
    this.limit = limit;
  }

  keep(state) {
    this.states.push(JSON.stringify(state));
    if (this.states.length > this.limit) this.states.shift();
  }

  back() {
    const last = this.states.pop();
    return last === undefined ? null : JSON.parse(last);
  }
}
