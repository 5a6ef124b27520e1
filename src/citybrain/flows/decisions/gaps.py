"""Cases that no rule covers, cases that several cover, and rules that never apply.

Each input is cut where any rule cuts it; one value stands for each piece, so that the pieces
of all inputs together stand for every case. Pieces in which the same rules are left are
looked at once.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from citybrain.flows.decisions.cells import compile_cell, ends
from citybrain.flows.decisions.decide import constants, priority
from citybrain.flows.decisions.model import Input, Table
from citybrain.flows.expressions.values import plain
from citybrain.flows.faults import Fault

MOST_STEPS = 200_000
MOST_TOLD = 5
OTHER = "\N{HORIZONTAL ELLIPSIS}"
"""Stands for every text that no rule names."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an input's range: one value of it, and the rules (bits) that let it pass."""

    value: Any
    mask: int


@dataclass(slots=True)
class _Walk:
    table: Table
    columns: list[list[Piece]]
    order: list[int]
    seen: set[tuple[int, int]] = field(default_factory=set)
    gaps: list[list[Any]] = field(default_factory=list)
    overlaps: dict[tuple[int, ...], list[Any]] = field(default_factory=dict)
    chosen: int = 0
    steps: int = 0

    def go(self, column: int, left: int, path: list[Any]) -> None:
        """Visit the pieces of a column with the rules that are still possible."""
        self.steps += 1
        if self.steps > MOST_STEPS or (column, left) in self.seen:
            return
        self.seen.add((column, left))
        if column == len(self.columns):
            self.leaf(left, path)
            return
        done: set[int] = set()
        for piece in self.columns[column]:
            rest = left & piece.mask
            if rest not in done:
                done.add(rest)
                self.go(column + 1, rest, [*path, piece.value])

    def leaf(self, left: int, path: list[Any]) -> None:
        places = [place for place in self.order if left >> place & 1]
        if not places:
            self.gaps.append(path)
        elif self.table.hit in ("F", "P"):
            self.chosen |= 1 << places[0]
        else:
            self.chosen |= left
            if self.clash(places):
                self.overlaps.setdefault(tuple(places), path)

    def clash(self, places: list[int]) -> bool:
        if self.table.hit == "U":
            return len(places) > 1
        rules = self.table.rules
        return self.table.hit == "A" and len({constants(rules[n]) for n in places}) > 1


def holes(table: Table) -> list[Fault]:
    """Every gap, overlap and rule without effect, with file, line and an example case."""
    columns = [_pieces(table, place) for place in range(len(table.inputs))]
    walk = _Walk(table, columns, priority(table))
    walk.go(0, (1 << len(table.rules)) - 1, [])
    if walk.steps > MOST_STEPS:
        zh, en = (
            "决策表过于复杂，无法检查完整性，请拆分。",
            "Too complex to check; divide the table.",
        )
        return [Fault(table.file, table.raw.header_line, "table-complex", zh, en)]
    return [*_told_gaps(walk), *_told_overlaps(walk), *_told_idle(walk)]


def _told_gaps(walk: _Walk) -> list[Fault]:
    if walk.table.hit.startswith("C"):
        return []
    return [
        Fault(
            walk.table.file,
            walk.table.raw.header_line,
            "table-gap",
            f"没有规则覆盖这种情形：{_case(walk.table, path)}；请补一条规则。",
            f"No rule covers {_case(walk.table, path)}; add one.",
        )
        for path in walk.gaps[:MOST_TOLD]
    ]


def _told_overlaps(walk: _Walk) -> list[Fault]:
    found = []
    for places, path in list(walk.overlaps.items())[:MOST_TOLD]:
        rules = [walk.table.rules[place] for place in places]
        ids = ", ".join(one.id for one in rules)
        case = _case(walk.table, path)
        zh = f"规则{ids}同时适用于：{case}；请分清界限，或改用命中策略F。"
        en = f"The rules {ids} both apply to {case}; part them or use hit policy F."
        found.append(Fault(walk.table.file, max(r.line for r in rules), "table-overlap", zh, en))
    return found


def _told_idle(walk: _Walk) -> list[Fault]:
    return [
        Fault(
            walk.table.file,
            rule.line,
            "rule-idle",
            f"规则{rule.id}永远不会起作用；请删除或调整次序。",
            f"The rule {rule.id} never has an effect; remove it or move it up.",
        )
        for place, rule in enumerate(walk.table.rules)
        if not walk.chosen >> place & 1
    ]


def _case(table: Table, path: list[Any]) -> str:
    """`age = 79, hukou = null`"""
    parts = zip(table.inputs, path, strict=True)
    return ", ".join(f"{one.text} = {_shown(value)}" for one, value in parts) or "-"


def _shown(value: Any) -> str:
    return "null" if value is None else str(plain(value))


def _pieces(table: Table, place: int) -> list[Piece]:
    given = table.inputs[place]
    tested = [rule.cells[place] for rule in table.rules]
    values = _values(given, [end for cell in tested for end in ends(cell)])
    tests = [compile_cell(cell) for cell in tested]
    return [
        Piece(value, sum(1 << n for n, test in enumerate(tests) if test(value))) for value in values
    ]


def _values(given: Input, named: list[Any]) -> list[Any]:
    """One value for each piece of what can come."""
    if given.type == "boolean":
        found: list[Any] = [True, False]
    elif given.type == "text":
        found = list(given.allowed or [*dict.fromkeys(named), OTHER])
    else:
        bounds = [one for one in (given.low, given.high) if one is not None]
        found = _between(sorted({*named, *bounds}), given)
    return [*found, None] if given.nullable else found


def _between(cuts: list[Any], given: Input) -> list[Any]:
    """Every cut, a value between each two, and one on either side; within the bounds."""
    step: Any = timedelta(days=1) if given.type == "date" else Decimal(1)
    if not cuts:
        return [date(2000, 1, 1) if given.type == "date" else Decimal(0)]
    found = [*cuts]
    whole = given.is_integer or given.type == "date"
    for low, high in pairwise(cuts):
        middle = low + step if whole else (low + high) / 2
        if low < middle < high:
            found.append(middle)
    found += _around(cuts, step)
    if given.low is not None:
        found = [one for one in found if one >= given.low]
    if given.high is not None:
        found = [one for one in found if one <= given.high]
    return sorted(one for one in set(found) if not given.is_integer or one == int(one))


def _around(cuts: list[Any], step: Any) -> list[Any]:
    """A value before the first and one after the last cut; no day lies beyond the calendar."""
    found = []
    for end, sign in ((cuts[0], -1), (cuts[-1], 1)):
        try:
            found.append(end + sign * step)
        except OverflowError:
            continue
    return found
