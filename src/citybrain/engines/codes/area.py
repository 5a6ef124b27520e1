"""Area codes of GB/T 2260: the provinces and Qingdao, with codes that were withdrawn."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from citybrain.engines.law import Rule, load

TABLE = load(Path(__file__).parent / "law" / "areas.toml")

_SHAPE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Area:
    """One area; `valid_until` is set for a code that was withdrawn. `status` of the row."""

    code: str
    zh: str
    en: str
    level: str
    parent: str
    valid_from: date | None
    valid_until: date | None
    source: str
    status: str

    @property
    def historic(self) -> bool:
        """True for a code that is not in force any more."""
        return self.valid_until is not None


def _area(rule: Rule) -> Area:
    value: Any = rule.value
    return Area(
        code=rule.code,
        zh=rule.zh,
        en=rule.en,
        level=value["level"],
        parent=value["parent"],
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        source=rule.source,
        status=rule.status,
    )


AREAS = {code: _area(rule) for code, rule in TABLE.items()}


def find(code: str) -> Area | None:
    """The area with this very code, in force or withdrawn; None when the table lacks it."""
    return AREAS.get(code)


def closest(code: str) -> Area | None:
    """The area, or else its prefecture, or else its province; None outside all provinces."""
    if _SHAPE.fullmatch(code) is None:
        return None
    return AREAS.get(code) or AREAS.get(f"{code[:4]}00") or AREAS.get(f"{code[:2]}0000")


def name(code: str, language: str = "zh") -> str:
    """The name of `closest`, or the code itself when there is none."""
    found = closest(code)
    if found is None:
        return code
    return found.en if language.startswith("en") else found.zh


def children(code: str, day: date | None = None) -> list[Area]:
    """The areas directly below; those in force on `day`, or today's when no day is given.

    Codes of statistics bureaus are not areas of GB/T 2260 and are left out.
    """
    return [
        area
        for area in AREAS.values()
        if area.parent == code
        and area.level != "statistics code"
        and (not area.historic if day is None else TABLE[area.code].in_force(day))
    ]
