"""One year of the calendar: from rule rows to the ordinals of its working days."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from citybrain.engines.law import Rule, RuleTable, RuleTableError

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Year:
    """`days` are proleptic Gregorian ordinals of the working days, ascending."""

    year: int
    days: array[int]
    provisional: bool

    def fingerprint(self) -> bytes:
        """What the version is made of: a changed day or flag changes it, a comment does not."""
        return b"%d%d" % (self.year, self.provisional) + self.days.tobytes()


def year_of(table: RuleTable) -> Year:
    """The year of one table. Raises `RuleTableError` when its dates make no sense."""
    year, provisional = table.about.get("year"), table.about.get("provisional")
    if not isinstance(year, int) or not isinstance(provisional, bool):
        raise RuleTableError(f"{table.path}: [table] needs year and provisional")
    off: set[date] = set()
    worked: set[date] = set()
    for rule in table.values():
        where = f"{table.path}, {rule.code}"
        off |= _days_off(rule, year, where)
        worked |= _worked(rule, year, where)
    if off & worked:
        raise RuleTableError(f"{table.path}: off and worked at once: {min(off & worked)}")
    return Year(year, _working(year, off, worked), provisional)


def estimated(year: int, fixed: Iterable[str]) -> Year:
    """A year nobody has announced: weekends and the holidays whose date is fixed."""
    off = {date.fromisoformat(f"{year:04}-{day}") for day in fixed}
    return Year(year, _working(year, off, set()), True)


def _working(year: int, off: set[date], worked: set[date]) -> array[int]:
    return array(
        "l",
        (
            day.toordinal()
            for day in _span(date(year, 1, 1), date(year, 12, 31))
            if day in worked or (day.weekday() < SATURDAY and day not in off)
        ),
    )


def _span(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)


def _days_off(rule: Rule, year: int, where: str) -> set[date]:
    value = _table(rule, where)
    first, last = value.get("first_off"), value.get("last_off")
    if not isinstance(first, date) or not isinstance(last, date) or first > last:
        raise RuleTableError(f"{where}: first_off and last_off must be dates in order")
    off = set(_span(first, last))
    if {day.year for day in off} != {year}:
        raise RuleTableError(f"{where}: {first} … {last} is not within {year}")
    return off


def _worked(rule: Rule, year: int, where: str) -> set[date]:
    worked = set(_table(rule, where).get("worked", ()))
    for day in worked:
        if not isinstance(day, date) or day.year != year or day.weekday() < SATURDAY:
            raise RuleTableError(f"{where}: {day} is not a weekend of {year} that could be worked")
    return worked


def _table(rule: Rule, where: str) -> dict[str, Any]:
    if not isinstance(rule.value, Mapping):
        raise RuleTableError(f"{where}: value must be a table of dates")
    return dict(rule.value)
