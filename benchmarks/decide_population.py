"""One table of 50 rules over a million invented persons, in DuckDB on two threads.

Run `PYTHONPATH=src python benchmarks/decide_population.py [--quick]`. The goal is under a
minute; exits with 1 when it is missed (not with `--quick`, which only shows that it runs). A
sample is decided in Python as well: every answer must be the same.
"""

import random
import sys
import time
from datetime import date
from typing import Any

import duckdb

from citybrain.flows import expressions
from citybrain.flows.decisions import build, compile_table, population_sql, read_csv
from citybrain.flows.decisions.model import Table
from citybrain.flows.expressions import sql
from citybrain.flows.expressions.evaluate import TODAY
from citybrain.flows.fields import Field, types_of

DAY = date(2026, 3, 1)
RULES, SAMPLE, GOAL_SECONDS = 50, 5_000, 60.0
FIELDS = {
    "birth": Field("birth", "date", nullable=False),
    "hukou": Field("hukou", "text", nullable=False, allowed=("local", "resident", "none")),
    "income": Field("income", "number"),
    "disabled": Field("disabled", "boolean", nullable=False),
    "district": Field("district", "text", nullable=False),
    "insured_months": Field("insured_months", "number", is_integer=True, nullable=False),
}
PEOPLE = """
CREATE TABLE people AS SELECT
  i AS key,
  DATE '1920-01-01' + CAST(hash(i, 1) % 38000 AS INTEGER) AS birth,
  ['local', 'resident', 'none'][CAST(1 + hash(i, 2) % 3 AS BIGINT)] AS hukou,
  CASE WHEN hash(i, 3) % 10 = 0 THEN NULL
    ELSE CAST(hash(i, 4) % 2000000 AS DECIMAL(18,6)) / 100 END AS income,
  hash(i, 5) % 20 = 0 AS disabled,
  printf('3702%02d', 2 + hash(i, 6) % 10) AS district,
  CAST(hash(i, 7) % 480 AS INTEGER) AS insured_months
FROM range($1) AS r(i)
"""


def table() -> Table:
    """Fifty rules with ranges, lists, negations and expressions."""
    chance = random.Random(7)
    lines = [
        "F,in,in,in,in,in,in,out,out",
        "id,age(birth),hukou,income,disabled,district,insured_months,grade: text,amount: number",
    ]
    for number in range(RULES - 1):
        low = chance.randrange(0, 90)
        cells = [
            f"[{low}..{low + chance.randrange(3, 20)}]",
            chance.choice(["-", "local", '"local, resident"', "not(none)"]),
            chance.choice(["-", f"< {chance.randrange(1000, 20000)}", '"null, < 3000"']),
            chance.choice(["-", "true", "false"]),
            chance.choice(["-", "370202", '"370203, 370205, 370211"']),
            chance.choice(["-", f">= {chance.randrange(0, 400)}"]),
            f"g{number % 7}",
            chance.choice(
                [str(number * 10), '"max(0, 3000 - income) / 3"', "insured_months * 1.5"]
            ),
        ]
        lines.append(f"r{number}," + ",".join(cells))
    lines.append("rest,-,-,-,-,-,-,none,0")
    return build(read_csv("\n".join(lines), "bench.csv", "bench"), FIELDS)


def main(persons: int) -> int:
    """Print the rate; 1 when an answer differs."""
    made = table()
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as connection:
        expressions.prepare(connection, "duckdb")
        connection.execute(PEOPLE, [persons])
        query = population_sql(made, types_of(FIELDS), "duckdb", DAY, "people", ["key"])
        started = time.perf_counter()
        connection.execute(f"CREATE TABLE answers AS {query}")
        took = time.perf_counter() - started
        wrong = differing(connection, made, persons)
        counts = connection.execute(
            "SELECT count(*), count(DISTINCT grade) FROM answers WHERE grade <> 'none'"
        ).fetchone()
    print(f"{persons:,} persons × {len(made.rules)} rules: {took:.1f} s, {persons / took:,.0f}/s")
    print(f"matched by a rule other than the last: {counts}")
    print(f"sample of {min(SAMPLE, persons):,} decided in Python: {len(wrong)} differ {wrong[:2]}")
    return 1 if wrong or took >= GOAL_SECONDS else 0


def differing(connection: Any, made: Table, persons: int) -> list[Any]:
    """Persons of a sample whose answer in Python is another one."""
    decide, types = compile_table(made), made.output_types()
    step = max(1, persons // SAMPLE)
    rows = connection.execute(
        "SELECT p.*, a.grade, a.amount, a._rules FROM people p JOIN answers a USING (key)"
        f" WHERE key % {step} = 0"
    ).fetchall()
    names = list(FIELDS)
    wrong = []
    for key, *values, grade, amount, rules in rows:
        data = {n: expressions.typed(v, FIELDS[n].type) for n, v in zip(names, values, strict=True)}
        found = decide({**data, TODAY: DAY})
        told = {"grade": grade, "amount": sql.read(amount, types["amount"], "duckdb")}
        if told != found.outputs or rules != ",".join(found.rules):
            wrong.append((key, told, found))
    return wrong


if __name__ == "__main__":
    sys.exit(main(20_000 if "--quick" in sys.argv else 1_000_000))
