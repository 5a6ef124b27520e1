"""The tree as SQL, for a whole population: SQLite, PostgreSQL and DuckDB.

The text is the same for all three but for constants and columns; arithmetic and functions are
calls of `cb_…`, which `prepare` makes known to a connection (`dialects.py`). Numbers are
DECIMAL(18,6) in DuckDB, numeric in PostgreSQL and whole millionths in SQLite, which knows no
exact decimals; `read` turns an answer back into a value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from citybrain.flows.expressions import dialects
from citybrain.flows.expressions.errors import ExpressionError
from citybrain.flows.expressions.evaluate import is_null
from citybrain.flows.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Compare,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    OneOf,
    Within,
)
from citybrain.flows.expressions.types import Types, check
from citybrain.flows.expressions.values import PLACES, Duration, Value, fixed, typed

LONGEST = 200_000
"""Characters of SQL; some functions write an argument twice, so nesting could explode."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one database writes constants and columns, and how it is told the functions."""

    name: str
    prefix: str
    column: Callable[[str, str], str]
    number: Callable[[Decimal], str]
    day: Callable[[date], str]
    prepare: Callable[[Any], None]


def _millionths(number: Decimal) -> str:
    return str(int(number.scaleb(PLACES)))


DIALECTS: dict[str, Dialect] = {
    "sqlite": Dialect(
        "sqlite",
        "cb_",
        dialects.sqlite_column,
        _millionths,
        lambda day: f"'{day.isoformat()}'",
        dialects.prepare_sqlite,
    ),
    "postgresql": Dialect(
        "postgresql",
        "pg_temp.cb_",
        dialects.postgres_column,
        lambda number: f"CAST({number:f} AS numeric)",
        lambda day: f"DATE '{day.isoformat()}'",
        dialects.prepare_postgres,
    ),
    "duckdb": Dialect(
        "duckdb",
        "cb_",
        dialects.duckdb_column,
        lambda number: f"CAST({number:f} AS DECIMAL(18,6))",
        lambda day: f"DATE '{day.isoformat()}'",
        dialects.prepare_duckdb,
    ),
}


def prepare(connection: Any, dialect: str) -> None:
    """Make the functions known to a raw connection (sqlite3, psycopg, duckdb)."""
    DIALECTS[dialect].prepare(connection)


def compile_sql(node: Node, types: Types, dialect: str, today: date) -> str:
    """A SQL expression over columns named as the fields. Raises `ExpressionError`."""
    check(node, types)
    return _Writer(DIALECTS[dialect], types, today).write(node)


def read(value: Any, type: str, dialect: str) -> Value:
    """What the database answered, as a value."""
    if value is None:
        return None
    if type == "number":
        number = Decimal(value)
        return fixed(number.scaleb(-PLACES) if dialect == "sqlite" else number)
    if type == "boolean":
        return bool(value)
    return typed(value, type)


