"""Reading `law/*.toml`: rows of rules, each with value, unit, source and status.

A file has an optional `[table]` (any keys: title, year, notice) and `[[rule]]` rows:

    [[rule]]
    code = "sharing.reply.conditional"
    zh = "有条件共享答复"
    en = "reply, conditional sharing"
    value = 10                      # whole number, decimal in quotes, or a table
    unit = "working_day"
    source = "政务数据共享条例（国务院令第809号）"
    status = "from memory"          # verified | secondary | from memory
    side = "owner"                  # optional: whom it binds
    note = "…"                      # optional, also: version, valid_from, valid_until
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

Value = int | Decimal | Mapping[str, Any]

STATUSES = ("verified", "secondary", "from memory")
"""Read in the rule itself; read in an excerpt or a program; remembered, to be checked."""

REQUIRED = ("code", "zh", "en", "value", "unit", "source", "status")
TEXT = ("code", "zh", "en", "unit", "source", "status", "version", "side", "note")
DATES = ("valid_from", "valid_until")
KNOWN = frozenset((*REQUIRED, *TEXT, *DATES))


class RuleTableError(ValueError):
    """A rule table that cannot be trusted; the message names the file and the row."""


class UnknownRuleError(KeyError):
    """A code that the table does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `value` is an int, a Decimal, or a read-only mapping."""

    code: str
    zh: str
    en: str
    value: Value
    unit: str
    source: str
    status: str
    version: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    side: str = ""
    note: str = ""

    def in_force(self, day: date) -> bool:
        """True when the day lies within `valid_from` … `valid_until`, both included."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class RuleTable(Mapping[str, Rule]):
    """The rules of one file by code. `about` is what stands in the file's `[table]`."""

    path: Path
    rules: Mapping[str, Rule]
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, code: str) -> Rule:
        try:
            return self.rules[code]
        except KeyError:
            raise UnknownRuleError(f"{self.path.name}: there is no rule {code!r}") from None

    def __contains__(self, code: object) -> bool:
        return code in self.rules

    def __iter__(self) -> Iterator[str]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)


def load(path: Path | str) -> RuleTable:
    """Read one table. Raises `RuleTableError` naming file and row when anything is wrong."""
    path = Path(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleTableError(f"{path}: cannot be read: {error}") from error
    rows, about = data.pop("rule", []), data.pop("table", {})
    if data:
        raise RuleTableError(f"{path}: unknown keys: {', '.join(sorted(data))}")
    if not isinstance(about, dict) or not _is_list_of_tables(rows):
        raise RuleTableError(f"{path}: needs [[rule]] rows, and [table] must be a table")
    rules: dict[str, Rule] = {}
    for number, row in enumerate(rows, start=1):
        rule = _rule(row, f"{path}, rule {number} ({row.get('code', 'without a code')})")
        if rule.code in rules:
            raise RuleTableError(f"{path}, rule {number}: {rule.code!r} stands there twice")
        rules[rule.code] = rule
    return RuleTable(path, MappingProxyType(rules), MappingProxyType(about))


def _is_list_of_tables(rows: object) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _rule(row: dict[str, Any], where: str) -> Rule:
    missing = [name for name in REQUIRED if row.get(name) in (None, "")]
    if missing:
        raise RuleTableError(f"{where}: missing {', '.join(missing)}")
    unknown = sorted(set(row) - KNOWN)
    if unknown:
        raise RuleTableError(f"{where}: unknown fields {', '.join(unknown)}")
    for name in TEXT:
        if not isinstance(row.get(name, ""), str):
            raise RuleTableError(f"{where}: {name} must be text")
    for name in DATES:
        if name in row and type(row[name]) is not date:
            raise RuleTableError(f"{where}: {name} must be a date without quotes")
    if row["status"] not in STATUSES:
        raise RuleTableError(f"{where}: status {row['status']!r} is none of {', '.join(STATUSES)}")
    return Rule(**(row | {"value": _value(row["value"], where)}))


def _value(value: object, where: str) -> Value:
    """An int stays, quoted decimals become `Decimal`, tables become read-only."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return MappingProxyType({key: _part(part, where) for key, part in value.items()})
    if isinstance(value, str):
        return _decimal(value, where)
    raise RuleTableError(
        f"{where}: value must be a whole number, a decimal in quotes or a table, not {value!r}"
    )


def _decimal(text: str, where: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise RuleTableError(f"{where}: value {text!r} is no decimal number") from None
    if not number.is_finite():
        raise RuleTableError(f"{where}: value {text!r} is not finite")
    return number


def _part(part: object, where: str) -> object:
    """Inside a table: anything but binary fractions, which cannot hold 0.1."""
    if isinstance(part, float):
        raise RuleTableError(f"{where}: write {part!r} in quotes, as a decimal")
    if isinstance(part, dict):
        return MappingProxyType({key: _part(inner, where) for key, inner in part.items()})
    if isinstance(part, list):
        return tuple(_part(inner, where) for inner in part)
    return part


def all_tables(*roots: Path | str) -> list[RuleTable]:
    """Every `law/*.toml` under the given package folders, by path, for docs and console."""
    paths = {path.resolve() for root in roots for path in Path(root).rglob("law/*.toml")}
    return [load(path) for path in sorted(paths)]
