"""Deadlines as rows: started, met, paused and resumed by the moves of a process."""

from collections.abc import Mapping
from datetime import date

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
    return list(Deadline.objects.filter(subject=subject, state__in=states))


def _close(row: Deadline, state: str, today: date) -> None:
    row.state, row.met_on = state, today
    _save(row, f"deadline.{state}")


def _pause(row: Deadline, today: date) -> None:
    row.days_left = calendar.working_days_between(today, row.due_on)
    row.state = Deadline.State.PAUSED
    _save(row, "deadline.pause")


def _resume(row: Deadline, today: date) -> None:
    due = calendar.add_working_days(today, max(row.days_left or 0, 0))
    row.due_on, row.provisional, row.calendar = due.date, due.provisional, due.calendar_version
    # Counted anew from here, so that a new calendar can be applied to what is left.
    row.started_on, row.days = today, max(row.days_left or 0, 0)
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
    """Set open deadlines anew when the calendar has changed; returns how many moved."""
    version, moved = calendar.version(), 0
    stale = Deadline.objects.filter(state=Deadline.State.OPEN, unit="working_day")
    for row in stale.exclude(calendar=version):
        due = calendar.add_working_days(row.started_on, row.days)
        moved += row.due_on != due.date
        row.due_on, row.provisional, row.calendar = due.date, due.provisional, version
        _save(row, "deadline.recompute")
    return moved
