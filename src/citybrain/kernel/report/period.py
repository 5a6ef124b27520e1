"""Periods that can be reported on: half-years, quarters, years."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_FORM = re.compile(r"(?P<year>20\d\d)(?:H(?P<half>[12])|Q(?P<quarter>[1-4]))?")


class BadPeriod(ValueError):  # noqa: N818 - a fault of the question
    """The text names no period; `zh` and `en` say what it should look like."""

    zh = "报告期应写作 2025H1（半年）、2025Q1（季度）或 2025（全年）。"
    en = "A period looks like 2025H1 (half-year), 2025Q1 (quarter) or 2025 (year)."


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, in Asia/Shanghai."""

    code: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment of the period."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def zh(self) -> str:
        """For example 2025年上半年."""
        year, part = self.code[:4], self.code[4:]
        names = {"": "年度", "H1": "年上半年", "H2": "年下半年"}
        return year + names.get(part, f"年第{part[1:]}季度")

    @property
    def en(self) -> str:
        """For example "first half of 2025"."""
        year, part = self.code[:4], self.code[4:]
        names = {"": year, "H1": f"first half of {year}", "H2": f"second half of {year}"}
        return names.get(part, f"quarter {part[1:]} of {year}")


def period_of(text: str) -> Period:
    """The period of a code. Raises `BadPeriod`."""
    match = _FORM.fullmatch(text.strip().upper())
    if match is None:
        raise BadPeriod(BadPeriod.en)
    year = int(match["year"])
    if match["half"]:
        first_month, months = 1 + 6 * (int(match["half"]) - 1), 6
    elif match["quarter"]:
        first_month, months = 1 + 3 * (int(match["quarter"]) - 1), 3
    else:
        first_month, months = 1, 12
    after = first_month + months
    end = date(year + after // 13, (after - 1) % 12 + 1, 1)
    return Period(text.strip().upper(), date(year, first_month, 1), end - timedelta(days=1))
