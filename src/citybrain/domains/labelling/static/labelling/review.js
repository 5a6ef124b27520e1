// The reviewer's own answer to a disagreement about spans or boxes, made with the annotators' tool.

import { typing } from "./dom.js";
import { Spans } from "./spans.js";
import { Boxes } from "./boxes.js";

const settings = JSON.parse(document.getElementById("labelling-settings").textContent);
const find = (name) => document.querySelector(`[data-lb-${name}]`);
const own = document.querySelector("input[name=choice][value=own]");
const status = find("status");
const say = (text) => {
  status.textContent = text;
};

// What was changed is what the reviewer means: it goes along and is chosen.
function changed() {
  own.value = `own:${JSON.stringify(tool.result())}`;
  own.checked = true;
}

const Tool = settings.type === "spans" ? Spans : Boxes;
const tool = new Tool({ settings, task: settings.task, say, stage: find("stage"), side: find("side"), changed });
if (settings.task.result) tool.load(settings.task.result);
own.value = `own:${JSON.stringify(tool.result())}`;

find("work").addEventListener("keydown", (event) => {
  // Enter in a box's number sets it; the form is sent by its button.
  if (event.key === "Enter" && event.target.matches("input[type=number]")) {
    event.preventDefault();
    event.target.dispatchEvent(new Event("change"));
  }
  if (typing(event) || event.altKey) return;
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (isUndo) say(tool.undo() ? settings.words.undone : settings.words.nothing);
  if (isUndo) changed();
  if (isUndo || tool.key(event)) event.preventDefault();
});
