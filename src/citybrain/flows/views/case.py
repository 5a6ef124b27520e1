"""What the page of a case shows: its steps, its papers, its messages, what is to be done."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.engines.law import Rule
from citybrain.flows.models import Run, StepOutcome
from citybrain.flows.packs import Pack
from citybrain.flows.packs.model import Ask, Human, Wait
from citybrain.flows.queries import reads_data
from citybrain.flows.versions import pack_of
from citybrain.flows.views.forms import ContractForm
from citybrain.flows.wording import METHODS, STEPS, TONES, field_title, shown, text, words
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline
from citybrain.ui.history import clock_face, history_of
from citybrain.ui.labels import party_name
from citybrain.ui.shapes import Clock, Item


def case_context(run: Run, acting: Acting, form: ContractForm | None) -> dict[str, Any]:
    """Everything that the page shows; personal data for the office of the case alone."""
    pack, works = pack_of(run.pack), acting.may("run.work", run.party)
    reads = reads_data(acting, run)
    open_case = run.state not in (Run.State.ENDED, Run.State.CANCELLED)
    return {
        "run": run,
        "tone": TONES[run.state],
        "title": words(pack.scenario.title.zh, pack.scenario.title.en),
        "items": _items(run, pack),
        "problem": words(run.problem["zh"], run.problem["en"]) if run.problem else "",
        "outcomes": [_outcome(pack, one) for one in run.outcomes.order_by("seq")],
        "fields": _fields(pack, run) if reads else None,
        "clocks": _clocks(run, pack),
        "parts": [(one, TONES[one.state], _part(pack, one)) for one in run.parts.order_by("id")],
        "waivers": _waivers(run, pack),
        "papers": list(run.papers.all()) if reads else [],
        "messages_out": [(one, TONES[one.state]) for one in run.messages.order_by("id")],
        "reads": reads,
        "history": history_of(run.urn, acting),
        "works": works,
        "open_case": open_case,
    } | (_todo(run, pack, form) if works else {})


def _items(run: Run, pack: Pack) -> list[Item]:
    result = text(pack, f"results.{run.result}") if run.result else ""
    step = "" if run.ended_at else text(pack, f"steps.{run.step}")
    shown_items = [
        Item(
            _("Scenario"),
            words(pack.scenario.title.zh, pack.scenario.title.en),
            reverse("scenario", args=[run.pack.ref]),
        ),
        Item(_("Version"), f"{run.pack.label} · {run.pack.digest[:16]}"),
        Item(_("Office"), party_name(run.party)),
        Item(_("Begun"), run.created_at),
        Item(_("Step"), step),
        Item(_("Result"), result),
        Item(_("Finished"), run.ended_at),
    ]
    return [one for one in shown_items if one.value not in ("", None)]


def _outcome(pack: Pack, one: StepOutcome) -> dict[str, Any]:
    detail = one.detail
    notes = []
    if detail.get("rules"):
        notes.append(_("rules %(rules)s") % {"rules": ", ".join(detail["rules"])})
    if detail.get("outcome"):
        notes.append(text(pack, f"outcomes.{detail['outcome']}"))
    if detail.get("refused"):
        notes.append(_("not served: %(reason)s") % {"reason": detail["refused"]})
    if detail.get("result"):
        notes.append(text(pack, f"results.{detail['result']}"))
    if detail.get("reasons"):
        notes.append(detail["reasons"])
    return {
        "title": text(pack, f"steps.{one.step}"),
        "kind": STEPS[one.do],
        "at": one.created_at,
        "note": "；".join(notes) if words("zh", "en") == "zh" else "; ".join(notes),
    }


def _fields(pack: Pack, run: Run) -> list[Item]:
    return [
        Item(field_title(pack, name), shown(pack, name, value)) for name, value in run.data.items()
    ]


def _clocks(run: Run, pack: Pack) -> list[Clock]:
    """Clocks of the pack's own rules, with their source."""
    rules: Mapping[str, Rule] = pack.law or {}
    found = []
    for row in Deadline.objects.filter(subject=run.urn).order_by("due_on", "pk"):
        face, rule = clock_face(row), rules.get(row.rule)
        if rule is not None:
            face = Clock(
                words(rule.zh, rule.en),
                face.due,
                face.days_left,
                face.provisional,
                rule.source,
                rule.status,  # type: ignore[arg-type]
                face.stopped,
            )
        found.append(face)
    return found


def _part(pack: Pack, run: Run) -> str:
    return text(pack, f"results.{run.result}") if run.result else text(pack, f"steps.{run.step}")


def _waivers(run: Run, pack: Pack) -> list[dict[str, Any]]:
    titles = {one.code: words(one.title.zh, one.title.en) for one in pack.scenario.materials}
    sources = {one.name: words(one.title.zh, one.title.en) for one in pack.scenario.resources}
    return [
        {
            "material": titles.get(one.material, one.material),
            "method": METHODS.get(one.method, one.method),
            "source": sources.get(one.source, one.source),
            "at": one.created_at,
            "request_id": one.request_id,
        }
        for one in run.waivers.all()
    ]


def _todo(run: Run, pack: Pack, form: ContractForm | None) -> dict[str, Any]:
    """What somebody of the office can do now."""
    step = pack.steps[run.step]
    if run.state == Run.State.ASKING and isinstance(step, Ask):
        return {"ask": form or ContractForm(pack, list(step.fields), initial=run.data)}
    if run.state == Run.State.HUMAN and isinstance(step, Human):
        outcomes = [(o.code, text(pack, f"outcomes.{o.code}"), o.reasons) for o in step.outcomes]
        return {
            "human": form or ContractForm(pack, list(step.fields), initial=run.data),
            "human_step": step.id,
            "human_title": text(pack, f"steps.{step.id}"),
            "outcomes_open": outcomes,
            "needs_reasons": [title for _code, title, needs in outcomes if needs],
        }
    if run.state == Run.State.WAITING and isinstance(step, Wait) and step.event:
        return {"event": step.event, "event_title": text(pack, f"steps.{step.id}")}
    return {}
