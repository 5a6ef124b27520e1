"""Arithmetic of clocks, without any record."""

from datetime import date, timedelta

from citybrain.engines import calendar
from citybrain.engines.calendar import Due
from citybrain.kernel.process.model import DeadlineRule


def due_of(rule: DeadlineRule, start: date) -> Due:
    """The day on which a clock that starts today runs out; counted from the next day."""
    if rule.unit == "working_day":
        return calendar.add_working_days(start, rule.days)
    return Due(start + timedelta(days=rule.days), False, calendar.version())


def standing(due_on: date, today: date) -> str:
    """How a running clock stands: "open", "soon" (see calendar's own rule) or "overdue"."""
    if due_on < today:
        return "overdue"
    return "soon" if due_on <= calendar.soon_limit(today) else "open"
