"""Six dimensions out of what was tested: pure arithmetic over `Tested` rows.

A dimension is the average pass rate of what was tested in it; one in which nothing was
tested is not measured, and counts for nothing in the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from citybrain.domains.catalogue.quality.rules import DIMENSIONS, dimension

FULL = 10_000
"""100 % in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One thing that was tested: how many values or rows, how many failed, and who says so.

    `group` joins tests that are parts of one measure (types, blanks around values and
    unreadable lines are one: how far the values keep to their format). `points` overrides
    the pass rate where a measure is no share. `examples` are masked values.
    """

    dimension: str
    code: str
    zh: str
    en: str
    tested: int
    failing: int
    column: str = ""
    group: str = ""
    points: int | None = None
    examples: list[str] = field(default_factory=list)
    expectation: str = ""

    def shown(self) -> dict[str, Any]:
        """As a profile keeps it."""
        return {
            "dimension": self.dimension,
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "tested": self.tested,
            "failing": self.failing,
            "column": self.column,
            "examples": self.examples,
            "expectation": self.expectation,
        }


def rate(tested: int, failing: int) -> int:
    """The share that passes, in hundredths of a percent, rounded down so that 100 means all."""
    return max(0, FULL * (tested - failing) // tested) if tested else FULL


def scores(rows: Sequence[Tested]) -> dict[str, int | None]:
    """Each dimension's score, or None where nothing was tested."""
    return {code: _score([one for one in rows if one.dimension == code]) for code in DIMENSIONS}


def _score(rows: Sequence[Tested]) -> int | None:
    groups: dict[str, list[Tested]] = {}
    for number, one in enumerate(rows):
        if one.tested:
            groups.setdefault(one.group or str(number), []).append(one)
    if not groups:
        return None
    return sum(_measure(each) for each in groups.values()) // len(groups)


def _measure(parts: Sequence[Tested]) -> int:
    first = parts[0]
    if first.points is not None:
        return first.points
    return rate(max(one.tested for one in parts), sum(one.failing for one in parts))


def overall(found: dict[str, int | None]) -> int | None:
    """The weighted mean of the dimensions that were measured; None when none was."""
    weights = {code: int(dimension(code).value["weight"]) for code in DIMENSIONS}  # type: ignore[index]
    measured = {code: value for code, value in found.items() if value is not None}
    total = sum(weights[code] for code in measured)
    if not total:
        return None
    return sum(weights[code] * value for code, value in measured.items()) // total
