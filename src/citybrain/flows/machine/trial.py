"""Running an example of a pack from its file: the pack's own tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from citybrain.flows.machine import steps
from citybrain.flows.machine.outcome import Advance, Pending, Stuck
from citybrain.flows.packs import Pack
from citybrain.flows.packs.contract import flat
from citybrain.flows.packs.model import Done, Each, ExampleFile, Human, Served, UseStep, Wait

MOST_STEPS = 500
Mismatch = tuple[str, Any, Any]
"""(what, expected, found)"""


@dataclass(slots=True)
class Trial:
    """What an example came to. `problem` says why it did not end."""

    path: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    waived: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    rules: dict[str, list[str]] = field(default_factory=dict)
    result: str = ""
    problem: tuple[str, str] | None = None

    def mismatches(self, example: ExampleFile) -> list[Mismatch]:
        """Where the example came to something else than its file says."""
        wanted = example.expect
        found: list[Mismatch] = []
        if self.result != wanted.result:
            found.append(("result", wanted.result, self.result or self.problem))
        for name in ("path", "waived", "notified", "issued"):
            expected, got = getattr(wanted, name), getattr(self, name)
            if expected is not None and list(expected) != got:
                found.append((name, list(expected), got))
        for name, expected in flat(wanted.data).items():
            if _plain(self.data.get(name)) != _plain(expected):
                found.append((f"data.{name}", expected, self.data.get(name)))
        return found


def _plain(value: Any) -> Any:
    """2.5 and "2.5" are the same number here: a run keeps fractions as text."""
    return str(value) if isinstance(value, float) else value


@dataclass(slots=True)
class _Script:
    """What an example says others do, used up as they do it."""

    uses: dict[str, list[Served]]
    people: list[Done]
    events: frozenset[str]
    today: date
    """Goes on to the day that a wait waited for."""

    def served(self, resource: str) -> Served:
        waiting = self.uses.get(resource) or []
        if not waiting:
            raise Stuck(
                "example",
                f"样例没有说明资源“{resource}”的答复，请写在uses中。",
                f"The example does not say what {resource!r} answers; write it under uses.",
            )
        # The last answer is given again and again.
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def done(self, step: str) -> Done:
        found = next((one for one in self.people if one.step == step), None)
        if found is None:
            raise Stuck(
                "example",
                f"样例没有说明步骤“{step}”如何办理，请写在people中。",
                f"The example does not say what is done at {step!r}; write it under people.",
            )
        self.people.remove(found)
        return found


def try_example(pack: Pack, example: ExampleFile) -> Trial:
    """Run it; the outcome is compared by `Trial.mismatches`."""
    script = _Script(
        {name: list(rows) for name, rows in example.uses.items()},
        list(example.people),
        frozenset(example.events),
        date.fromisoformat(example.today),
    )
    trial = Trial(data=flat(example.input))
    problems = pack.contract.faults(trial.data)
    if problems:
        name, zh, en = problems[0]
        trial.problem = (f"{name}：{zh}", f"{name}: {en}")
        return trial
    try:
        _run(pack, pack.flow.steps[0].id, script, trial)
    except Stuck as stuck:
        trial.problem = (stuck.zh, stuck.en)
    return trial


def _run(pack: Pack, start: str, script: _Script, trial: Trial) -> str:
    """From a step to an end; gives the result."""
    here: str | None = start
    while here is not None:
        if len(trial.path) >= MOST_STEPS:
            raise Stuck("endless", "流程步骤过多，可能循环。", "Too many steps: a loop, perhaps.")
        trial.path.append(here)
        done = _step(pack, here, script, trial)
        _keep(trial, here, done)
        here = done.next
        if here is None:
            return done.result
    return ""


def _keep(trial: Trial, step: str, done: Advance) -> None:
    trial.data.update(done.sets)
    trial.waived += [one.material for one in done.waived if one.material not in trial.waived]
    for effect in done.effects:
        (trial.notified if effect.kind == "notify" else trial.issued).append(effect.key)
    if "rules" in done.detail:
        trial.rules[step] = list(done.detail["rules"])
    trial.result = done.result or trial.result


def _step(pack: Pack, here: str, script: _Script, trial: Trial) -> Advance:
    step, today = pack.steps[here], script.today
    begun = steps.begin(pack, step, trial.data, today)
    if isinstance(begun, Advance):
        return begun
    if isinstance(step, UseStep):
        answer = script.served(step.resource)
        refused = answer.refused or ""
        return steps.after_use(pack, step, trial.data, today, answer.answer, refused)
    if isinstance(step, Human):
        done = script.done(step.id)
        given = flat(done.fields)
        return steps.after_human(pack, step, trial.data, today, done.outcome, given, done.reasons)
    if isinstance(step, Wait):
        came = step.event in script.events
        if not came and begun.detail["until"] is None:
            raise Stuck("example", f"事件“{step.event}”没有发生。", f"{step.event!r} never comes.")
        if not came:
            script.today = max(today, date.fromisoformat(begun.detail["until"]))
        return steps.after_wait(pack, step, trial.data, script.today, came)
    if isinstance(step, Each):
        results = list(_elements(pack, begun, script, trial))
        return steps.after_each(pack, step, trial.data, today, results)
    names = ", ".join(begun.detail["lacking"])
    raise Stuck("example", f"样例的输入缺少：{names}。", f"The example's input lacks {names}.")


def _elements(pack: Pack, begun: Pending, script: _Script, trial: Trial) -> Iterator[str]:
    """One element after another; each with a copy of the fields."""
    for item in begun.detail["items"]:
        inner = Trial(path=trial.path, data={**trial.data, begun.detail["name"]: item})
        result = _run(pack, begun.detail["start"], script, inner)
        trial.waived += [one for one in inner.waived if one not in trial.waived]
        trial.notified += inner.notified
        trial.issued += inner.issued
        yield result
