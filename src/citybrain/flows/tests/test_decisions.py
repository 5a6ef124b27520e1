"""Decision tables: read, checked for holes, decided in Python and SQL alike, out and in as DMN."""

import random
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from citybrain.flows import expressions
from citybrain.flows.decisions import (
    build,
    compile_table,
    holes,
    population_sql,
    read_csv,
    read_dmn,
    write_csv,
    write_dmn,
)
from citybrain.flows.decisions.model import Table
from citybrain.flows.expressions import sql, typed
from citybrain.flows.expressions.evaluate import TODAY
from citybrain.flows.faults import FaultyError
from citybrain.flows.fields import Field, types_of

DAY = date(2026, 3, 1)
FIELDS = {
    "birth": Field("birth", "date", nullable=False),
    "hukou": Field("hukou", "text", nullable=False, allowed=("local", "resident", "none")),
    "income": Field("income", "number"),
    "disabled": Field("disabled", "boolean", nullable=False),
}
AGED = """U,in,in,out,out,note
id,age(birth),hukou,decision: text,monthly: number,source
r1,< 80,-,refused,0,a
r2,[80..89],"local, resident",granted,100,b
r3,>= 90,"local, resident",granted,200,c
r4,>= 80,none,refused,0,d
"""


def table(text: str) -> Table:
    return build(read_csv(text, "decisions/t.csv", "t"), FIELDS)


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(FaultyError) as found:
        table(text)
    return [(one.line, one.code) for one in found.value.faults]


def decided(made: Table, **raw: Any) -> Any:
    data = {name: typed(value, FIELDS[name].type) for name, value in raw.items()}
    return compile_table(made)({**data, TODAY: DAY})


def test_a_table_decides_for_one_person() -> None:
    found = decided(table(AGED), birth="1940-01-01", hukou="local")
    assert found.outputs == {"decision": "granted", "monthly": Decimal(100)}
    assert found.rules == ("r2",)
    assert decided(table(AGED), birth="1936-03-01", hukou="resident").rules == ("r3",)
    assert decided(table(AGED), birth="1936-03-02", hukou="resident").rules == ("r2",)
    assert decided(table(AGED)).outputs == {"decision": None, "monthly": None}


def test_a_complete_table_has_no_holes() -> None:
    assert holes(table(AGED)) == []


def test_a_gap_is_found_with_an_example() -> None:
    found = holes(table(AGED.replace("[80..89]", "[80..88]")))
    assert [one.code for one in found] == ["table-gap"]
    assert "89" in found[0].en and "89" in found[0].zh


def test_an_overlap_names_both_rules_and_the_line() -> None:
    found = holes(table(AGED.replace("[80..89]", "[79..89]")))
    assert [(one.line, one.code) for one in found] == [(4, "table-overlap")]
    assert "r1, r2" in found[0].en and "79" in found[0].en


def test_null_is_a_case_of_an_optional_field() -> None:
    made = table("U,in,out\nid,income,x: text\na,< 100,low\nb,>= 100,high\n")
    assert [one.code for one in holes(made)] == ["table-gap"]
    assert "null" in holes(made)[0].en
    assert holes(table("U,in,out\nid,income,x: text\na,< 100,low\nb,>= 100,high\nc,null,?\n")) == []


def test_whole_numbers_have_nothing_between_them() -> None:
    assert holes(table("U,in,out\nid,age(birth),x: text\na,<= 59,young\nb,>= 60,old\n")) == []
    fraction = "U,in,out\nid,income,x: text\na,<= 59,low\nb,>= 60,high\nc,null,none\n"
    assert [one.code for one in holes(table(fraction))] == ["table-gap"]


def test_a_rule_that_never_applies_is_named() -> None:
    made = table("F,in,out\nid,hukou,x: text\na,-,all\nb,local,never\n")
    assert [(one.line, one.code) for one in holes(made)] == [(4, "rule-idle")]


