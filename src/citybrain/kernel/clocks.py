"""Deadlines as rows: started, met, paused and resumed by the moves of a process."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from citybrain.engines import calendar
from citybrain.kernel import clock, ledger
from citybrain.kernel.models import Deadline, Party
from citybrain.kernel.process import DeadlineRule, Move, Process, due_of

Sides = Mapping[str, Party]


def apply(
    move: Move, subject: str, owner: Party, requester: Party, context: Mapping[str, str]
) -> None:
    """Carry out what a move says about clocks, for the record with this URN."""
    today = clock.today()
    for row in _open(subject):
        if row.rule in move.extends:
            _close(row, Deadline.State.CANCELLED, today)
            _start(move.extends[row.rule], subject, {"owner": row.party}, row.due_on)
        elif row.rule in move.meets or "*" in move.meets:
            _close(row, Deadline.State.MET, today)
        elif row.rule in move.cancels or "*" in move.cancels:
            _close(row, Deadline.State.CANCELLED, today)
        elif move.pauses and row.state == Deadline.State.OPEN:
            _pause(row, today)
        elif move.resumes and row.state == Deadline.State.PAUSED:
            _resume(row, today)
    for rule in move.deadlines(dict(context)):
        _start(rule, subject, {"owner": owner, "requester": requester}, today)


def start_initial(process: Process, subject: str, owner: Party, requester: Party) -> None:
    """Start the clocks that run from the first state of a process on."""
    for rule in process.starts:
        _start(rule, subject, {"owner": owner, "requester": requester}, clock.today())


def _open(subject: str) -> list[Deadline]:
    states = (Deadline.State.OPEN, Deadline.State.PAUSED)
    rows = Deadline.objects.select_for_update(of=("self",))
    return list(rows.filter(subject=subject, state__in=states))


def _close(row: Deadline, state: str, today: date) -> None:
    row.state, row.met_on = state, today
    _save(row, f"deadline.{state}")


def _pause(row: Deadline, today: date) -> None:
    row.days_left = calendar.working_days_between(today, row.due_on)
    row.state = Deadline.State.PAUSED
    _save(row, "deadline.pause")


def _resume(row: Deadline, today: date) -> None:
    left = row.days_left or 0
    # A clock that had run out before it was paused stays overdue since that day.
    if left >= 0:
        due = calendar.add_working_days(today, left)
        row.due_on, row.provisional, row.calendar = due.date, due.provisional, due.calendar_version
        # Counted anew from here, so that a new calendar can be applied to what is left.
        row.started_on, row.days = today, left
    row.state, row.days_left = Deadline.State.OPEN, None
    _save(row, "deadline.resume")


def _start(rule: DeadlineRule, subject: str, sides: Sides, day: date) -> None:
    """Start a clock that counts from the day after `day`."""
    due = due_of(rule, day)
    row = Deadline.objects.create(
        subject=subject,
        party=sides.get(rule.side) or _bureau(),
        rule=rule.code,
        started_on=day,
        due_on=due.date,
        days=rule.days,
        unit=rule.unit,
        provisional=due.provisional,
        calendar=due.calendar_version,
    )
    ledger.write("deadline.start", row, None)


def _bureau() -> Party:
    return Party.objects.filter(is_bureau=True).earliest("pk")


def _save(row: Deadline, verb: str) -> None:
    row.version += 1
    row.save()
    ledger.write(verb, row, None)


def recompute() -> int:
    """Set open deadlines anew when the calendar has changed; returns how many moved.

    Each in a transaction of its own: a move that meets the deadline meanwhile is not undone.
    """
    version = calendar.version()
    stale = Deadline.objects.filter(state=Deadline.State.OPEN, unit="working_day")
    keys = list(stale.exclude(calendar=version).values_list("pk", flat=True))
    return sum(_recompute(key, version) for key in keys)


def _recompute(key: int, version: str) -> bool:
    with transaction.atomic():
        rows = Deadline.objects.select_for_update(of=("self",))
        row = rows.filter(pk=key, state=Deadline.State.OPEN).first()
        if row is None:
            return False
        due = calendar.add_working_days(row.started_on, row.days)
        moved = row.due_on != due.date
        row.due_on, row.provisional, row.calendar = due.date, due.provisional, version
        _save(row, "deadline.recompute")
    return moved
