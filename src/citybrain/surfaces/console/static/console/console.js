// Shows of several alternatives only the one that is chosen. Without it all are shown.

function chosen(name) {
  const inputs = [...document.getElementsByName(name)];
  const ticked = inputs.find((one) => one.type === "radio" && one.checked);
  return ticked ? ticked.value : inputs[0]?.type === "radio" ? "" : inputs[0]?.value;
}

function update() {
  for (const part of document.querySelectorAll("[data-variant]")) {
    const [name, value] = part.dataset.variant.split("=");
    part.hidden = chosen(name) !== value;
  }
}

document.addEventListener("change", update);
update();
