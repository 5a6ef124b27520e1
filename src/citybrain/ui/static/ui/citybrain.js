// Behaviour of the shell. Pages work without it; charts and maps load only where they are shown.

document.documentElement.classList.add("cb-js");

function menu() {
  const button = document.querySelector("[data-menu]");
  const side = document.getElementById("navigation");
  if (!button || !side) return;
  const set = (open) => {
    side.classList.toggle("cb-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => set(!side.classList.contains("cb-open")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !side.classList.contains("cb-open")) return;
    set(false);
    button.focus();
  });
}

// Menus and questions (<details data-dismiss>) close by Escape; menus also by a click elsewhere.
function dismissable() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details[data-dismiss][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest?.("[data-close]");
    if (close) {
      const details = close.closest("details");
      details.open = false;
      details.querySelector("summary").focus();
    }
    for (const open of document.querySelectorAll(".cb-user[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
}

// A second press of the same button sends nothing.
function once() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // A page taken back from the browser's cache may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

async function draw(root) {
  if (root.querySelector("[data-chart-src]")) (await import("./charts.js")).drawAll(root);
  if (root.querySelector("[data-map-src]")) (await import("./maps.js")).drawAll(root);
  if (root.querySelector("[data-suggest]")) (await import("./suggest.js")).completeAll(root);
}

// What lies beside a list on a wide screen is folded above it on a narrow one.
function unfold(root) {
  if (!window.matchMedia("(min-width: 64rem)").matches) return;
  for (const details of root.querySelectorAll("details[data-open-wide]")) details.open = true;
}

menu();
dismissable();
once();
document.querySelector("[data-error-summary]")?.focus();
draw(document);
unfold(document);
document.addEventListener("htmx:load", (event) => {
  draw(event.target);
  unfold(event.target);
});
