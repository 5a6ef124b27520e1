// Colours and places that come as data, because the policy of the page forbids inline styles.

const COLOUR = /^#[0-9a-f]{6}$/i;

export function paint(root) {
  for (const one of root.querySelectorAll("[data-colour]")) {
    if (COLOUR.test(one.dataset.colour)) one.style.setProperty("--lb", one.dataset.colour);
  }
  for (const one of root.querySelectorAll("[data-box]")) {
    const [x, y, width, height] = one.dataset.box.split(" ").map(Number);
    Object.assign(one.style, { left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` });
  }
}

paint(document);
