/* Shows and hides the fields of a pack's form by the pack's own expressions, as the server
 * will: `data-flow-shown` holds the expression, #field-types the types of the fields. Without
 * this script every field is shown. */
"use strict";
(function () {
  const form = document.querySelector("[data-flow-form]");
  const source = document.getElementById("field-types");
  if (!form || !source || !window.CityBrainExpressions) return;
  const types = JSON.parse(source.textContent);

  function value(name, type) {
    const inputs = [...form.querySelectorAll('[name="' + CSS.escape(name) + '"]')];
    if (!inputs.length) return null;
    if (type === "list") {
      if (inputs[0].type === "checkbox") return inputs.filter((one) => one.checked).map((one) => one.value);
      return inputs[0].value.split("\n").map((one) => one.trim()).filter(Boolean);
    }
    const text = inputs[0].value.trim();
    if (text === "") return null;
    return type === "boolean" ? text === "true" : text;
  }

  function data() {
    const found = {};
    for (const [name, type] of Object.entries(types)) found[name] = value(name, type);
    return found;
  }

  /* The day in the city, as the server reckons it. */
  const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());

  function isTrue(expression, known) {
    try {
      return window.CityBrainExpressions.evaluate(expression, known, types, today()) === true;
    } catch (fault) {
      return true; // a value that is being typed: leave the field to be seen
    }
  }

  function refresh() {
    const known = data();
    for (const one of form.querySelectorAll("[data-flow-shown]")) {
      one.hidden = !isTrue(one.dataset.flowShown, known);
    }
  }

  form.addEventListener("input", refresh);
  form.addEventListener("change", refresh);
  refresh();
})();
