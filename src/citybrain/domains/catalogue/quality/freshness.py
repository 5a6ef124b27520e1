"""When the next update is due by the update cycle, and how late it is."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from citybrain.domains.catalogue.quality.rules import rule, table, whole


@dataclass(frozen=True, slots=True)
class Cycle:
    """How long after an update the next is due; `days` is its length counted from `since`."""

    due_on: date
    days: int


def due_after(cycle: str, since: date) -> Cycle | None:
    """The next due day; None for a cycle without one ("never") or an unknown code."""
    code = f"cycle.{cycle}"
    if code not in table():
        return None
    amount, unit = whole(code), rule(code).unit
    due = since + timedelta(days=amount) if unit == "day" else _months_later(since, amount)
    return Cycle(due, (due - since).days)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def late_by(due_on: date, today: date) -> int:
    """Days after the due day; 0 when it has not passed."""
    return max(0, (today - due_on).days)


def points(late: int, cycle_days: int) -> int:
    """Hundredths of a percent: full when not late, none when late by a whole cycle."""
    return max(0, 10_000 - 10_000 * late // max(1, cycle_days))
