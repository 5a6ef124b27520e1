# ruff: noqa: S608 - identifiers come from validated metadata only, every value is bound
"""What DuckDB finds in a table, in few passes: one over all columns, one for duplicates.

Shapes: `Column.low` and `high` are texts of the least and greatest value (numbers, dates and
times only); `top` holds (value, rows) pairs; `patterns` (pattern, share of the sample in
percent), where 9 stands for a digit, A for a letter, 文 for a Chinese character.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.quality.reading import RELATION, Opened

EXACT_ROWS = 200_000
"""Up to so many rows the number of different values is counted, above it is estimated."""
TOGETHER = 40
"""Columns of one statement: thousands of aggregates at once take much memory to plan."""
SAMPLE_ROWS = 5_000
FEW_VALUES = 1_000
TOP, PATTERNS = 8, 4
LONGEST_SHOWN = 80
Step = Callable[[int], None]


@dataclass(slots=True)
class Column:
    """What was found in one column. `distinct_exact` is False for an estimate (about 2 %)."""

    name: str
    type: str
    filled: int = 0
    blank: int = 0
    misfit: int = 0
    padded: int = 0
    outside: int = 0
    distinct: int = 0
    distinct_exact: bool = True
    shortest: int | None = None
    longest: int | None = None
    low: str | None = None
    high: str | None = None
    mean: str | None = None
    top: list[tuple[str, int]] = field(default_factory=list)
    top_of_sample: bool = False
    patterns: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Scanned:
    """A whole table. `duplicate_keys` is None without declared key."""

    rows: int
    rejected: int
    columns: list[Column]
    duplicate_rows: int
    duplicate_keys: int | None
    sample: dict[str, list[str]]
    """Column → the filled values of the sampled rows."""


def scan(seen: Opened, step: Step = lambda _percent: None) -> Scanned:
    """Look at everything. `step` is told how far it is, in percent."""
    rows = _number(seen, f"SELECT count(*) FROM {RELATION}")
    columns = _main_pass(seen, rows)
    step(45)
    sample = _sample(seen, rows)
    step(60)
    for column in columns:
        _describe(seen, column, sample[column.name])
    step(75)
    duplicates = _duplicates(seen, list(seen.table.items))
    keys = [seen.table.item(name) for name in seen.table.primary_key]
    repeated = _duplicates(seen, keys) if keys else None
    step(85)
    return Scanned(rows, seen.rejected, columns, duplicates, repeated, sample)


def _number(seen: Opened, text: str) -> int:
    row = seen.base.execute(text).fetchone()
    return int(row[0] or 0) if row else 0


def _main_pass(seen: Opened, rows: int) -> list[Column]:
    found: list[Column] = []
    items = seen.table.items
    for start in range(0, len(items), TOGETHER):
        part = items[start : start + TOGETHER]
        wanted = [_aggregates(seen, item, rows) for item in part]
        row = seen.base.execute(
            f"SELECT {', '.join(one for each in wanted for one in each)} FROM {RELATION}"
        ).fetchone()
        values = iter(row or ())
        for item, each in zip(part, wanted, strict=True):
            found.append(_column(item, [next(values) for _ in each], rows))
    return found


def _aggregates(seen: Opened, item: Item, rows: int) -> list[str]:
    value, blank = seen.typed(item), seen.blank(item)
    count = "count(DISTINCT {})" if rows <= EXACT_ROWS else "approx_count_distinct({})"
    shared = [f"count_if({blank})", count.format(item.quoted)]
    if item.letter.is_text:
        text = f"{item.quoted}::VARCHAR"
        return [
            *shared,
            f"min(length({text})) FILTER (NOT ({blank}))",
            f"max(length({text}))",
            f"count_if(length({text}) <> length(trim({text})) AND NOT ({blank}))",
        ]
    mean = f"avg({value})" if item.letter.is_number else "NULL"
    return [
        *shared,
        f"count({value})",
        f"min({value})::VARCHAR",
        f"max({value})::VARCHAR",
        f"({mean})::VARCHAR",
        f"count_if({_outside(item, value)})",
    ]


def _outside(item: Item, value: str) -> str:
    bounds = [
        f"{value}::DOUBLE {sign} {bound!r}::DOUBLE"
        for sign, bound in (("<", item.minimum), (">", item.maximum))
        if bound is not None and item.letter.is_number
    ]
    return " OR ".join(bounds) or "FALSE"


def _column(item: Item, values: list[Any], rows: int) -> Column:
    # Over no rows at all some aggregates are null.
    more: list[Any]
    blank, distinct, *more = [value or 0 for value in values[:2]] + values[2:]
    made = Column(item.name, item.type, filled=rows - blank, blank=blank, distinct=distinct)
    made.distinct_exact = rows <= EXACT_ROWS
    made.distinct = min(made.distinct, made.filled)
    if item.letter.is_text:
        made.shortest, made.longest, made.padded = more[0], more[1], more[2] or 0
    else:
        fits, made.low, made.high, made.mean, outside = more
        made.outside = outside or 0
        made.misfit = made.filled - (fits or 0)
    return made


def _sample(seen: Opened, rows: int) -> dict[str, list[str]]:
    """Filled values of rows at even distances: the same rows each time, from the whole table."""
    every = max(1, rows // SAMPLE_ROWS)
    row = seen.row.removesuffix(" + 1")
    found = {}
    for start in range(0, len(seen.table.items), TOGETHER):
        part = seen.table.items[start : start + TOGETHER]
        names = ", ".join(f"left({item.quoted}::VARCHAR, 200)" for item in part)
        lines = seen.base.execute(
            f"SELECT {names} FROM {RELATION} WHERE {row} % {every} = 0 LIMIT {SAMPLE_ROWS * 2}"
        ).fetchall()
        for place, item in enumerate(part):
            values = (line[place] for line in lines)
            found[item.name] = [one.strip() for one in values if one is not None and one.strip()]
    return found


def _describe(seen: Opened, column: Column, sample: Sequence[str]) -> None:
    """Frequent values (exact where there are few different ones) and patterns."""
    if column.distinct <= FEW_VALUES and column.filled:
        item = seen.table.item(column.name)
        rows = seen.base.execute(
            f"SELECT left({item.quoted}::VARCHAR, {LONGEST_SHOWN}) AS value, count(*) AS n "
            f"FROM {RELATION} WHERE NOT ({seen.blank(item)}) GROUP BY 1 "
            f"ORDER BY n DESC, value LIMIT {TOP}"
        ).fetchall()
        column.top = [(str(value), n) for value, n in rows if n > 1]
    else:
        column.top_of_sample = True
        counted = Counter(one[:LONGEST_SHOWN] for one in sample).most_common(TOP)
        column.top = [(value, n) for value, n in counted if n > 1]
    column.patterns = patterns(sample)


def _duplicates(seen: Opened, items: Sequence[Item]) -> int:
    """Rows beyond the first of each group that agrees in all these columns."""
    names = ", ".join(item.quoted for item in items)
    return _number(
        seen,
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM "
        f"(SELECT hash({names}) AS h FROM {RELATION}) GROUP BY h HAVING count(*) > 1)",
    )


_RUNS = (
    (re.compile(r"[0-9]+"), "9"),
    (re.compile(r"[A-Za-z]+"), "A"),
    (re.compile(r"[\u3400-\u9fff]+"), "文"),
)


def pattern_of(value: str) -> str:
    """The shape of a value: "370202-A1" → "9(6)-A9"."""
    shown = value[:40]
    for expression, sign in _RUNS:
        shown = expression.sub(lambda found, s=sign: _run(s, len(found[0])), shown)  # type: ignore[misc]
    return shown


def _run(sign: str, length: int) -> str:
    # Brackets that `_RUNS` itself does not match later: the digits in them are full-width.
    if length == 1:
        return sign
    return f"{sign}{{{''.join(chr(ord(one) - ord('0') + 0xFF10) for one in str(length))}}}"


def patterns(sample: Sequence[str]) -> list[tuple[str, int]]:
    """The most frequent shapes with their shares in percent."""
    if not sample:
        return []
    counted = Counter(pattern_of(one) for one in sample).most_common(PATTERNS)
    narrow = str.maketrans("０１２３４５６７８９", "0123456789")
    shares = [(one.translate(narrow), round(100 * n / len(sample))) for one, n in counted]
    return [(one, share) for one, share in shares if share]
