"""What the page of a pack shows: its flow drawn, its tables, its examples, where it stands."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.flows.decisions.csv_file import output_text
from citybrain.flows.decisions.model import RawRule, RawTable
from citybrain.flows.drawing import Drawing, draw
from citybrain.flows.machine import Trial, try_example
from citybrain.flows.models import Binding, PackVersion, Run
from citybrain.flows.packs import Pack, check
from citybrain.flows.packs.model import Decide, End, Human, Issue, Notify, Step, UseStep
from citybrain.flows.packs.pack import Example
from citybrain.flows.queries import bound_names, visible_packs
from citybrain.flows.versions import pack_of
from citybrain.flows.wording import (
    HITS,
    KINDS,
    STEPS,
    TONES,
    fault_text,
    field_title,
    text,
    words,
)
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement
from citybrain.kernel.queries import visible
from citybrain.ui.history import history_of
from citybrain.ui.labels import party_name, purpose_name, resource_title
from citybrain.ui.rules import source_status


@dataclass(frozen=True, slots=True)
class Way:
    """Where a step leads, and why."""

    why: str
    to: str
    title: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as a row of the table beside the picture."""

    number: int
    id: str
    title: str
    kind: str
    what: str
    ways: list[Way]
    on: bool


def page_context(version: PackVersion, acting: Acting, example: str) -> dict[str, Any]:
    """Everything that the page shows. Raises `FaultyError` for a pack that cannot be read."""
    pack = pack_of(version)
    chosen = next((one for one in pack.examples if one.code == example), None)
    trial = try_example(pack, chosen.content) if chosen else None
    path = trial.path if trial else []
    manages = acting.may("pack.manage", version.owner)
    drafts = version.state != PackVersion.State.RETIRED and manages
    bound = bound_names(version.code)
    return {
        "pack": version,
        "tone": TONES[version.state],
        "kind": KINDS[pack.scenario.kind],
        "about": getattr(pack.scenario.about, words("zh", "en")),
        "owner": party_name(version.owner),
        "purpose": purpose_name(pack.scenario.purpose),
        "basis": [(one, source_status(one.status)) for one in pack.scenario.basis],
        "law": _law(pack),
        "materials": pack.scenario.materials,
        "drawing": _drawing(pack, path),
        "steps": _rows(pack, path),
        "tables": [_table(pack, one, trial) for one in pack.raw_tables.values()],
        "examples": [_example(pack, one, chosen) for one in pack.examples],
        "chosen": _chosen(pack, chosen, trial),
        "faults": [(one.place, fault_text(one)) for one in _faults(pack, version, bound)],
        "resources": _resources(pack, version, acting, manages),
        "manages": manages,
        "may_edit": drafts,
        "may_start": version.state == PackVersion.State.ACTIVE
        and acting.may("run.work", version.owner),
        "versions": visible_packs(acting).filter(code=version.code).order_by("-number"),
        "runs": _runs(version, acting),
        "history": history_of(version.urn, acting),
    }


def _faults(pack: Pack, version: PackVersion, bound: frozenset[str]) -> list[Any]:
    """What stands in the way of using it; a version that is or was in use has passed."""
    return check(pack, bound) if version.state == PackVersion.State.DRAFT else []


def _law(pack: Pack) -> list[tuple[str, Any, str]]:
    rules = (pack.law or {}).values()
    return [(words(one.zh, one.en), one, source_status(one.status)) for one in rules]


def _why(pack: Pack, step: Step, why: str) -> str:
    if isinstance(step, Human):
        return text(pack, f"outcomes.{why}")
    known = {"failed": _("not served"), "late": _("late"), "each": _("each")}
    return known.get(why, why)


def _ways(pack: Pack) -> list[tuple[str, str, str]]:
    return [
        (step.id, to, _why(pack, step, why))
        for step in pack.flow.steps
        for why, to in pack.ways(step).items()
        if to
    ]


def _drawing(pack: Pack, path: list[str]) -> dict[str, Any]:
    steps = [(one.id, str(one.do), text(pack, f"steps.{one.id}")) for one in pack.flow.steps]
    made: Drawing = draw(steps, _ways(pack))
    gone = set(pairwise(path))
    return {
        "boxes": [(one, one.id in path) for one in made.boxes],
        "lines": [(one, (one.start, one.end) in gone) for one in made.lines],
        "width": made.width,
        "height": made.height,
    }


def _rows(pack: Pack, path: list[str]) -> list[StepRow]:
    rows = []
    for number, step in enumerate(pack.flow.steps, start=1):
        ways = [
            Way(_why(pack, step, why), to, text(pack, f"steps.{to}"))
            for why, to in pack.ways(step).items()
            if to
        ]
        title, kind = text(pack, f"steps.{step.id}"), str(STEPS[step.do])
        rows.append(StepRow(number, step.id, title, kind, _what(pack, step), ways, step.id in path))
    return rows


