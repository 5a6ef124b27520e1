"""A table as one SELECT over a whole population.

Inputs are computed once for a person, then one truth value for each rule, then the rule that
counts, then the outputs. The answer has the key columns, every output, `_rules` (the ids that
count, joined by commas) and `_conflict`. With hit policy C an output is not given as a list:
`_rules` says it, because the databases have no list type in common.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from citybrain.flows.decisions.decide import constants, priority
from citybrain.flows.decisions.model import Atom, Cell, Equal, Missing, Table
from citybrain.flows.expressions.nodes import Literal, Node
from citybrain.flows.expressions.sql import DIALECTS, Dialect, compile_sql, text_literal
from citybrain.flows.expressions.types import Types
from citybrain.flows.expressions.values import Value


def population_sql(
    table: Table, types: Types, dialect: str, today: date, source: str, keys: Sequence[str]
) -> str:
    """The SELECT; `source` is a table's name or a parenthesised query, `keys` its key columns."""
    writer = _Writer(
        table, DIALECTS[dialect], lambda node: compile_sql(node, types, dialect, today)
    )
    inputs = writer.inputs()
    rules = [f"{writer.rule(place)} AS _m{place}" for place in range(len(table.rules))]
    named = ", ".join(f'"{key}"' for key in keys)
    # Every part is compiled from a checked table: names match [A-Za-z_]\w*, texts are quoted.
    steps = (("i", inputs, source), ("m", rules, "i"), ("c", [writer.chosen()], "m"))
    parts = (f"{name} AS ({_select(['*', *more], base)})" for name, more, base in steps)
    answer = _select([named, *writer.outputs(), writer.told()], "c")
    return f"WITH {', '.join(parts)} {answer}"


