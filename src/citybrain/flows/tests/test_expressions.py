"""The expression language answers alike in Python and in every database (`cases.json`)."""

import json
import os
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from citybrain.flows import expressions
from citybrain.flows.expressions import ExpressionError, check, compile_python, parse, sql, typed
from citybrain.flows.expressions.evaluate import TODAY
from citybrain.flows.expressions.values import plain

CASES = json.loads((Path(expressions.__file__).parent / "cases.json").read_text("utf-8"))
TYPES: dict[str, str] = CASES["types"]
DAY = date.fromisoformat(CASES["today"])
ANSWERS = [(text, wanted) for text, wanted in CASES["answers"] if not isinstance(wanted, dict)]
SERVER = os.environ.get("CITYBRAIN_TEST_POSTGRES", "")


def shown(value: Any) -> Any:
    """As the case file writes it: numbers as text."""
    made = plain(value)
    return str(made) if isinstance(made, int) and not isinstance(made, bool) else made


def in_python(text: str) -> Any:
    node = parse(text)
    check(node, TYPES)
    data = {name: typed(raw, TYPES[name]) for name, raw in CASES["data"].items()}
    return shown(compile_python(node)({**data, TODAY: DAY}))


@pytest.mark.parametrize(("text", "wanted"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_python_answers_as_the_case_file_says(text: str, wanted: Any) -> None:
    assert in_python(text) == wanted


@pytest.mark.parametrize(
    ("text", "code", "at"), CASES["errors"], ids=[text for text, _, _ in CASES["errors"]]
)
def test_a_faulty_expression_is_refused_with_its_place(text: str, code: str, at: int) -> None:
    if not code:
        assert in_python(text) is not None
        return
    with pytest.raises(ExpressionError) as found:
        in_python(text)
    assert (found.value.code, found.value.at) == (code, at)
    assert found.value.zh and found.value.en


def compared(run: Any, dialect: str) -> list[tuple[str, Any, Any]]:
    """Every case whose answer in the database is another one."""
    wrong = []
    for text, wanted in ANSWERS:
        node = parse(text)
        kind = check(node, TYPES)
        found = run(sql.compile_sql(node, TYPES, dialect, DAY))
        answer = shown(sql.read(found, kind, dialect))
        if answer != wanted:
            wrong.append((text, answer, wanted))
    return wrong


COLUMNS = {
    "sqlite": {"number": "REAL", "text": "TEXT", "boolean": "INTEGER", "date": "TEXT"},
    "duckdb": {"number": "DECIMAL(18,6)", "text": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE"},
    "postgresql": {"number": "numeric", "text": "text", "boolean": "boolean", "date": "date"},
}
LISTS = {"sqlite": "TEXT", "duckdb": "VARCHAR[]", "postgresql": "jsonb"}


def filled(execute: Any, dialect: str, mark: str) -> Any:
    """One row of the case file's data; gives a function that asks for one expression."""
    kinds = COLUMNS[dialect] | {"list": LISTS[dialect]}
    columns = ", ".join(f'"{name}" {kinds[kind]}' for name, kind in TYPES.items())
    execute(f"CREATE TEMP TABLE people ({columns})")
    values = [CASES["data"][name] for name in TYPES]
    if dialect == "duckdb":
        values = [Decimal(repr(one)) if isinstance(one, float) else one for one in values]
    else:
        values = [json.dumps(one) if isinstance(one, list) else one for one in values]
    execute(f"INSERT INTO people VALUES ({', '.join([mark] * len(values))})", values)
    return lambda text: execute(f"SELECT {text} FROM people").fetchone()[0]


def test_sqlite_answers_the_same() -> None:
    with sqlite3.connect(":memory:") as connection:
        expressions.prepare(connection, "sqlite")
        assert compared(filled(connection.execute, "sqlite", "?"), "sqlite") == []


def test_duckdb_answers_the_same() -> None:
    with duckdb.connect() as connection:
        expressions.prepare(connection, "duckdb")
        assert compared(filled(connection.execute, "duckdb", "?"), "duckdb") == []


@pytest.mark.postgres
@pytest.mark.skipif(not SERVER, reason="CITYBRAIN_TEST_POSTGRES names no server")
def test_postgresql_answers_the_same() -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        expressions.prepare(connection, "postgresql")
        assert compared(filled(connection.execute, "postgresql", "%s"), "postgresql") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1" + " + 1" * 2000, "too-long"),
        ("1" + "+1" * 700, "too-long"),
        ("(" * 40 + "1" + ")" * 40, "too-deep"),
        ("not " * 40 + "true", "too-deep"),
        ("min(" * 25 + "1, 2" + ", 2)" * 25, ""),
    ],
)
def test_bombs_are_bounded(text: str, code: str) -> None:
    if code:
        with pytest.raises(ExpressionError) as found:
            check(parse(text), TYPES)
        assert found.value.code == code
    else:
        assert compile_python(parse(text))({}) == 1
        with pytest.raises(ExpressionError) as found:
            sql.compile_sql(parse(text), TYPES, "duckdb", DAY)
        assert found.value.code == "too-deep"


def test_true_and_one_are_not_taken_for_each_other() -> None:
    assert in_python("married = true") is True
    with pytest.raises(ExpressionError):
        in_python("married = 1   ")