def _what(pack: Pack, step: Step) -> str:
    """What a step has to do with: fields, a table, a resource, a text."""
    sep = words("、", ", ")
    if isinstance(step, Decide):
        return text(pack, f"tables.{step.table}")
    if isinstance(step, UseStep):
        needed = {one.name: one.title for one in pack.scenario.resources}
        title = needed.get(step.resource)
        return getattr(title, words("zh", "en")) if title else step.resource
    if isinstance(step, Notify):
        return text(pack, f"messages.{step.message}")
    if isinstance(step, Issue):
        return text(pack, f"documents.{step.document}.title")
    if isinstance(step, End):
        return text(pack, f"results.{step.result}")
    return sep.join(field_title(pack, one) for one in getattr(step, "fields", ()))


def _table(pack: Pack, raw: RawTable, trial: Trial | None) -> dict[str, Any]:
    """A table in the words of the pack's texts, with the codes below."""
    hit = {one for rules in trial.rules.values() for one in rules} if trial else set()
    heads = [(_head(pack, one), one, "flows-in") for one in raw.inputs]
    heads = [(title, code if code != title else "", css) for title, code, css in heads]
    heads += [(field_title(pack, one.name), output_text(one), "flows-out") for one in raw.outputs]
    notes = {"source": _("Source"), "status": _("Status")}
    heads += [(notes.get(one, one), "", "") for one in raw.notes]
    return {
        "code": raw.code,
        "title": text(pack, f"tables.{raw.code}"),
        "hit": raw.hit,
        "words": HITS[raw.hit],
        "heads": heads,
        "rules": [(one.id, _cells(pack, raw, one), one.id in hit) for one in raw.rules],
    }


def _head(pack: Pack, expression: str) -> str:
    """The label of a field; an age is one too; any other expression as it stands."""
    if expression.startswith("age("):
        return _("Age in full years")
    return field_title(pack, expression)


def _cells(pack: Pack, raw: RawTable, rule: RawRule) -> list[tuple[str, str]]:
    pairs = zip(raw.inputs, rule.inputs, strict=True)
    cells = [(_cell(pack, name, one), "flows-in") for name, one in pairs]
    outputs = zip(raw.outputs, rule.outputs, strict=True)
    cells += [(_cell(pack, output.name, one), "flows-out") for output, one in outputs]
    for name, one in zip(raw.notes, rule.notes, strict=True):
        cells.append((source_status(one) if name == "status" else one, ""))
    return cells


def _cell(pack: Pack, name: str, cell: str) -> str:
    """Codes of values as their words; everything else as it stands."""
    plain = {"": "-", "-": "-", "true": _("yes"), "false": _("no")}
    if cell in plain:
        return plain[cell]
    inner = cell.removeprefix("not(").removesuffix(")") if cell.startswith("not(") else cell
    known = pack.texts[words("zh", "en")]
    parts = [one.strip() for one in inner.split(",")]
    shown = [known.get(f"values.{name}.{one}", plain.get(one, one)) for one in parts]
    joined = words("、", ", ").join(shown)
    return _("not %(values)s") % {"values": joined} if inner != cell else joined


def _example(pack: Pack, one: Example, chosen: Example | None) -> dict[str, Any]:
    trial = try_example(pack, one.content)
    return {
        "code": one.code,
        "title": getattr(one.content.title, words("zh", "en")),
        "result": text(pack, f"results.{trial.result}") if trial.result else "—",
        "waived": len(trial.waived),
        "passes": not trial.mismatches(one.content),
        "chosen": one is chosen,
    }


def _chosen(pack: Pack, chosen: Example | None, trial: Trial | None) -> dict[str, Any] | None:
    """The example that is drawn, in words."""
    if chosen is None or trial is None:
        return None
    titles = {one.code: getattr(one.title, words("zh", "en")) for one in pack.scenario.materials}
    return {
        "title": getattr(chosen.content.title, words("zh", "en")),
        "path": [text(pack, f"steps.{one}") for one in trial.path],
        "result": text(pack, f"results.{trial.result}") if trial.result else "",
        "problem": words(*trial.problem) if trial.problem else "",
        "waived": [titles.get(one, one) for one in trial.waived],
        "wrong": trial.mismatches(chosen.content),
    }


def _resources(
    pack: Pack, version: PackVersion, acting: Acting, manages: bool
) -> list[dict[str, Any]]:
    """Each resource with its agreement, and the agreements that could be chosen."""
    rows = Binding.objects.filter(code=version.code).select_related("agreement__resource")
    bound = {one.name: one.agreement for one in rows}
    choices: list[Agreement] = []
    if manages and acting.party.pk == version.owner_id:
        active = Agreement.State.ACTIVE
        choices = list(visible.agreements(acting).filter(consumer=version.owner, state=active))
    found = []
    for one in pack.scenario.resources:
        agreement = bound.get(one.name)
        found.append(
            {
                "name": one.name,
                "title": getattr(one.title, words("zh", "en")),
                "kind": one.kind,
                "agreement": agreement,
                "resource": resource_title(agreement.resource) if agreement else "",
                "url": reverse("agreement", args=[agreement.ref]) if agreement and manages else "",
                "choices": [
                    (c.ref, resource_title(c.resource))
                    for c in choices
                    if c.resource.kind == one.kind
                ],
            }
        )
    return found


def _runs(version: PackVersion, acting: Acting) -> int | None:
    """How many cases of this version there are, for those who may see them."""
    if acting.reads_all or acting.party.pk == version.owner_id:
        return Run.objects.filter(pack=version, parent=None).count()
    return None