def _select(columns: Sequence[str], source: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {source}"  # noqa: S608


class _Writer:
    def __init__(self, table: Table, dialect: Dialect, sql: Callable[[Node], str]) -> None:
        self.table, self.dialect, self.sql = table, dialect, sql
        self.order = priority(table)

    def inputs(self) -> list[str]:
        found = [f"{self.sql(one.node)} AS _i{n}" for n, one in enumerate(self.table.inputs)]
        return found or ["1 AS _i"]

    def rule(self, place: int) -> str:
        parts = [
            self.cell(cell, f"_i{n}")
            for n, cell in enumerate(self.table.rules[place].cells)
            if cell.atoms
        ]
        return f"({' AND '.join(parts)})" if parts else "(1 = 1)"

    def cell(self, cell: Cell, column: str) -> str:
        equal = [self.constant(one.value) for one in cell.atoms if isinstance(one, Equal)]
        parts = [self.atom(one, column) for one in cell.atoms if not isinstance(one, Equal)]
        if equal:
            parts.append(f"{column} IN ({', '.join(equal)})")
        joined = f"({' OR '.join(parts)})" if len(parts) > 1 else parts[0]
        return f"(NOT {joined})" if cell.negated else joined

    def atom(self, atom: Atom, column: str) -> str:
        if isinstance(atom, Missing):
            return f"({column} IS NULL)"
        assert not isinstance(atom, Equal)  # noqa: S101 - gathered by `cell`
        parts = []
        if atom.low is not None:
            parts.append(f"{column} {'>' if atom.low_open else '>='} {self.constant(atom.low)}")
        if atom.high is not None:
            parts.append(f"{column} {'<' if atom.high_open else '<='} {self.constant(atom.high)}")
        return f"({' AND '.join(parts)})"

    def constant(self, value: Value) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Decimal):
            return self.dialect.number(value)
        return self.dialect.day(value) if isinstance(value, date) else text_literal(str(value))

    def count(self) -> str:
        hits = (f"CASE WHEN _m{n} THEN 1 ELSE 0 END" for n in range(len(self.table.rules)))
        return f"({' + '.join(hits)})"

    def chosen(self) -> str:
        """`_rule`: the place of the rule that counts; `_hits`; `_odd`: a conflict."""
        whens = " ".join(f"WHEN _m{n} THEN {n}" for n in self.order)
        return f"CASE {whens} END AS _rule, {self.count()} AS _hits, {self.conflict()} AS _odd"

    def conflict(self) -> str:
        if self.table.hit == "U":
            return f"({self.count()} > 1)"
        if self.table.hit != "A":
            return "(1 = 0)"
        groups: dict[object, list[str]] = {}
        for place, rule in enumerate(self.table.rules):
            groups.setdefault(constants(rule), []).append(f"COALESCE(_m{place}, 1 = 0)")
        hits = (f"CASE WHEN {' OR '.join(one)} THEN 1 ELSE 0 END" for one in groups.values())
        return f"({' + '.join(hits)} > 1)"

    def outputs(self) -> list[str]:
        found = []
        for place, output in enumerate(self.table.outputs):
            found.append(f'{self.output(place)} AS "{output.name}"')
        return found

    def output(self, place: int) -> str:
        hit, rules = self.table.hit, self.table.rules
        if hit == "C":
            return "NULL"
        if hit == "C#":
            return self.dialect.column("_hits", "number")
        if hit == "C+":
            zero = self.dialect.number(Decimal(0))
            parts = (f"COALESCE({self.value(n, place)}, {zero})" for n in range(len(rules)))
            total = f"{self.dialect.prefix}add({' + '.join(parts)}, {zero})"
            return f"CASE WHEN {self.present(place)} THEN {total} END"
        if hit in ("C<", "C>"):
            return self.extreme(place)
        whens = " ".join(
            f"WHEN {n} THEN {self.sql(rule.outputs[place])}"
            for n, rule in enumerate(rules)
            if not _is_null(rule.outputs[place])
        )
        return f"CASE WHEN _odd THEN NULL ELSE {f'CASE _rule {whens} END' if whens else 'NULL'} END"

    def value(self, rule: int, place: int) -> str:
        return f"CASE WHEN _m{rule} THEN {self.sql(self.table.rules[rule].outputs[place])} END"

    def present(self, place: int) -> str:
        rules = range(len(self.table.rules))
        return " OR ".join(f"({self.value(n, place)}) IS NOT NULL" for n in rules)

    def extreme(self, place: int) -> str:
        """Databases do not agree on null among many: nulls are put out of the way."""
        least = self.table.hit == "C<"
        beyond = self.dialect.number(Decimal(10**12 - 1) * (1 if least else -1))
        rules = range(len(self.table.rules))
        parts = [f"COALESCE({self.value(n, place)}, {beyond})" for n in rules]
        names = {True: ("min", "LEAST"), False: ("max", "GREATEST")}[least]
        function = names[0] if self.dialect.name == "sqlite" else names[1]
        found = parts[0] if len(parts) == 1 else f"{function}({', '.join(parts)})"
        return f"CASE WHEN {self.present(place)} THEN {found} END"

    def told(self) -> str:
        rules = self.table.rules
        if self.table.hit in ("F", "P"):
            whens = " ".join(f"WHEN {n} THEN '{one.id}'" for n, one in enumerate(rules))
            return f"COALESCE(CASE _rule {whens} END, '') AS _rules, _odd AS _conflict"
        if self.table.hit == "A":
            whens = " ".join(f"WHEN {n} THEN '{one.id}'" for n, one in enumerate(rules))
            first = f"COALESCE(CASE _rule {whens} END, '')"
            return (
                f"CASE WHEN _odd THEN {self.listed()} ELSE {first} END AS _rules, _odd AS _conflict"
            )
        return f"{self.listed()} AS _rules, _odd AS _conflict"

    def listed(self) -> str:
        """Ids joined by commas; the first comma is cut off."""
        parts = (
            f"CASE WHEN _m{n} THEN ',{one.id}' ELSE '' END"
            for n, one in enumerate(self.table.rules)
        )
        return f"substr({' || '.join(parts)}, 2)"


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None
