"""督办: what stays overdue comes to the bureau's supervisor, once a clock."""

from django.db import IntegrityError, transaction

from citybrain.domains.lists.actions.common import of_the_platform
from citybrain.domains.lists.models import Escalation
from citybrain.domains.lists.rules import escalation_day
from citybrain.engines import calendar
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Deadline

BATCH = 200
"""Clocks that one run of the duty passes on: it shares its thread with the sealer."""


@action("escalation.raise")
def raise_escalation(*, acting_party: Acting, deadline_ref: str) -> Escalation:
    """Pass an overdue clock on to the supervisor. Raises `Conflict` when it is not due for that."""
    authorise(acting_party, "escalation.raise")
    row = locked(Deadline, deadline_ref, "时限", "clock")
    if row.state != Deadline.State.OPEN or row.due_on > escalation_day(clock.today()):
        raise Conflict(
            "not-overdue", "该时限尚未达到督办条件。", "This clock is not overdue enough."
        )
    if Escalation.objects.filter(deadline=row).exists():
        raise Conflict("already-escalated", "该时限已上报督办。", "It has been passed on already.")
    made = Escalation.objects.create(
        deadline=row,
        subject=row.subject,
        party=row.party,
        due_on=row.due_on,
        days_over=calendar.working_days_between(row.due_on, clock.today()),
    )
    ledger.write("escalation.raise", made, acting_party)
    return made


def escalate_due() -> int:
    """The duty: pass on what is overdue by the rule's days; returns how many were.

    Several workers may find the same clock; the first one's row stands.
    """
    acting = of_the_platform()
    if acting is None:
        return 0
    found = Deadline.objects.filter(
        state=Deadline.State.OPEN, due_on__lte=escalation_day(clock.today()), escalation=None
    )
    refs = list(found.order_by("due_on", "id").values_list("ref", flat=True)[:BATCH])
    return sum(_attempt(acting, ref) for ref in refs)


def _attempt(acting: Acting, ref: str) -> bool:
    try:
        with transaction.atomic():
            raise_escalation(acting_party=acting, deadline_ref=ref)
    except (Conflict, IntegrityError):
        return False
    return True


@action("escalation.note")
def note_escalation(
    *, acting_party: Acting, escalation_ref: str, note: str, expected_version: int | None = None
) -> Escalation:
    """The supervisor says what was done; a later note takes the place of the first."""
    authorise(acting_party, "escalation.note")
    row = locked(Escalation, escalation_ref, "督办", "escalation")
    expect_version(row, expected_version)
    if not note.strip() or len(note) > 2000:
        raise Invalid(
            "bad-note",
            "请填写督办意见，不超过2000字。",
            "Say what was done, in at most 2,000 characters.",
            {"note": ("请填写督办意见，不超过2000字。", "Give at most 2,000 characters.")},
        )
    row.note, row.noted_at = note.strip(), clock.now()
    save_next(row)
    ledger.write("escalation.note", row, acting_party)
    return row
