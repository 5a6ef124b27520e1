"""Putting the report together."""

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from citybrain.kernel.models import Checkpoint
from citybrain.kernel.report.period import Period, period_of
from citybrain.kernel.report.registry import compute_of

COMPUTED, NOT_BUILT = "computed", "not built"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure. `status` is "computed" or "not built"; `value` is None in the latter."""

    code: str
    title: str
    title_zh: str
    value: int | str | None
    unit: str
    status: str
    query: str


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together."""

    code: str
    zh: str
    en: str
    figures: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The report on a period and the ledger's checkpoint at the time of making it."""

    period: Period
    sections: tuple[Section, ...]
    checkpoint: dict[str, Any] | None

    @property
    def figures(self) -> list[FigureRow]:
        """All figures in order."""
        return [row for section in self.sections for row in section.figures]

    def as_json(self) -> dict[str, Any]:
        """The form of `./citybrain report PERIOD --json`."""
        return {
            "period": self.period.code,
            "figures": [asdict(row) for row in self.figures],
            "checkpoint": self.checkpoint,
        }


@cache
def _outline() -> list[dict[str, Any]]:
    with (Path(__file__).parent / "figures.toml").open("rb") as file:
        sections: list[dict[str, Any]] = tomllib.load(file)["section"]
    return sections


def report(period: str) -> Report:
    """Compute the report of a period such as "2025H1". Raises `BadPeriod`."""
    asked = period_of(period)
    sections = tuple(
        Section(
            one["code"],
            one["zh"],
            one["en"],
            tuple(_row(line, asked) for line in one["figures"]),
        )
        for one in _outline()
    )
    newest = Checkpoint.objects.first()
    checkpoint = {"size": newest.size, "root": newest.root, "text": newest.text} if newest else None
    return Report(asked, sections, checkpoint)


def _row(line: dict[str, str], period: Period) -> FigureRow:
    compute = compute_of(line["code"])
    if compute is None:
        return FigureRow(line["code"], line["en"], line["zh"], None, line["unit"], NOT_BUILT, "")
    value = compute(period)
    return FigureRow(
        line["code"], line["en"], line["zh"], value.amount, line["unit"], COMPUTED, value.query
    )