@pytest.mark.parametrize(
    ("hit", "outputs", "rules"),
    [
        ("U", {"level": None}, ("low", "high")),
        ("F", {"level": "weak"}, ("low",)),
        ("A", {"level": None}, ("low", "high")),
        ("P", {"level": "strong"}, ("high",)),
        ("C", {"level": ("weak", "strong")}, ("low", "high")),
    ],
)
def test_the_hit_policy_settles_several_matches(hit: str, outputs: dict, rules: tuple) -> None:
    made = table(
        f'{hit},in,out\nid,income,"level: text [strong, weak]"\nlow,> 10,weak\nhigh,> 20,strong\n'
    )
    found = decided(made, income=30)
    assert (found.outputs, found.rules) == (outputs, rules)
    assert found.conflict is (hit in "UA")


@pytest.mark.parametrize(("hit", "value"), [("C+", 30), ("C<", 10), ("C>", 20), ("C#", 2)])
def test_collected_numbers_are_put_together(hit: str, value: int) -> None:
    made = table(f"{hit},in,out\nid,income,sum: number\na,> 1,10\nb,> 2,20\nc,> 99,40\n")
    assert decided(made, income=50).outputs == {"sum": Decimal(value)}
    assert decided(made, income=0).outputs == {"sum": Decimal(0) if hit == "C#" else None}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", [(1, "table-empty")]),
        ("X,in,out\nid,a,b: text\n", [(1, "hit-policy")]),
        ("U,in,huh\nid,a,b: text\n", [(1, "column-kind")]),
        ("U,in,out\nid,income,b: text\n", [(2, "table-empty")]),
        ("U,in,out\nid,income,b\nr,1,x\n", [(2, "output")]),
        ("U,in,out\nid,income,b: text\nr,1,x,y\n", [(3, "columns")]),
        ("U,in,out\nid,income,b: text\nr,1,x\nr,2,y\n", [(4, "rule-id")]),
        ("U,in,out\nid,salary,b: text\nr,1,x\n", [(2, "unknown-name")]),
        ("U,in,out\nid,income,b: text\nr,abc,x\n", [(3, "constant")]),
        ('U,in,out\nid,income,b: text\nr,"[5..1]",x\n', [(3, "range")]),
        ("U,in,out\nid,hukou,b: text\nr,locl,x\n", [(3, "value")]),
        ('U,in,out\nid,hukou,b: number\nr,local,"""x"""\n', [(3, "types")]),
        ("P,in,out\nid,hukou,b: text\nr,local,x\n", [(2, "hit-outputs")]),
        ('U,in,out\nid,income,b: text\nr,""1,x\n', [(3, "csv")]),
    ],
)
def test_a_faulty_table_is_refused_with_line_and_reason(text: str, faults: list) -> None:
    assert faults_of(text) == faults


def test_dmn_goes_out_and_comes_back_the_same() -> None:
    made = table(AGED)
    (back,) = read_dmn(write_dmn(made), "t.dmn", "t")
    again = build(back, FIELDS)
    assert [rule.id for rule in again.rules] == ["r1", "r2", "r3", "r4"]
    assert again.raw.notes == ("source",) and again.rules[0].notes == {"source": "a"}
    for year in (1930, 1940, 1950):
        for hukou in ("local", "resident", "none"):
            one = {"birth": f"{year}-01-01", "hukou": hukou}
            assert decided(made, **one) == decided(again, **one)
    third = build(read_csv(write_csv(back), "t.csv", "t"), FIELDS)
    assert decided(third, birth="1930-01-01", hukou="local").rules == ("r3",)


@pytest.mark.parametrize(
    "data",
    [
        b"<nothing",
        b"<x/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
    ],
)
def test_what_is_no_dmn_is_refused(data: bytes) -> None:
    with pytest.raises(FaultyError):
        read_dmn(data, "t.dmn")


