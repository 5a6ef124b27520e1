"""Requests and problems as their processes see them: steps, states, the moves that are open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.requests import OF_THE_AGREEMENT
from citybrain.kernel.models import Issue, LedgerRecord, Request
from citybrain.kernel.moves import sides_of
from citybrain.kernel.process import Move, Process, process
from citybrain.ui.forms import MoveForm
from citybrain.ui.labels import localised
from citybrain.ui.navigation import added_verbs
from citybrain.ui.shapes import Step

MAIN_WAY = {
    "request": ("draft", "submitted", "accepted", "review", "agreed", "delivered"),
    "correction": ("submitted", "accepted", "verified", "corrected", "closed"),
    "dispute": ("negotiation", "coordination", "ruling"),
    "registration": ("draft", "submitted", "accepted", "notice", "coding", "done"),
}
"""The states on the way that most take; the others are shown when one is in them."""
Standing = Literal["done", "current", "todo", "failed"]
BAD_ENDS = ("refused", "withdrawn", "rejected")


@dataclass(frozen=True, slots=True)
class Press:
    """A move as a button: with reasons where it needs them."""

    code: str
    title: str
    form: MoveForm | None
    danger: bool


def process_of(record: Request | Issue) -> Process:
    """The process that a record follows."""
    return process("request" if isinstance(record, Request) else record.type)


def state_name(running: Process, code: str) -> str:
    """A state in words."""
    known = running.states.get(code)
    return localised(known.zh, known.en) if known else code


def state_choices(name: str) -> Callable[[], list[tuple[str, str]]]:
    """For filters: every state of a process, read in the reader's language."""
    return lambda: [(one.code, localised(one.zh, one.en)) for one in process(name).states.values()]


def presses(record: Request | Issue, acting: Acting) -> list[Press]:
    """The buttons that the acting party may press now, what leads on first."""
    running = process_of(record)
    found = running.moves(record.state, sides_of(acting, record))
    elsewhere = OF_THE_AGREEMENT if running.code == "request" else set()
    return [
        Press(
            code=move.code,
            title=localised(move.zh, move.en),
            form=_reasons(move),
            danger=move.to in BAD_ENDS,
        )
        for move in found
        if move.code not in elsewhere
    ]


def _reasons(move: Move) -> MoveForm | None:
    wanted = "reasons" in move.needs
    return MoveForm(needs_reasons=True, auto_id=f"{move.code}-%s") if wanted else None


def steps(record: Request | Issue, records: list[LedgerRecord]) -> list[Step]:
    """The way so far and the way that lies ahead, with the times that the ledger holds."""
    running = process_of(record)
    way = list(MAIN_WAY.get(running.code, ())) or [
        one.code for one in running.states.values() if not one.terminal
    ]
    if record.state not in way:
        way = _with_present(running, way, record.state)
    place = way.index(record.state)
    reached = _reached(running, records)
    return [
        Step(
            title=state_name(running, code),
            state=_standing(running, code, number, place),
            at=reached.get(code) if number <= place else None,
        )
        for number, code in enumerate(way)
    ]


def _with_present(running: Process, way: list[str], state: str) -> list[str]:
    """The way with the present state in it: where it was left, or at its end."""
    origins = [m.origins for m in running.all_moves if m.to == state]
    before = [way.index(one) for origin in origins for one in origin if one in way]
    cut = max(before, default=len(way) - 1) + 1
    return [*way[:cut], state] if running.state(state).terminal else [*way[:cut], state, *way[cut:]]


def _standing(running: Process, code: str, number: int, place: int) -> Standing:
    if number != place:
        return "done" if number < place else "todo"
    if code in BAD_ENDS:
        return "failed"
    arrived = running.state(code).terminal or code in MAIN_WAY[running.code][-1:]
    return "done" if arrived else "current"


def _reached(running: Process, records: list[LedgerRecord]) -> dict[str, object]:
    """State → when the ledger says that a move led there (the last time, for several)."""
    found: dict[str, object] = {}
    for one in reversed(records):
        verb = one.verb.partition(".")[2]
        if verb in ("draft", "raise"):
            found[running.initial] = one.at
        for move in running.all_moves:
            if move.code == verb:
                found[move.to] = one.at
    return found


def verb_name(verb: str) -> str:
    """What a ledger record says was done, in words; the verb itself when it is no move."""
    kind, _dot, move = verb.partition(".")
    names = verb_names()
    if verb in names:
        return names[verb]
    for code in {"request": ("request",), "issue": ("correction", "dispute")}.get(kind, ()):
        for one in process(code).all_moves:
            if one.code == move:
                return f"{state_of(kind)}{localised('：', ': ')}{localised(one.zh, one.en)}"
    return verb


def state_of(kind: str) -> str:
    """The sort of record that a verb speaks of."""
    return _("Request") if kind == "request" else _("Problem")


def verb_names() -> dict[str, str]:
    """Verbs of the ledger in words."""
    return {
        "resource.register": _("Resource registered"),
        "resource.publish": _("Resource published"),
        "resource.change": _("Resource changed"),
        "resource.withdraw": _("Resource withdrawn"),
        "offer.make": _("Offer made"),
        "offer.withdraw": _("Offer withdrawn"),
        "scenario.register": _("Scenario registered"),
        "request.draft": _("Request drafted"),
        "request.change": _("Request changed"),
        "agreement.draw-up": _("Agreement drawn up and signed by the provider"),
        "agreement.countersign": _("Agreement countersigned"),
        "agreement.suspend": _("Agreement suspended"),
        "agreement.resume": _("Agreement resumed"),
        "agreement.end": _("Agreement ended"),
        "agreement.paid": _("Payment counted"),
        "agreement.token-revoked": _("Token of the agreement revoked"),
        "token.issue": _("Token issued"),
        "token.revoke": _("Token revoked"),
        "consent.record": _("Consent recorded"),
        "consent.withdraw": _("Consent withdrawn"),
        "issue.raise": _("Problem raised"),
        "deadline.start": _("Clock started"),
        "deadline.met": _("Clock met"),
        "deadline.cancelled": _("Clock cancelled"),
        "deadline.pause": _("Clock paused"),
        "deadline.resume": _("Clock resumed"),
        "deadline.recompute": _("Clock set anew"),
        "entry.saving": _("Saving booked"),
        "entry.fee": _("Fee booked"),
        "entry.payment": _("Payment recorded"),
        "party.found": _("City founded"),
        "party.register": _("Party registered"),
        "account.create": _("Account made"),
        "membership.grant": _("Membership granted"),
        "membership.end": _("Membership ended"),
        "use": _("Use"),
    } | added_verbs()
