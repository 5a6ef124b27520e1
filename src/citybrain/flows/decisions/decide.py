"""A table as a Python closure, for one person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citybrain.flows.decisions.cells import compile_cell
from citybrain.flows.decisions.model import Rule, Table
from citybrain.flows.expressions.evaluate import Data, compile_python
from citybrain.flows.expressions.nodes import Literal
from citybrain.flows.expressions.values import fixed


@dataclass(frozen=True, slots=True)
class Decision:
    """`rules` are the ids that matched and count; `conflict` when the hit policy forbids them.

    Without a match, or in a conflict, every output is None (0 for C#).
    """

    outputs: dict[str, Any]
    rules: tuple[str, ...]
    conflict: bool = False


Decide = Callable[[Data], Decision]


def compile_table(table: Table) -> Decide:
    """A function of the data (values by name, the day under "today()")."""
    readers = [compile_python(one.node) for one in table.inputs]
    tests = [[compile_cell(cell) for cell in rule.cells] for rule in table.rules]
    names = [one.name for one in table.outputs]
    closures = [[compile_python(one) for one in rule.outputs] for rule in table.rules]
    order = priority(table)
    settle = _SETTLE.get(table.hit, _collected)

    def decide(data: Data) -> Decision:
        values = [read(data) for read in readers]
        matched = [
            place
            for place in order
            if all(test(value) for test, value in zip(tests[place], values, strict=True))
        ]
        chosen, conflict = settle(table, matched)
        ids = tuple(table.rules[place].id for place in chosen)
        if conflict:
            return Decision(dict.fromkeys(names), ids, True)
        given = [[one(data) for one in closures[place]] for place in chosen]
        return Decision(dict(zip(names, _outputs(table, given), strict=True)), ids)

    return decide


def priority(table: Table) -> list[int]:
    """The order in which rules are looked at; with P the most important output first."""
    places = list(range(len(table.rules)))
    if table.hit != "P":
        return places
    ranks = {value: rank for rank, value in enumerate(table.outputs[0].allowed)}

    def rank(place: int) -> tuple[int, int]:
        first = table.rules[place].outputs[0]
        value = first.value if isinstance(first, Literal) else None
        return (ranks.get(str(value), len(ranks)), place)

    return sorted(places, key=rank)


def constants(rule: Rule) -> tuple[Any, ...]:
    """The outputs of a rule, to compare them."""
    return tuple(one.value if isinstance(one, Literal) else one for one in rule.outputs)


def _unique(table: Table, matched: list[int]) -> tuple[list[int], bool]:
    return matched, len(matched) > 1


def _first(table: Table, matched: list[int]) -> tuple[list[int], bool]:
    return matched[:1], False


def _any(table: Table, matched: list[int]) -> tuple[list[int], bool]:
    if len({constants(table.rules[place]) for place in matched}) > 1:
        return matched, True
    return matched[:1], False


def _collected(table: Table, matched: list[int]) -> tuple[list[int], bool]:
    return matched, False


_SETTLE = {"U": _unique, "F": _first, "P": _first, "A": _any}


def _outputs(table: Table, given: Sequence[Sequence[Any]]) -> list[Any]:
    """One value for each output out of those of the chosen rules."""
    width = len(table.outputs)
    if table.hit == "C#":
        return [Decimal(len(given))] * width
    if not given:
        return [() if table.hit == "C" else None] * width
    columns = [[row[place] for row in given] for place in range(width)]
    if table.hit in ("U", "F", "A", "P"):
        return [column[0] for column in columns]
    present = [[one for one in column if one is not None] for column in columns]
    return [_aggregate(table.hit, column) for column in present]


def _aggregate(hit: str, column: list[Any]) -> Any:
    if hit == "C":
        return tuple(column)
    if not column:
        return None
    if hit == "C+":
        return fixed(sum(column, Decimal(0)))
    return min(column) if hit == "C<" else max(column)
