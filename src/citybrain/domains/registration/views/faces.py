"""How registrations and applications look: states, steps, clocks, answers, buttons."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from citybrain.domains.registration.logic.fields import Field, Step
from citybrain.domains.registration.logic.rules import stands_on_notice
from citybrain.domains.registration.logic.steps import WAYS, choice_title
from citybrain.domains.registration.models import Application
from citybrain.domains.registration.moves import PROCESS, open_moves
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline, LedgerRecord
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import clock_face
from citybrain.ui.labels import localised
from citybrain.ui.processes import Press, state_name
from citybrain.ui.processes import steps as steps_of_process
from citybrain.ui.shapes import Clock, Item
from citybrain.ui.shapes import Step as Passed

TONES = {
    "pending": "info",
    "valid": "good",
    "expired": "warn",
    "cancelled": "neutral",
    "ended": "bad",
    "draft": "neutral",
    "submitted": "info",
    "supplement": "warn",
    "accepted": "info",
    "notice": "info",
    "objection": "warn",
    "coding": "info",
    "done": "good",
    "rejected": "bad",
    "withdrawn": "neutral",
    "current": "good",
    "superseded": "neutral",
    "void": "bad",
    "open": "warn",
    "dismissed": "neutral",
    "upheld": "bad",
}
ENDS_BADLY = frozenset({"rejected", "withdrawn"})


def state_of(application: Application) -> str:
    """The state of an application in words."""
    return state_name(PROCESS, application.state)


def presses_of(application: Application, acting: Acting) -> list[Press]:
    """The buttons that the acting party may press now."""
    return [
        Press(
            code=move.code,
            title=str(localised(move.zh, move.en)),
            form=MoveForm(needs_reasons=True, auto_id=f"{move.code}-%s")
            if "reasons" in move.needs
            else None,
            danger=move.to in ENDS_BADLY,
        )
        for move in open_moves(application, acting)
    ]


def progress_of(application: Application, records: list[LedgerRecord]) -> list[Passed]:
    """The way so far and ahead, without the public notice where the kind has none."""
    found = steps_of_process(application, records)  # type: ignore[arg-type]
    if stands_on_notice(application.kind):
        return found
    skipped = {state_name(PROCESS, code) for code in ("notice", "coding")}
    return [one for one in found if str(one.title) not in skipped]


def clocks_about(urn: str, rule: str = "") -> list[Clock]:
    """The clocks of one record (of one rule), those that run first, told as what they are."""
    found = Deadline.objects.filter(subject=urn).select_related("party")
    rows = list(found.filter(rule=rule) if rule else found)
    rows.sort(key=lambda row: (row.state != Deadline.State.OPEN, row.due_on, row.pk))
    return [_face(row) for row in rows]


def _face(row: Deadline) -> Clock:
    face = clock_face(row)
    if row.rule != "registration-notice":
        return face
    if row.state == Deadline.State.PAUSED:
        return replace(face, stopped=_("paused while objections are checked"))
    if row.state == Deadline.State.CANCELLED:
        return replace(face, stopped=_("the notice is over"))
    return face


def answer_text(field: Field, value: Any) -> str:
    """One answer in words."""
    if field.sort == "yes":
        return _("yes") if value else _("no")
    if field.sort == "choice":
        return choice_title(field, str(value or ""))
    if field.sort == "lines":
        return "、".join(str(one.get("name")) for one in value or [] if isinstance(one, Mapping))
    return "" if value is None else str(value)


def answers_of(step: Step, answers: Mapping[str, Any], public: bool = False) -> list[Item]:
    """The answers of one step as terms; `public` leaves out what only the bureau reads.

    What needed no answer and has none is left out too.
    """
    told = [
        (one, answer_text(one, answers.get(one.name)))
        for one in step.fields
        if one.public or not public
    ]
    return [Item(one.title, text) for one, text in told if text or one.needed(answers)]


def sections_of(application: Application, public: bool = False) -> list[tuple[Step, list[Item]]]:
    """All steps of an application with their answers; steps without any public one are left out."""
    found = [
        (step, answers_of(step, application.content.get(step.code) or {}, public))
        for step in WAYS[application.kind]
    ]
    return [(step, items) for step, items in found if items]
