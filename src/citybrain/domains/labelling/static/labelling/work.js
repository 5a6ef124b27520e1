// The annotator's page: one task after the other, by keyboard or pointer.

import { Outbox } from "./outbox.js";
import { fill, make, typing } from "./dom.js";
import { Choices } from "./choices.js";
import { Spans } from "./spans.js";
import { Boxes } from "./boxes.js";

const settings = JSON.parse(document.getElementById("labelling-settings").textContent);
const words = settings.words;
const find = (name) => document.querySelector(`[data-lb-${name}]`);
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const TOOLS = { classification: Choices, pairs: Choices, spans: Spans, boxes: Boxes };

let tool = null;
let task = null;
let began = 0;
let last = null;
const outbox = new Outbox(settings, token, told);

function say(text) {
  find("status").textContent = text;
}

function alarm(text) {
  find("alert").hidden = !text;
  find("alert").textContent = text;
}

function told(one) {
  if (one.body?.total !== undefined) counts(one.body);
  if (one.state === "sending") say(words.sending);
  if (one.state === "saved") {
    say(words.saved);
    alarm("");
  }
  if (one.state === "offline") alarm(fill(words.offline, { n: outbox.waiting().length }));
  if (one.state === "signin") alarm(words.signin);
  if (one.state === "refused") alarm(fill(words.refused, { reason: one.body.detail }));
}

function counts(body) {
  find("counts").textContent = `${body.done} / ${body.total}`;
  find("progress").max = body.total || 1;
  find("progress").value = body.done;
}

const draftKey = (ref) => `${outbox.key}:draft:${ref}`;

function show(given) {
  task = given;
  began = Date.now();
  find("work").hidden = find("foot").hidden = !task;
  find("stage").replaceChildren();
  find("side").replaceChildren();
  tool = null;
  if (!task) return;
  tool = new TOOLS[settings.type]({ settings, task, say, stage: find("stage"), side: find("side"), changed });
  const draft = localStorage.getItem(draftKey(task.ref));
  const start = draft ? JSON.parse(draft) : task.result;
  if (start) tool.load(start);
  tool.focus();
}

function changed() {
  localStorage.setItem(draftKey(task.ref), JSON.stringify(tool.result()));
}

async function next() {
  const answer = await outbox.send(settings.next, {});
  if (answer.state !== "saved") {
    told(answer);
    // While the connection is away the last words stay; the next task comes with it.
    if (answer.state === "offline") setTimeout(next, 3000);
    return;
  }
  counts(answer.body);
  show(answer.body.task);
  if (!answer.body.task) {
    say(words.done);
    find("stage").replaceChildren(make("p", { class: "cb-empty" }, words.done));
    find("work").hidden = false;
  }
}

async function hand(said) {
  const item = { task: task.ref, seconds: Math.round((Date.now() - began) / 1000), ...said };
  const draft = { ref: task.ref, data: task.data, result: said.result ?? null };
  localStorage.removeItem(draftKey(task.ref));
  find("foot").hidden = true;
  const answer = await outbox.add(item);
  if (answer.state === "refused" && answer.item.task === task.ref) {
    // What was said stays before the annotator's eyes, to be mended.
    find("foot").hidden = false;
    if (said.result) tool.load(said.result);
    return;
  }
  last = draft;
  next();
}

function submit() {
  if (!task || find("foot").hidden) return;
  const fault = tool.fault();
  if (fault) {
    say(fault);
    alarm(fault);
    return;
  }
  hand({ result: tool.result() });
}

function previous() {
  if (!last) {
    window.location.assign(settings.mine);
    return;
  }
  show(last);
  say(words.changing);
}

function undo() {
  if (!tool) return;
  say(tool.undo() ? words.undone : words.nothing);
  changed();
}

function skip() {
  find("skip").open = true;
  document.getElementById("lb-reason").focus();
}

function keyed(event) {
  if (!task || typing(event) || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo();
    return;
  }
  if (tool.key(event)) {
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  const on = event.target.closest?.("a, button:not(.lb-drawn), summary, .lb-foot");
  if (event.key === "Enter" && !on) submit();
  else if (event.key.toLowerCase() === "p") previous();
  else if (event.key.toLowerCase() === "s") skip();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", keyed);
find("submit").addEventListener("click", submit);
find("undo").addEventListener("click", undo);
find("previous").addEventListener("click", previous);
find("skip-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const reason = document.getElementById("lb-reason");
  find("skip").open = false;
  hand({ skipped: reason.value });
  reason.value = "";
});

async function start() {
  await outbox.flush();
  if (settings.task) {
    show(settings.task);
    say(words.changing);
  } else {
    say("");
    await next();
  }
}

start();
