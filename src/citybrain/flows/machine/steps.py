"""Each kind of step: what it does at once, what it waits for, and what follows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from citybrain.flows.expressions.values import BadValueError, plain, typed
from citybrain.flows.machine.outcome import Advance, Data, Effect, Pending, Stuck, Waived
from citybrain.flows.machine.values import World, at_pointer, is_true, value
from citybrain.flows.packs import Pack
from citybrain.flows.packs.contract import Problem
from citybrain.flows.packs.model import (
    Ask,
    Branch,
    Decide,
    Each,
    End,
    Human,
    Issue,
    Notify,
    Step,
    UseStep,
    Wait,
)

Began = Advance | Pending


def begin(pack: Pack, step: Step, data: Data, today: date) -> Began:
    """Do the step, or say what it waits for. Raises `Stuck`."""
    return _BEGIN[type(step)](pack, step, World(pack, data, today))


def _advance(pack: Pack, step: Step, world: World, **more: Any) -> Advance:
    """On by the plain way, with the papers that the step waives."""
    made = {"next": pack.following[step.id], "waived": waived(step, world), **more}
    return Advance(**made)


def waived(step: Step, world: World, source: str = "") -> tuple[Waived, ...]:
    """The papers that this step makes unnecessary now."""
    return tuple(
        Waived(one.material, one.method, source)
        for one in step.waives
        if one.when is None or is_true(one.when, world)
    )


# --- ask


def hidden(pack: Pack, world: World) -> set[str]:
    """Fields whose control is not shown with these answers."""
    return {one.field for one in pack.controls if one.shown and not is_true(one.shown, world)}


def lacking(pack: Pack, step: Ask, world: World) -> list[str]:
    """The fields that are still to be answered."""
    unseen = hidden(pack, world)
    return [
        name
        for name in step.fields
        if pack.contract.properties[name].required
        and name not in unseen
        and world.data.get(name) is None
    ]


def _ask(pack: Pack, step: Ask, world: World) -> Began:
    left = lacking(pack, step, world)
    if left:
        return Pending("ask", {"fields": list(step.fields), "lacking": left})
    problems = pack.contract.faults({name: world.data.get(name) for name in step.fields})
    if problems:
        name, zh, en = problems[0]
        raise Stuck("bad-value", f"字段“{name}”：{zh}", f"{name}: {en}")
    given = {name: world.data[name] for name in step.fields if world.data.get(name) is not None}
    return _advance(pack, step, world, sets=given)


def after_ask(pack: Pack, step: Ask, given: Data) -> list[Problem]:
    """What is wrong with answers to a step, field by field; the next `begin` reads them."""
    return pack.contract.faults(given, frozenset(step.fields))


# --- decide, branch


def _decide(pack: Pack, step: Decide, world: World) -> Began:
    found = pack.deciders[step.table](world)
    if found.conflict:
        ids = ", ".join(found.rules)
        raise Stuck(
            "table-conflict",
            f"决策表“{step.table}”的规则{ids}互相冲突。",
            f"The rules {ids} of the table {step.table!r} contradict one another.",
        )
    if not found.rules and not pack.raw_tables[step.table].hit.startswith("C"):
        raise Stuck(
            "no-rule",
            f"决策表“{step.table}”没有适用的规则。",
            f"No rule of the table {step.table!r} applies.",
        )
    sets = {name: plain(one) for name, one in found.outputs.items()}
    after = World(pack, {**world.data, **sets}, world["today()"])
    detail = {"table": step.table, "rules": list(found.rules), "outputs": sets}
    return _advance(pack, step, after, sets=sets, detail=detail)


def _branch(pack: Pack, step: Branch, world: World) -> Began:
    for case in step.cases:
        if is_true(case.when, world):
            return _advance(pack, step, world, next=case.next, detail={"when": case.when})
    return _advance(pack, step, world, detail={"when": None})


# --- use


def _use(pack: Pack, step: UseStep, world: World) -> Began:
    send: dict[str, Any] = {}
    for name, text in step.send.items():
        outer, _, inner = name.partition(".")
        if inner:
            send.setdefault(outer, {})[inner] = value(text, world)
        else:
            send[outer] = value(text, world)
    call = {
        "resource": step.resource,
        "method": step.method,
        "path": step.path,
        "send": send,
        "consent": world.data.get(step.consent) if step.consent else None,
    }
    return Pending("use", call)


def after_use(
    pack: Pack, step: UseStep, data: Data, today: date, answer: Any, refused: str = ""
) -> Advance:
    """On after an answer, or after a refusal with its reason. Raises `Stuck`."""
    if not refused:
        sets, refused = _taken(step, answer)
    if refused:
        if step.failed is None:
            raise Stuck(
                "use-failed",
                f"资源“{step.resource}”未能提供（{refused}）。",
                f"The resource {step.resource!r} was not served ({refused}).",
            )
        return Advance(step.failed, detail={"refused": refused})
    world = World(pack, {**data, **sets}, today)
    papers = waived(step, world, step.resource)
    return Advance(pack.following[step.id], sets, {"took": sorted(sets)}, papers)


def _taken(step: UseStep, answer: Any) -> tuple[dict[str, Any], str]:
    """The fields out of an answer, or why it cannot be used."""
    sets: dict[str, Any] = {}
    for name, one in step.take.items():
        raw = at_pointer(answer, one.pointer)
        try:
            sets[name] = plain(typed(raw, one.type))
        except BadValueError:
            return {}, "answer-type"
        if sets[name] is None and not one.optional:
            return {}, "answer-incomplete"
    return sets, ""


# --- human, wait


def _human(pack: Pack, step: Human, world: World) -> Began:
    outcomes = [one.code for one in step.outcomes]
    return Pending("human", {"outcomes": outcomes, "fields": list(step.fields)})


def after_human(
    pack: Pack, step: Human, data: Data, today: date, outcome: str, given: Data, reasons: str
) -> Advance:
    """On by the outcome that a person chose. Raises `Stuck` for what is not possible."""
    chosen = next((one for one in step.outcomes if one.code == outcome), None)
    if chosen is None:
        raise Stuck("unknown-outcome", f"没有“{outcome}”。", f"There is no outcome {outcome!r}.")
    if chosen.reasons and not reasons.strip():
        raise Stuck("reasons-missing", "请填写理由。", "Give the reasons.")
    problems = pack.contract.faults(given, frozenset(step.fields))
    if problems:
        name, zh, en = problems[0]
        raise Stuck("bad-value", f"字段“{name}”：{zh}", f"{name}: {en}")
    world = World(pack, {**data, **given}, today)
    detail = {"outcome": outcome} | ({"reasons": reasons.strip()} if reasons.strip() else {})
    return Advance(chosen.next, given, detail, waived(step, world))


def _wait(pack: Pack, step: Wait, world: World) -> Began:
    until = value(step.until, world) if step.until else None
    if step.event is None and until is None:
        raise Stuck("no-day", "等待的日期为空。", "There is no day to wait for.")
    if step.event is None and until is not None and until <= world["today()"].isoformat():
        return _advance(pack, step, world, detail={"until": until})
    return Pending("wait", {"until": until, "event": step.event})


def after_wait(pack: Pack, step: Wait, data: Data, today: date, came: bool) -> Advance:
    """On when the event came, or when the day came without it."""
    world = World(pack, data, today)
    to = pack.following[step.id] if came or step.event is None else step.late
    if to is None:
        to = pack.following[step.id]
    return _advance(pack, step, world, next=to, detail={"came": came})


# --- effects, each, end


def _issue(pack: Pack, step: Issue, world: World) -> Began:
    return _advance(pack, step, world, effects=(Effect("issue", step.document),))


def _notify(pack: Pack, step: Notify, world: World) -> Began:
    to = value(step.to, world)
    if not to:
        return _advance(pack, step, world, detail={"skipped": "no-address"})
    effect = Effect("notify", step.message, step.channel, str(to))
    return _advance(pack, step, world, effects=(effect,))


def _each(pack: Pack, step: Each, world: World) -> Began:
    items = value(step.over, world) or []
    if not items:
        return _advance(pack, step, world, sets={step.into: []})
    return Pending("each", {"items": list(items), "start": step.start, "name": step.name})


def after_each(pack: Pack, step: Each, data: Data, today: date, results: Sequence[str]) -> Advance:
    """On when every element has come to its result."""
    sets = {step.into: list(results)}
    return _advance(pack, step, World(pack, {**data, **sets}, today), sets=sets)


def _end(pack: Pack, step: End, world: World) -> Began:
    return Advance(None, waived=waived(step, world), result=step.result)


_BEGIN: Mapping[type, Callable[[Pack, Any, World], Began]] = {
    Ask: _ask,
    Decide: _decide,
    UseStep: _use,
    Human: _human,
    Wait: _wait,
    Issue: _issue,
    Notify: _notify,
    Branch: _branch,
    Each: _each,
    End: _end,
}
