"""The functions of the language in each database, so that all answer alike."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from citybrain.flows.expressions.evaluate import _FUNCTIONS as PYTHON
from citybrain.flows.expressions.values import (
    PLACES,
    fixed,
    product,
    quotient,
    rounded,
    shift,
    whole_part,
)

# --- DuckDB: macros. Each names an argument once, or nested calls would grow without bound.
# TRY_CAST gives null beyond DECIMAL(18,6) and rounds half away from zero.

_DUCKDB = """
ymd(d) AS CAST(strftime(d, '%Y%m%d') AS INTEGER)
months(d) AS list_transform([d], lambda x: (year(x) * 12 + month(x)) * 100 + day(x))[1]
num(x) AS TRY_CAST(x AS DECIMAL(18,6))
add(a, b) AS TRY_CAST(CAST(a AS DECIMAL(38,6)) + b AS DECIMAL(18,6))
sub(a, b) AS TRY_CAST(CAST(a AS DECIMAL(38,6)) - b AS DECIMAL(18,6))
mul(a, b) AS TRY_CAST(CAST(a AS DECIMAL(20,6)) * CAST(b AS DECIMAL(18,6)) AS DECIMAL(18,6))
div(a, b) AS TRY_CAST(CAST(CAST(CAST(a AS DECIMAL(38,6)) * 1000000 AS HUGEINT) * 10000000
 // NULLIF(CAST(CAST(b AS DECIMAL(38,6)) * 1000000 AS HUGEINT), 0) AS DECIMAL(38,0))
 * CAST(0.0000001 AS DECIMAL(8,7)) AS DECIMAL(18,6))
age(b, o) AS CAST(floor((cb_ymd(o) - cb_ymd(b)) / 10000) AS DECIMAL(18,6))
months_between(a, b) AS CAST(floor((cb_months(b) - cb_months(a)) / 100) AS DECIMAL(18,6))
shift(d, m, n) AS list_transform([CAST(d + to_months(m) + to_days(n) AS DATE)],
 lambda x: CASE WHEN year(x) BETWEEN 1 AND 9999 THEN x END)[1]
days(a, b) AS CAST(date_diff('day', b, a) AS DECIMAL(18,6))
year(d) AS CAST(year(d) AS DECIMAL(18,6))
month(d) AS CAST(month(d) AS DECIMAL(18,6))
day(d) AS CAST(day(d) AS DECIMAL(18,6))
abs(x) AS abs(x)
floor(x) AS CAST(floor(x) AS DECIMAL(18,6))
ceiling(x) AS TRY_CAST(CAST(ceil(CAST(x AS DECIMAL(38,6))) AS DECIMAL(38,6)) AS DECIMAL(18,6))
round(x, n) AS TRY_CAST(round(CAST(x AS DECIMAL(38,6)), n) AS DECIMAL(18,6))
length(s) AS CAST(length(s) AS DECIMAL(18,6))
upper(s) AS translate(s, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
lower(s) AS translate(s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
trim(s) AS trim(s, ' ')
contains(s, t) AS contains(s, t)
starts_with(s, t) AS starts_with(s, t)
ends_with(s, t) AS ends_with(s, t)
substring(s, a, n) AS substr(s, a, n)
list_contains(l, x) AS list_contains(l, x)
count(l) AS CAST(len(l) AS DECIMAL(18,6))
"""


def _statements(text: str) -> list[str]:
    """One definition a line; a line that begins with a blank goes on."""
    return [one for one in text.replace("\n ", " ").split("\n") if one]


def prepare_duckdb(connection: Any) -> None:
    """Temporary macros of this connection."""
    for one in _statements(_DUCKDB):
        connection.execute(f"CREATE OR REPLACE TEMP MACRO cb_{one}")


def duckdb_column(name: str, type: str) -> str:
    """A column as a value of its type."""
    if type == "number":
        return f'cb_num("{name}")'
    return f'CAST("{name}" AS DATE)' if type == "date" else f'"{name}"'


# --- PostgreSQL: functions of the session's own temporary schema.

_POSTGRES = """
fix(x numeric) numeric: CASE WHEN abs(round(x, 6)) < 1000000000000 THEN round(x, 6) END
add(a numeric, b numeric) numeric: pg_temp.cb_fix(a + b)
sub(a numeric, b numeric) numeric: pg_temp.cb_fix(a - b)
mul(a numeric, b numeric) numeric: pg_temp.cb_fix(a * b)
div(a numeric, b numeric) numeric: pg_temp.cb_fix(div(a * 10000000, nullif(b, 0)) / 10000000)
age(b date, o date) numeric: (extract(year from o) - extract(year from b)
 - (to_char(o, 'MMDD') < to_char(b, 'MMDD'))::int)::numeric
months_between(a date, b date) numeric: ((extract(year from b) - extract(year from a)) * 12
 + extract(month from b) - extract(month from a)
 - (extract(day from b) < extract(day from a))::int)::numeric
moved(d date, m int, n int) date: (d + make_interval(months => m) + make_interval(days => n))::date
shift(d date, m int, n int) date: CASE WHEN extract(year from pg_temp.cb_moved(d, m, n))
 BETWEEN 1 AND 9999 THEN pg_temp.cb_moved(d, m, n) END
days(a date, b date) numeric: (a - b)::numeric
year(d date) numeric: extract(year from d)::numeric
month(d date) numeric: extract(month from d)::numeric
day(d date) numeric: extract(day from d)::numeric
abs(x numeric) numeric: abs(x)
floor(x numeric) numeric: floor(x)
ceiling(x numeric) numeric: pg_temp.cb_fix(ceil(x))
round(x numeric, n int) numeric: pg_temp.cb_fix(round(x, n))
length(s text) numeric: length(s)::numeric
upper(s text) text: translate(s, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
lower(s text) text: translate(s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
trim(s text) text: btrim(s, ' ')
contains(s text, t text) boolean: strpos(s, t) > 0 OR t = ''
starts_with(s text, t text) boolean: left(s, length(t)) = t
ends_with(s text, t text) boolean: right(s, length(t)) = t
substring(s text, a int, n int) text: substr(s, a, n)
list_contains(l jsonb, x text) boolean: CASE WHEN x IS NULL THEN NULL ELSE l @> to_jsonb(x) END
count(l jsonb) numeric: jsonb_array_length(l)::numeric
"""


def prepare_postgres(connection: Any) -> None:
    """Functions that last as long as the session."""
    for one in _statements(_POSTGRES):
        head, _, body = one.partition(": ")
        name, _, answer = head.rpartition(" ")
        connection.execute(
            f"CREATE OR REPLACE FUNCTION pg_temp.cb_{name} RETURNS {answer}"
            f" LANGUAGE sql STABLE AS $$ SELECT {body} $$"
        )


def postgres_column(name: str, type: str) -> str:
    """A column as a value of its type."""
    if type == "number":
        return f'pg_temp.cb_fix(CAST("{name}" AS numeric))'
    casts = {"date": "date", "list": "jsonb", "text": "text"}
    return f'CAST("{name}" AS {casts[type]})' if type in casts else f'"{name}"'


# --- SQLite: Python functions over whole millionths, ISO days and JSON texts.


def sqlite_column(name: str, type: str) -> str:
    """A column as a value of its type."""
    return f'cb_num("{name}")' if type == "number" else f'"{name}"'


def _in(value: Any) -> Decimal:
    return Decimal(value).scaleb(-PLACES)


def _out(value: Any) -> Any:
    """A value as SQLite holds it."""
    if isinstance(value, Decimal):
        return int(value.scaleb(PLACES))
    return value.isoformat() if isinstance(value, date) else value


def _column(value: Any) -> int | None:
    try:
        number = fixed(Decimal(repr(value) if isinstance(value, float) else value))
    except (InvalidOperation, TypeError, ValueError):
        return None
    return _out(number)


_DATES = ("age", "months_between", "year", "month", "day")
_TEXTS = ("length", "upper", "lower", "trim", "contains", "starts_with", "ends_with")
_NUMBERS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: fixed(a + b),
    "sub": lambda a, b: fixed(a - b),
    "mul": product,
    "div": quotient,
    "abs": abs,
    "floor": lambda x: whole_part(x, up=False),
    "ceiling": lambda x: fixed(whole_part(x, up=True)),
}


def _strict(work: Callable[..., Any], reader: Callable[[Any], Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Any:
        return None if None in values else _out(work(*map(reader, values)))

    return run


def _plain(work: Callable[..., Any]) -> Callable[..., Any]:
    return _strict(work, lambda value: value)


def _sqlite_functions() -> dict[str, Callable[..., Any]]:
    day = date.fromisoformat
    found: dict[str, Callable[..., Any]] = {"num": _column}
    found |= {name: _strict(work, _in) for name, work in _NUMBERS.items()}
    found |= {name: _strict(PYTHON[name], day) for name in _DATES}
    found |= {name: _plain(PYTHON[name]) for name in _TEXTS}
    found["days"] = _strict(lambda a, b: Decimal((a - b).days), day)
    found["shift"] = _plain(lambda d, months, days: shift(day(d), months, days))
    found["round"] = _plain(lambda x, places: rounded(_in(x), places))
    found["substring"] = _plain(PYTHON["substring"])
    found["list_contains"] = _plain(lambda items, one: one in json.loads(items))
    found["count"] = _plain(lambda items: Decimal(len(json.loads(items))))
    return found


def prepare_sqlite(connection: Any) -> None:
    """Functions of this connection."""
    for name, work in _sqlite_functions().items():
        connection.create_function(f"cb_{name}", -1, work, deterministic=True)