class _Writer:
    def __init__(self, dialect: Dialect, types: Types, today: date) -> None:
        self.dialect, self.types, self.today = dialect, types, today

    def write(self, node: Node) -> str:
        text = _WRITERS[type(node)](self, node)
        if len(text) > LONGEST:
            raise ExpressionError(
                "too-deep", node.at or 1, "表达式过于复杂。", "The expression is too complex."
            )
        return text

    def call(self, function: str, *nodes: Node) -> str:
        inner = ", ".join(self.write(one) for one in nodes)
        return f"{self.dialect.prefix}{function}({inner})"

    def literal(self, node: Literal) -> str:
        value = node.value
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Decimal):
            return self.dialect.number(value)
        if isinstance(value, date):
            return self.dialect.day(value)
        assert isinstance(value, str)  # noqa: S101 - durations are written by `arithmetic`
        return text_literal(value)

    def name(self, node: Name) -> str:
        return self.dialect.column(node.name, self.types[node.name])

    def negative(self, node: Negative) -> str:
        return f"(-{self.write(node.of)})"

    def not_(self, node: Not) -> str:
        return f"(NOT {self.write(node.of)})"

    def arithmetic(self, node: Arithmetic) -> str:
        kind = check(node.left, self.types)
        if isinstance(node.right, Literal) and isinstance(node.right.value, Duration):
            sign = 1 if node.sign == "+" else -1
            span = node.right.value
            moved = f"{self.write(node.left)}, {sign * span.months}, {sign * span.days}"
            return f"{self.dialect.prefix}shift({moved})"
        if kind == "text":
            return f"({self.write(node.left)} || {self.write(node.right)})"
        if kind == "date":
            return self.call("days", node.left, node.right)
        names = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
        return self.call(names[node.sign], node.left, node.right)

    def compare(self, node: Compare) -> str:
        if node.sign in ("=", "!=") and (is_null(node.left) or is_null(node.right)):
            asked = node.right if is_null(node.left) else node.left
            return f"({self.write(asked)} IS {'' if node.sign == '=' else 'NOT '}NULL)"
        sign = "<>" if node.sign == "!=" else node.sign
        return f"({self.write(node.left)} {sign} {self.write(node.right)})"

    def logic(self, node: Logic) -> str:
        return f"({self.write(node.left)} {node.sign.upper()} {self.write(node.right)})"

    def one_of(self, node: OneOf) -> str:
        items = ", ".join(self.write(one) for one in node.items)
        return f"({self.write(node.of)} IN ({items}))"

    def within(self, node: Within) -> str:
        of, low, high = (self.write(one) for one in (node.of, node.low, node.high))
        first, last = ">" if node.low_open else ">=", "<" if node.high_open else "<="
        return f"({of} {first} {low} AND {of} {last} {high})"

    def choice(self, node: Choice) -> str:
        condition, then, other = (
            self.write(one) for one in (node.condition, node.then, node.other)
        )
        return f"(CASE WHEN {condition} THEN {then} ELSE {other} END)"

    def function(self, node: Call) -> str:
        name, arguments = node.function, node.arguments
        if name == "today":
            return self.dialect.day(self.today)
        if name == "coalesce":
            return f"COALESCE({', '.join(self.write(one) for one in arguments)})"
        if name == "age" and len(arguments) == 1:
            return self.call("age", arguments[0], Call("today", ()))
        if name in ("round", "substring"):
            plain = [str(int(one.value)) for one in arguments[1:]]  # type: ignore[union-attr,arg-type]
            inner = ", ".join([self.write(arguments[0]), *plain])
            return f"{self.dialect.prefix}{name}({inner})"
        if name in ("min", "max"):
            return self.extreme(name, arguments)
        return self.call(name, *arguments)

    def extreme(self, name: str, arguments: tuple[Node, ...]) -> str:
        """Null when one is null: PostgreSQL and DuckDB would leave it out."""
        parts = [self.write(one) for one in arguments]
        if self.dialect.name == "sqlite":
            return f"{name}({', '.join(parts)})"
        missing = " OR ".join(f"{one} IS NULL" for one in parts)
        function = "LEAST" if name == "min" else "GREATEST"
        return f"(CASE WHEN {missing} THEN NULL ELSE {function}({', '.join(parts)}) END)"


def text_literal(text: str) -> str:
    """A text constant; the lexer lets no control character through."""
    return "'" + text.replace("'", "''") + "'"


_WRITERS: dict[type, Callable[[_Writer, Any], str]] = {
    Literal: _Writer.literal,
    Name: _Writer.name,
    Negative: _Writer.negative,
    Not: _Writer.not_,
    Arithmetic: _Writer.arithmetic,
    Compare: _Writer.compare,
    Logic: _Writer.logic,
    OneOf: _Writer.one_of,
    Within: _Writer.within,
    Choice: _Writer.choice,
    Call: _Writer.function,
}
