"""The numbers of `law/quality.toml` as the rest of the package reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from citybrain.engines.law import Rule, RuleTable, load

DIMENSIONS = (
    "normativity",
    "completeness",
    "accuracy",
    "consistency",
    "timeliness",
    "accessibility",
)
"""Of GB/T 36344-2018, in the standard's order."""


@cache
def table() -> RuleTable:
    """The rule table, read once."""
    return load(Path(__file__).parents[1] / "law" / "quality.toml")


def rule(code: str) -> Rule:
    """One row. Raises `UnknownRuleError`."""
    return table()[code]


def whole(code: str) -> int:
    """The row's value, where it is a whole number."""
    value = rule(code).value
    assert isinstance(value, int)  # noqa: S101 - the file is ours
    return value


def parts(code: str) -> Mapping[str, Any]:
    """The row's value, where it is a table."""
    value = rule(code).value
    assert isinstance(value, Mapping)  # noqa: S101 - the file is ours
    return value


def dimension(code: str) -> Rule:
    """The row of one of the six dimensions."""
    return rule(f"dimension.{code}")


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What is said of a kind of sensitive content. `least` is a percentage of filled values."""

    code: str
    zh: str
    en: str
    grade: str
    least: int
    personal: bool
    source: str
    status: str


@cache
def sensitive_kinds() -> dict[str, Sensitive]:
    """Every kind of sensitive content by code, in the order of the file."""
    found = {}
    for code in table():
        if code.startswith("sensitive."):
            one, value = rule(code), parts(code)
            short = code.removeprefix("sensitive.")
            found[short] = Sensitive(
                short,
                one.zh,
                one.en,
                str(value["grade"]),
                int(value["least"]),
                bool(value["personal"]),
                one.source,
                one.status,
            )
    return found
