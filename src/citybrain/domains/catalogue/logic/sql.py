# ruff: noqa: S608 - identifiers come from validated metadata only, every value is bound
"""From a `TableQuery` to SQL: identifiers come from the metadata, values are bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.errors import refuse
from citybrain.domains.catalogue.logic.query import COMPARISONS, Condition, TableQuery, Term
from citybrain.domains.catalogue.logic.tables import TableBase

RELATION = "data"
"""Name of the table or view that the store makes."""
ROW, BOX = '"_row"', ('"_xmin"', '"_ymin"', '"_xmax"', '"_ymax"')
"""Columns that the store adds; no item can be called so, for names start with a letter."""


@dataclass(slots=True)
class Statement:
    """SQL text with its bound values, gathered in the order of the text."""

    text: str = ""
    values: list[Any] = field(default_factory=list)


def where(query: TableQuery, table: TableBase, rows: Mapping[str, tuple[Any, ...]]) -> Statement:
    """The conditions of the caller and, always joined with "and", those of the policy."""
    made = Statement()
    parts = [_compare(one, made.values) for one in query.conditions]
    if query.bbox is not None:
        west, south, east, north = query.bbox
        xmin, ymin, xmax, ymax = BOX
        parts.append(f"({xmax} >= ? AND {xmin} <= ? AND {ymax} >= ? AND {ymin} <= ?)")
        made.values += [west, east, south, north]
    parts += [_holds(word, query.searched, made.values) for word in query.words]
    parts += policy_rows(table, rows, made.values)
    made.text = " WHERE " + " AND ".join(parts) if parts else ""
    return made


def _holds(word: str, searched: tuple[Item, ...], values: list[Any]) -> str:
    """That one of the text columns holds the word, in small letters as it is given."""
    values += [word] * len(searched)
    found = [f"contains(lower({item.quoted}), ?)" for item in searched]
    return f"({' OR '.join(found)})" if found else "FALSE"


def policy_rows(
    table: TableBase, rows: Mapping[str, tuple[Any, ...]], values: list[Any]
) -> list[str]:
    """The policy's row filter as conditions.

    Raises `PolicyRefusal` when it names a column that the table does not have, or a value
    that the column cannot hold: a filter that cannot be applied must not be skipped.
    """
    parts = []
    for name in sorted(rows):
        try:
            item = table.item(name)
            allowed = [item.letter.parse(_plain(value)) for value in rows[name]]
        except (ValueError, ArithmeticError):
            raise refuse(
                "rows",
                "row-filter-not-applicable",
                f"协议限定的数据行（{name}）无法用于此表，故不提供；请与提供方修改协议。",
                f"The agreement's range of rows ({name}) cannot be applied to this table.",
            ) from None
        parts.append(_one_of(item, allowed, values))
    return parts


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(item: Item, allowed: list[Any], values: list[Any]) -> str:
    if not allowed:
        return "FALSE"
    values += allowed
    return f"{item.quoted} IN ({', '.join('?' * len(allowed))})"


def _compare(condition: Condition, values: list[Any]) -> str:
    column = condition.item.quoted
    if condition.op == "null":
        return f"{column} IS NULL"
    if condition.op == "notnull":
        return f"{column} IS NOT NULL"
    if condition.op == "in":
        return _one_of(condition.item, list(condition.values), values)
    values += condition.values
    if condition.op == "like":
        return f"{column} LIKE ? ESCAPE '\\'"
    return f"{column} {COMPARISONS[condition.op]} ?"


def truth_of(condition: Condition) -> Statement:
    """A condition as a value: true, false, or null where it cannot be told."""
    made = Statement()
    made.text = f"({_compare(condition, made.values)})"
    return made


def rows_statement(
    query: TableQuery, columns: list[Item], table: TableBase, rows: Mapping[str, tuple[Any, ...]]
) -> Statement:
    """Rows of `columns`, one more than asked for, so that the answer knows of a next page."""
    made = where(query, table, rows)
    order = [f'"{one.key}" {"DESC" if one.descending else "ASC"} NULLS LAST' for one in query.order]
    names = ", ".join(item.quoted for item in columns)
    made.text = (
        f"SELECT {names} FROM {RELATION}{made.text} ORDER BY {', '.join([*order, ROW])}"
        f" LIMIT {query.limit + 1} OFFSET {query.offset}"
    )
    return made


def count_statement(
    query: TableQuery, table: TableBase, rows: Mapping[str, tuple[Any, ...]]
) -> Statement:
    """How many rows match in all."""
    made = where(query, table, rows)
    made.text = f"SELECT count(*) FROM {RELATION}{made.text}"
    return made


def groups_statement(
    query: TableQuery, table: TableBase, rows: Mapping[str, tuple[Any, ...]], cohort: int
) -> Statement:
    """Exact aggregates by group, small groups left out.

    With `cohort` above 1: groups of fewer rows are left out, and so is the next smallest
    group while all that is left out together is still smaller than the cohort, because it
    could be had as the difference from a total (complementary suppression). A function of a
    column with fewer values than the cohort is null.
    """
    made = where(query, table, rows)
    keys = [item.quoted for item in query.group]
    named = [f'{_aggregate(term, cohort)} AS "{term.label}"' for term in query.terms]
    inner = f"SELECT {', '.join([*keys, *named, 'count(*) AS _n'])} FROM {RELATION}{made.text}"
    inner += f" GROUP BY {', '.join(keys)}" if keys else ""
    if cohort > 1:
        sums = f"sum(_n) OVER (ORDER BY {', '.join(['_n', *keys])} ROWS UNBOUNDED PRECEDING)"
        inner = f"SELECT *, {sums} - _n AS _before FROM ({inner})"
        kept = f"_n >= {cohort} AND (_before = 0 OR _before >= {cohort})"
        inner = f"SELECT * FROM ({inner}) WHERE {kept}"
    order = [f'"{one.key}" {"DESC" if one.descending else "ASC"} NULLS LAST' for one in query.order]
    order += [f"{key} ASC NULLS LAST" for key in keys]
    labels = ", ".join([*keys, *(f'"{term.label}"' for term in query.terms)])
    made.text = f"SELECT {labels} FROM ({inner})"
    made.text += f" ORDER BY {', '.join(order)}" if order else ""
    made.text += f" LIMIT {query.limit + 1} OFFSET {query.offset}"
    return made


def _aggregate(term: Term, cohort: int) -> str:
    if term.item is None:
        return "count(*)"
    exact = f"{term.function}({term.item.quoted})"
    if cohort > 1:
        return f"CASE WHEN count({term.item.quoted}) >= {cohort} THEN {exact} END"
    return exact


def noisy_statement(
    query: TableQuery, table: TableBase, rows: Mapping[str, tuple[Any, ...]], most: int
) -> Statement:
    """What noise is added to: by group the count of rows, then the parts of every sum (the sum
    of the values cut to their bounds) and avg (the same, and how many values there are).
    At most `most` + 1 groups."""
    made = where(query, table, rows)
    keys = [item.quoted for item in query.group]
    parts = [part for term in query.terms for part in _noisy_parts(term)]
    made.text = f"SELECT {', '.join([*keys, 'count(*)', *parts])} FROM {RELATION}{made.text}"
    made.text += f" GROUP BY {', '.join(keys)} LIMIT {most + 1}" if keys else ""
    return made


def _noisy_parts(term: Term) -> list[str]:
    if term.item is None:
        return []
    total = bounded_sum(term.item)
    return [total] if term.function == "sum" else [total, f"count({term.item.quoted})"]


def bounded_sum(item: Item) -> str:
    """The sum of a bounded column; the bounds are numbers of the metadata."""
    low, high = float(item.minimum or 0.0), float(item.maximum or 0.0)
    cut = f"greatest(least({item.quoted}::DOUBLE, {high!r}::DOUBLE), {low!r}::DOUBLE)"
    return f"coalesce(sum({cut}) FILTER ({item.quoted} IS NOT NULL), 0)"