def people(count: int) -> list[tuple[Any, ...]]:
    chance = random.Random(5)
    made = []
    for key in range(count):
        birth = DAY - timedelta(days=chance.randrange(110 * 365))
        income = None if chance.random() < 0.1 else Decimal(chance.randrange(0, 9000)) / 100
        hukou = chance.choice(["local", "resident", "none"])
        made.append((key, birth, hukou, income, chance.random() < 0.2))
    return made


TABLES = [
    AGED,
    'F,in,in,out,out\nid,income,hukou,a: text,b: number\nr1,"> 50, null",not(none),x,income * 2\n'
    "r2,<= 10,-,y,age(birth)\nr3,-,-,z,-\n",
    'P,in,in,out\nid,income,disabled,"a: text [high, mid, low]"\nr1,> 10,-,low\nr2,> 20,true,high\n'
    "r3,> 5,false,mid\n",
    "A,in,in,out\nid,income,disabled,a: boolean\nr1,> 10,-,true\nr2,> 20,true,true\n"
    "r3,> 80,-,false\n",
    "C,in,in,out\nid,income,birth,a: text\nr1,> 10,< 1990-01-01,x\nr2,[20..30),-,y\nr3,null,-,z\n",
    "C+,in,in,out\nid,income,disabled,a: number\nr1,> 10,-,1.5\nr2,> 20,true,income / 3\n"
    "r3,> 30,-,2\n",
    "C<,in,out\nid,income,a: number\nr1,> 10,5\nr2,> 20,3\nr3,> 30,-\n",
    "C>,in,out\nid,income,a: number\nr1,> 10,-5\nr2,> 20,-3\n",
    "C#,in,out\nid,income,a: number\nr1,> 10,1\nr2,> 20,1\n",
    'U,in,out\nid,income,a: date\nr1,> 10,birth + duration("P60Y")\nr2,> 70,2026-01-01\n',
]


@pytest.mark.parametrize("text", TABLES, ids=[text.split(",")[0] for text in TABLES])
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_the_population_in_sql_gets_what_each_person_gets_in_python(
    text: str, dialect: str
) -> None:
    made, rows = table(text), people(400)
    connection: Any = sqlite3.connect(":memory:") if dialect == "sqlite" else duckdb.connect()
    expressions.prepare(connection, dialect)
    connection.execute(
        "CREATE TABLE people (key INTEGER, birth DATE, hukou VARCHAR, income DECIMAL(18,6),"
        " disabled BOOLEAN)"
    )
    plain = [(k, b.isoformat(), h, None if i is None else float(i), d) for k, b, h, i, d in rows]
    connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", plain)
    query = population_sql(made, types_of(FIELDS), dialect, DAY, "people", ["key"])
    answers = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    decide, types = compile_table(made), made.output_types()
    for key, birth, hukou, income, disabled in rows:
        data = {"birth": birth, "hukou": hukou, "income": income, "disabled": disabled}
        wanted = decide({**data, TODAY: DAY})
        *outputs, ids, odd = answers[key]
        assert (tuple(ids.split(",")) if ids else ()) == wanted.rules
        assert bool(odd) == wanted.conflict
        if made.hit != "C":
            read = [sql.read(v, types[n], dialect) for v, n in zip(outputs, types, strict=True)]
            assert read == list(wanted.outputs.values())


def test_a_table_too_wide_to_check_says_so_instead_of_running_for_ever() -> None:
    fields = {f"f{n}": Field(f"f{n}", "number") for n in range(24)}
    names = ",".join(fields)
    chance = random.Random(1)
    rules = "".join(
        f"r{n}," + ",".join(f"> {chance.randrange(99)}" for _ in fields) + ",x\n" for n in range(60)
    )
    text = f"F{',in' * 24},out\nid,{names},o: text\n{rules}"
    found = holes(build(read_csv(text, "t.csv", "t"), fields))
    assert found
