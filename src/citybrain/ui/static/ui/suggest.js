// Completions while somebody types: the combobox pattern of WAI-ARIA with a list box. The field
// is an ordinary search field for whoever has no script.

const PAUSE = 150;
let number = 0;

function listFor(input) {
  const list = document.createElement("ul");
  list.id = `suggest-${(number += 1)}`;
  list.className = "cb-suggest";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  list.hidden = true;
  input.after(list);
  return list;
}

function combobox(input) {
  const list = listFor(input);
  let timer = 0;
  let asked = 0;
  let current = -1;
  const options = () => [...list.children];

  const close = () => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    options().forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    current = at;
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    const option = options()[at];
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    input.value = option.textContent.slice(0, input.maxLength > 0 ? input.maxLength : undefined);
    close();
    input.form.requestSubmit();
  };
  const show = (items) => {
    list.replaceChildren(
      ...items.map((text, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = text;
        // The field keeps the focus, so that its change is not sent before the choice.
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(option));
        return option;
      }),
    );
    current = -1;
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
  };
  const ask = async () => {
    const turn = (asked += 1);
    const typed = input.value.trim();
    if (!typed) return close();
    const address = `${input.dataset.suggest}?q=${encodeURIComponent(typed)}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const items = answer.ok ? (await answer.json()).items : [];
      // A late answer, or one to a field that was left, is of no use.
      if (turn === asked && document.activeElement === input) show(items);
    } catch {
      close();
    }
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    // While an input method composes, the text is not Chinese yet.
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked += 1;
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      choose(options()[current]);
    } else if (event.key === "Enter") {
      clearTimeout(timer);
      asked += 1;
      close();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && count && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((current + step + count + 1 + 1) % (count + 1)) - 1);
    } else if (event.key === "ArrowDown" && list.hidden) {
      ask();
    }
  });
}

export function completeAll(root) {
  for (const input of root.querySelectorAll("[data-suggest]:not([role])")) combobox(input);
}
