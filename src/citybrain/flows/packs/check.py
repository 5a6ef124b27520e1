"""Whether a pack makes sense: everything named exists, every way leads somewhere, nothing is
forgotten. Each fault has file, line, and what to do."""

from collections.abc import Callable, Collection, Iterator

from citybrain.flows.decisions import holes
from citybrain.flows.expressions import ExpressionError, parse
from citybrain.flows.expressions import check as type_of
from citybrain.flows.faults import Fault, FaultyError
from citybrain.flows.fields import types_of
from citybrain.flows.packs import words
from citybrain.flows.packs.model import (
    Ask,
    Branch,
    Decide,
    Each,
    End,
    Human,
    Notify,
    Step,
    UseStep,
    Wait,
)
from citybrain.flows.packs.pack import Pack, line_of
from citybrain.flows.packs.yamls import Path
from citybrain.kernel.policy import Policy, PolicyFault
from citybrain.kernel.policy.vocabulary import PURPOSES

FLOW, SCENARIO = "flow.yaml", "scenario.yaml"
Faults = Iterator[Fault]


def check(pack: Pack, bound: Collection[str] | None = None) -> list[Fault]:
    """Every fault of sense, sorted by place. `bound` names the resources under an agreement;
    None leaves that unasked."""
    found: list[Fault] = []
    for part in _PARTS:
        found += part(pack)
    if bound is not None:
        found += _unbound(pack, bound)
    return sorted(set(found))


def _at(pack: Pack, path: Path, code: str, zh: str, en: str, file: str = FLOW) -> Fault:
    return pack.documents[file].fault(path, code, zh, en)


def _steps(pack: Pack) -> Iterator[tuple[Path, Step]]:
    for place, step in enumerate(pack.flow.steps):
        yield ("steps", place), step


def _scenario(pack: Pack) -> Faults:
    one = pack.scenario
    if one.purpose not in PURPOSES:
        zh, en = f"没有“{one.purpose}”这种用途。", f"There is no purpose {one.purpose!r}."
        yield _at(pack, ("purpose",), "purpose", zh, en, SCENARIO)
    for place, needed in enumerate(one.resources):
        try:
            Policy.parse(needed.policy)
        except PolicyFault as fault:
            path = ("resources", place, "policy")
            yield _at(pack, path, "policy", fault.zh, fault.en, SCENARIO)


def _ids(pack: Pack) -> Faults:
    seen: set[str] = set()
    for path, step in _steps(pack):
        if step.id in seen:
            zh, en = f"步骤“{step.id}”重复。", f"The step {step.id!r} stands there twice."
            yield _at(pack, (*path, "id"), "step-twice", zh, en)
        seen.add(step.id)


def _ways(pack: Pack) -> Faults:
    """Every way leads to a step, and only `end` has none."""
    for path, step in _steps(pack):
        for why, to in pack.ways(step).items():
            if to is None:
                zh = f"步骤“{step.id}”之后没有步骤；请写next，或以end结束。"
                en = f"Nothing follows the step {step.id!r}; write next, or end with an end step."
                yield _at(pack, path, "no-way-on", zh, en)
            elif to not in pack.steps:
                zh = f"没有步骤“{to}”（由“{step.id}”的“{why or 'next'}”指向）。"
                en = f"There is no step {to!r} ({why or 'next'} of {step.id!r})."
                yield _at(pack, path, "unknown-step", zh, en)


def _reach(pack: Pack) -> Faults:
    reached, left = {pack.flow.steps[0].id}, [pack.flow.steps[0].id]
    while left:
        step = pack.steps[left.pop()]
        for to in pack.ways(step).values():
            if to in pack.steps and to not in reached:
                reached.add(str(to))
                left.append(str(to))
    for path, step in _steps(pack):
        if step.id not in reached:
            zh = f"没有任何步骤通向“{step.id}”；请删除或接上。"
            en = f"No way leads to the step {step.id!r}; remove it or lead one there."
            yield _at(pack, path, "unreachable", zh, en)
    if not any(isinstance(pack.steps[one], End) for one in reached):
        yield _at(pack, ("steps",), "no-end", "流程没有终点（end）。", "No end step is reached.")


def _names(pack: Pack) -> Faults:
    """What steps name exists: tables, resources, materials, fields, rules of law."""
    resources = {one.name for one in pack.scenario.resources}
    materials = {one.code for one in pack.scenario.materials}
    rules = set(pack.law or ())
    for path, step in _steps(pack):
        wanted: list[tuple[str, str, Collection[str], str, str]] = [
            ("waives", one.material, materials, "材料", "material") for one in step.waives
        ]
        if isinstance(step, Decide):
            wanted.append(("table", step.table, pack.raw_tables, "决策表", "table"))
        elif isinstance(step, UseStep):
            wanted.append(("resource", step.resource, resources, "资源", "resource"))
        elif isinstance(step, Human) and step.deadline:
            wanted.append(("deadline", step.deadline, rules, "时限规则", "rule of law.toml"))
        if isinstance(step, Ask | Human):
            known = pack.contract.properties
            wanted += [("fields", one, known, "字段", "field") for one in step.fields]
        for part, name, known_names, zh_what, en_what in wanted:
            if name not in known_names:
                zh, en = f"没有{zh_what}“{name}”。", f"There is no {en_what} {name!r}."
                yield _at(pack, (*path, part), f"unknown-{part}", zh, en)


