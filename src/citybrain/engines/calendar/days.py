"""Arithmetic in working days over the years of a calendar."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from citybrain.engines.calendar.years import Year, estimated, year_of
from citybrain.engines.law import RuleTable, load

LONGEST = 10_000
"""More working days than any period of law; a larger number is a mistake of the caller."""


class CalendarUnknown(LookupError):  # noqa: N818 - reads as what it says
    """A question about one day of a year for which there is no table."""

    def __init__(self, year: int, known: Iterable[int]) -> None:
        years = ", ".join(str(one) for one in known)
        super().__init__(f"there is no working-day calendar for {year}; known years: {years}")
        self.year = year


class Due(NamedTuple):
    """A due day. `provisional`: it rests on a year whose notice has not been issued."""

    date: date
    provisional: bool
    calendar_version: str


class WorkCalendar:
    """Working days of the known years, and an estimate for all others.

    Sums across years without a table are estimated and flagged as provisional, because an
    open deadline must have a due day; only `is_working_day` insists on a known year.
    """

    def __init__(self, years: Iterable[Year], counting: RuleTable) -> None:
        self._known = {year.year: year for year in sorted(years, key=lambda one: one.year)}
        self._estimates: dict[int, Year] = {}
        self._fixed = tuple(counting["calendar.fixed-holidays"].value["days"])  # type: ignore[index]
        self._first = int(counting["calendar.first-day"].value)  # type: ignore[arg-type]
        self._soon = int(counting["calendar.soon"].value)  # type: ignore[arg-type]
        self._version = self._make_version()

    def _make_version(self) -> str:
        digest = hashlib.sha256(bytes([self._first]))
        for year in self._known.values():
            digest.update(year.fingerprint())
        span = f"{min(self._known)}-{max(self._known)}" if self._known else "none"
        return f"cn-{span}-{digest.hexdigest()[:10]}"

    def version(self) -> str:
        """Changes when any day or flag of a table changes; at most 40 characters."""
        return self._version

    def known_years(self) -> tuple[int, ...]:
        """The years that have a table, announced or provisional."""
        return tuple(self._known)

    def is_working_day(self, day: date) -> bool:
        """Raises `CalendarUnknown` for a day of a year without a table."""
        year = self._known.get(day.year)
        if year is None:
            raise CalendarUnknown(day.year, self._known)
        place = bisect_right(year.days, day.toordinal())
        return place > 0 and year.days[place - 1] == day.toordinal()

    def add_working_days(self, start: date, n: int) -> Due:
        """The n-th working day after `start`; `start` itself when n is 0.

        Counted from the next day (rule `calendar.first-day`). Raises `ValueError` for a
        negative n or one over `LONGEST`, never for a year without a table.
        """
        if not 0 <= n <= LONGEST:
            raise ValueError(f"the number of working days must be 0 to {LONGEST}, not {n}")
        year = self._year(start.year)
        if n == 0:
            return Due(start, year.provisional, self._version)
        place = bisect_right(year.days, start.toordinal() + self._first - 1) + n - 1
        provisional = year.provisional
        while place >= len(year.days):
            place -= len(year.days)
            year = self._year(year.year + 1)
            provisional = provisional or year.provisional
        return Due(date.fromordinal(year.days[place]), provisional, self._version)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and with `b`; negative when `b` lies before `a`."""
        if b < a:
            return -self.working_days_between(b, a)
        total = self._up_to(b) - self._up_to(a)
        return total + sum(len(self._year(year).days) for year in range(a.year, b.year))

    def soon_limit(self, today: date) -> date:
        """The last due day that counts as due soon (rule `calendar.soon`)."""
        return self.add_working_days(today, self._soon + 1).date - timedelta(days=1)

    def _up_to(self, day: date) -> int:
        return bisect_right(self._year(day.year).days, day.toordinal())

    def _year(self, year: int) -> Year:
        found = self._known.get(year) or self._estimates.get(year)
        if found is None:
            found = self._estimates[year] = estimated(year, self._fixed)
        return found


def load_calendar(folder: Path) -> WorkCalendar:
    """The calendar of the tables `holidays_*.toml` and `counting.toml` in a folder."""
    tables = [load(path) for path in sorted(folder.glob("holidays_*.toml"))]
    return WorkCalendar([year_of(table) for table in tables], load(folder / "counting.toml"))
