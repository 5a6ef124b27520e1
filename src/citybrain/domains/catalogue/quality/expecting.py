# ruff: noqa: S608 - identifiers come from validated metadata only, every value is bound
"""The closed vocabulary of checks that people write, and what each becomes in SQL.

Nobody writes SQL: a check is a rule, a column and values, which are bound. Patterns are
RE2, which takes time in proportion to the text whatever the pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.quality.reading import RELATION, Opened

MOST_VALUES, LONGEST_PATTERN, LONGEST_VALUE = 1_000, 500, 200
RULES = {
    "not_null": "completeness",
    "row_count": "completeness",
    "unique": "consistency",
    "refers_to": "consistency",
    "in_list": "accuracy",
    "between": "accuracy",
    "matches": "normativity",
    "freshness": "timeliness",
}
"""Rule → dimension of the score that it counts in."""
ON_TABLE = {"row_count", "freshness"}
"""Rules that may do without a column."""
KEYS = {
    "not_null": set(),
    "unique": set(),
    "in_list": {"list"},
    "between": {"low", "high"},
    "matches": {"pattern"},
    "refers_to": {"resource", "column"},
    "freshness": {"days"},
    "row_count": {"low", "high"},
}
Faults = dict[str, tuple[str, str]]


@dataclass(slots=True)
class Condition:
    """SQL that is true for a failing row, and its bound values."""

    text: str
    values: list[Any] = field(default_factory=list)


def faults(rule: str, column: str, values: Mapping[str, Any], table: TableBase) -> Faults:
    """What is wrong with a check, by field; empty when it can be run."""
    if rule not in RULES:
        return {"rule": ("没有这种检查。", f"One of: {', '.join(RULES)}.")}
    found: Faults = {}
    item = _item(table, column)
    if column and item is None:
        found["column"] = ("没有这一列。", "There is no such column.")
    elif not column and rule not in ON_TABLE:
        found["column"] = ("请选择列。", "Choose a column.")
    unknown = set(values) - KEYS[rule]
    if unknown:
        found["values"] = (
            "含有该检查不用的参数。",
            f"Not used here: {', '.join(sorted(unknown))}.",
        )
    if not found:
        found |= _VALUE_FAULTS.get(rule, _none)(values, item)
    return found


def _item(table: TableBase, name: str) -> Item | None:
    return next((one for one in table.items if one.name == name), None)


def _none(values: Mapping[str, Any], item: Item | None) -> Faults:
    return {}


def _list_faults(values: Mapping[str, Any], item: Item | None) -> Faults:
    given = values.get("list")
    if not isinstance(given, list) or not 0 < len(given) <= MOST_VALUES:
        return {"list": ("请给出1至1000个值。", "Give 1 to 1,000 values.")}
    if not all(isinstance(one, str) and len(one) <= LONGEST_VALUE for one in given):
        return {
            "list": ("每个值应为不超过200字的文本。", "Each is text of at most 200 characters.")
        }
    return {} if all(_reads(item, one) for one in given) else _unreadable("list", item)


def _bound_faults(values: Mapping[str, Any], item: Item | None) -> Faults:
    low, high = values.get("low"), values.get("high")
    if low in (None, "") and high in (None, ""):
        return {"low": ("请至少给出一端。", "Give at least one end.")}
    for name in ("low", "high"):
        if values.get(name) not in (None, "") and not _reads(item, str(values[name])):
            return _unreadable(name, item)
    return {}


def _count_faults(values: Mapping[str, Any], _item: Item | None) -> Faults:
    for name in ("low", "high"):
        given = values.get(name)
        if given not in (None, "") and not (str(given).isascii() and str(given).isdigit()):
            return {name: ("应为非负整数。", "A whole number, not below 0.")}
    if values.get("low") in (None, "") and values.get("high") in (None, ""):
        return {"low": ("请至少给出一端。", "Give at least one end.")}
    return {}


def _day_faults(values: Mapping[str, Any], item: Item | None) -> Faults:
    given = str(values.get("days", ""))
    if not (given.isascii() and given.isdigit() and 0 < int(given[:6]) <= 3660 and len(given) < 5):
        return {"days": ("应为1至3660天。", "1 to 3660 days.")}
    if item is not None and item.type not in "DT":
        return {"column": ("应为日期或时间列。", "It must be a column of dates or times.")}
    return {}


def _pattern_faults(values: Mapping[str, Any], item: Item | None) -> Faults:
    pattern = values.get("pattern")
    if not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST_PATTERN:
        return {"pattern": ("请给出1至500字的正则表达式。", "A pattern of 1 to 500 characters.")}
    try:
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "64MB"}) as base:
            base.execute("SELECT regexp_full_match('', ?)", [pattern]).fetchone()
    except (duckdb.Error, UnicodeError):
        return {
            "pattern": (
                "不是有效的正则表达式（RE2语法，不支持回溯引用与环视）。",
                "Not a valid pattern (RE2: no back-references, no look-around).",
            )
        }
    return {}


def _reference_faults(values: Mapping[str, Any], _item: Item | None) -> Faults:
    missing = [one for one in ("resource", "column") if not isinstance(values.get(one), str)]
    return dict.fromkeys(missing, ("必填。", "Required."))


def _reads(item: Item | None, value: str) -> bool:
    if item is None:
        return False
    try:
        item.letter.parse(value)
    except (ValueError, ArithmeticError):
        return False
    return True


def _unreadable(name: str, item: Item | None) -> Faults:
    letter = item.letter if item else None
    return {
        name: (f"应为{letter.zh if letter else ''}。", f"Must be {letter.en if letter else ''}.")
    }


_VALUE_FAULTS = {
    "in_list": _list_faults,
    "between": _bound_faults,
    "matches": _pattern_faults,
    "refers_to": _reference_faults,
    "freshness": _day_faults,
    "row_count": _count_faults,
}


def condition(
    rule: str, item: Item, values: Mapping[str, Any], seen: Opened, other: str = ""
) -> Condition | None:
    """The failing rows of a row-by-row rule; None for a rule that is none.

    `other` names the relation that a reference looks into.
    """
    empty, value = seen.blank(item), seen.typed(item)
    filled = f"NOT ({empty})"
    if rule == "not_null":
        return Condition(empty)
    if rule == "in_list":
        given = [item.letter.parse(one) for one in values["list"]]
        marks = ", ".join("?" * len(given))
        return Condition(f"{filled} AND ({value} IS NULL OR {value} NOT IN ({marks}))", given)
    if rule == "between":
        return _between(item, values, filled, value)
    if rule == "matches":
        text = f"{item.quoted}::VARCHAR"
        return Condition(f"{filled} AND NOT regexp_full_match({text}, ?)", [values["pattern"]])
    if rule == "refers_to":
        name = f'"{values["column"]}"'
        known = f"SELECT trim({name}::VARCHAR) FROM {other} WHERE {name} IS NOT NULL"
        return Condition(f"{filled} AND trim({item.quoted}::VARCHAR) NOT IN ({known})")
    return None


def _between(item: Item, values: Mapping[str, Any], filled: str, value: str) -> Condition:
    parts, bound = [f"{value} IS NULL"], []
    for name, sign in (("low", "<"), ("high", ">")):
        if values.get(name) not in (None, ""):
            parts.append(f"{value} {sign} ?")
            bound.append(item.letter.parse(str(values[name])))
    return Condition(f"{filled} AND ({' OR '.join(parts)})", bound)


def repeated(item: Item, seen: Opened) -> str:
    """How many filled values are repetitions: the statement."""
    return (
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM "
        f"{RELATION} WHERE NOT ({seen.blank(item)}) GROUP BY {item.quoted} HAVING count(*) > 1)"
    )


def is_joinable(table: TableBase, column: str) -> bool:
    """Whether a reference may look into this column."""
    return _item(table, column) is not None