def _unused(pack: Pack) -> Faults:
    """Tables, resources and materials that no step names."""
    steps = pack.flow.steps
    used = {one.resource for one in steps if isinstance(one, UseStep)}
    for place, needed in enumerate(pack.scenario.resources):
        if needed.name not in used:
            zh, en = f"没有步骤使用资源“{needed.name}”。", f"No step uses {needed.name!r}."
            yield _at(pack, ("resources", place), "unused-resource", zh, en, SCENARIO)
    asked = {one.table for one in steps if isinstance(one, Decide)}
    for code, table in pack.raw_tables.items():
        if code not in asked:
            zh, en = "没有步骤使用该决策表。", "No step asks this table."
            yield Fault(table.file, 0, "unused-table", zh, en)


def _fields(pack: Pack) -> Faults:
    """Each field of the contract is given by somebody, and shown where it is asked."""
    given: set[str] = set()
    for step in pack.flow.steps:
        if isinstance(step, Ask | Human):
            given |= set(step.fields)
        elif isinstance(step, UseStep):
            given |= set(step.take)
    form = pack.files["form.json"]
    for name in pack.contract.properties:
        if name not in given:
            zh = f"没有步骤询问或取得字段“{name}”；请在ask、human或use步骤中写明，或删除。"
            en = f"No step asks for or takes the field {name!r}; name it in a step or remove it."
            yield Fault("form.json", line_of(form, name), "field-unasked", zh, en)
    shown = {one.field for one in pack.controls}
    layout = pack.files.get("ui.json", "")
    for name in sorted(shown - set(pack.contract.properties)):
        zh, en = f"form.json中没有字段“{name}”。", f"form.json has no field {name!r}."
        yield Fault("ui.json", line_of(layout, name), "unknown-field", zh, en)
    asked = {name for one in pack.flow.steps if isinstance(one, Ask) for name in one.fields}
    for name in sorted(asked - shown) if layout else ():
        zh, en = f"ui.json未布置字段“{name}”。", f"ui.json has no Control for {name!r}."
        yield Fault("ui.json", 0, "field-unshown", zh, en)


def _expressions(pack: Pack) -> Faults:
    """Every condition and value has the type that its place wants."""
    for path, step in _steps(pack):
        for part, text, kind in _texts_of(step):
            fault = _expression(pack, text, kind)
            if fault:
                yield _at(pack, (*path, part), "expression", *fault)
    for control in pack.controls:
        fault = _expression(pack, control.shown, "boolean") if control.shown else None
        if fault:
            line = line_of(pack.files["ui.json"], control.field)
            yield Fault("ui.json", line, "expression", *fault)


def _texts_of(step: Step) -> Iterator[tuple[str, str, str]]:
    """(part, expression, type that it must have; "" for any)"""
    for waiver in step.waives:
        if waiver.when:
            yield "waives", waiver.when, "boolean"
    if isinstance(step, Branch):
        yield from (("cases", one.when, "boolean") for one in step.cases)
    elif isinstance(step, UseStep):
        yield from (("send", text, "") for text in step.send.values())
        if step.consent:
            yield "consent", step.consent, "text"
    elif isinstance(step, Wait) and step.until:
        yield "until", step.until, "date"
    elif isinstance(step, Notify):
        yield "to", step.to, "text"
    elif isinstance(step, Each):
        yield "over", step.over, "list"


def _expression(pack: Pack, text: str, kind: str) -> tuple[str, str] | None:
    try:
        found = type_of(parse(text), types_of(pack.fields))
    except ExpressionError as error:
        return f"“{text}”：{error.zh}", f"{text!r}: {error}"
    if kind and found != kind:
        return f"“{text}”应为{kind}类型。", f"{text!r} must be {kind}, not {found}."
    return None


def _tables(pack: Pack) -> Faults:
    """Cells that cannot be understood, gaps, overlaps, rules without effect."""
    try:
        tables = pack.tables
    except FaultyError as error:
        yield from error.faults
        return
    for table in tables.values():
        yield from holes(table)


def _unbound(pack: Pack, bound: Collection[str]) -> Faults:
    for place, needed in enumerate(pack.scenario.resources):
        if needed.name not in bound:
            zh = f"资源“{needed.name}”还没有协议；请先申请使用并在场景页面绑定协议。"
            en = f"The resource {needed.name!r} has no agreement; request it and bind it."
            yield _at(pack, ("resources", place), "no-agreement", zh, en, SCENARIO)


_PARTS: tuple[Callable[[Pack], Faults], ...] = (
    _scenario,
    _ids,
    _ways,
    _reach,
    _names,
    _unused,
    _fields,
    _expressions,
    _tables,
    words.missing,
)
