"""Claim: ranked search finds what people ask for better than a substring search and than
SQLite's own full-text search.

The collection: 1,135 real government service items, each as a resource of its department, and
the data sets of the demo city. The queries and their judgments (3, 2, 1) are in
benchmarks/data/search_judgments.txt, written by hand from the whole list. Compared, by nDCG@10
with gains of 2^grade - 1
(the digest of our rankings is to be the same on SQLite and on PostgreSQL):

- ours, as pages and API ask it; without other wordings; without any vocabulary
- substring: titles, summaries, owners and codes that contain every word of the query
  (`LIKE '%…%'`), newest first
- FTS5 with its default tokenizer (unicode61), best first by its BM25, any of the words

    ./citybrain bench search_quality
    ./citybrain bench search_quality --each     every query's figures and our ten
"""

import argparse
import csv
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.catalogue import set_up

DEPTH = 10
JUDGMENTS = Path(__file__).resolve().parent / "data" / "search_judgments.txt"
Grades = dict[str, int]
Way = Callable[[str], list[str]]


def judged() -> list[tuple[str, Grades]]:
    """Queries with the grade of each judged resource, by code."""
    found = []
    for line in JUDGMENTS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            query, *columns = (one.strip() for one in line.split("|"))
            grades = {}
            for grade, column in zip((3, 2, 1), columns, strict=True):
                grades |= {_code(one.strip()): grade for one in column.split(",") if one.strip()}
            found.append((query, grades))
    return found


def _code(name: str) -> str:
    return f"ITEM-{name}" if name.isdigit() else name


def fill() -> None:
    """Service items and data sets, published."""
    from citybrain.domains.catalogue import datasets
    from citybrain.kernel.models import Party, Resource

    offices: dict[str, Any] = {}
    rows = []

    def office(name: str) -> Any:
        if name not in offices:
            offices[name] = Party.objects.create(type="department", name_zh=name, name_en=name)
        return offices[name]

    common = {"share_type": "unconditional", "update_cycle": "yearly", "status": "published"}
    items = Path(datasets.__file__).parent / "data" / "service_items.csv"
    with items.open(encoding="utf-8") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            title = row["sub_item"].strip()
            summary = f"事项编码 {row['item_code']}"
            rows.append(
                Resource(
                    code=f"ITEM-{number}",
                    kind="external",
                    title_zh=title,
                    title_en="",
                    summary_zh=summary,
                    owner=office(row["department"]),
                    **common,
                )
            )
    for one in datasets.datasets():
        rows.append(
            Resource(
                code=one.code,
                kind=one.kind,
                title_zh=one.title_zh,
                title_en=one.title_en,
                summary_zh=one.summary_zh,
                summary_en=one.summary_en,
                metadata=one.metadata,
                owner=office("大数据发展管理局"),
                **common,
            )
        )
    Resource.objects.bulk_create(rows, batch_size=500)


def ours(query: str) -> list[str]:
    from citybrain.kernel.queries.search import search

    return [one.resource.code for one in search(None, query, size=DEPTH).hits]


def without_vocabulary(which: str) -> Way:
    """Ours, with the other wordings taken out, or with the asking words kept too ("both")."""

    def ask(query: str) -> list[str]:
        from citybrain.kernel.searching import asking
        from citybrain.kernel.searching.vocabulary import Wording, read

        def plain(text: str) -> Wording:
            known = read(text)
            if which == "wordings":
                return Wording(known.text, (), (), known.weight)
            return Wording(text, (), (), known.weight)

        asking.read, kept = plain, asking.read
        try:
            return ours(query)
        finally:
            asking.read = kept

    return ask


def substring(query: str) -> list[str]:
    from django.db.models import Q

    from citybrain.kernel.models import Resource

    found = Resource.objects.order_by("-pk")
    for word in query.split():
        columns = ("title_zh", "title_en", "summary_zh", "summary_en", "owner__name_zh", "code")
        holds = Q()
        for name in columns:
            holds |= Q(**{f"{name}__icontains": word})
        found = found.filter(holds)
    return list(found.values_list("code", flat=True)[:DEPTH])


def fts5() -> Way:
    """SQLite's full-text search as it comes, in a table of its own in memory."""
    import sqlite3

    from citybrain.kernel.models import Resource

    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE found USING fts5(code, title, summary, owner)")
    columns = ("code", "title_zh", "title_en", "summary_zh", "summary_en", "owner__name_zh")
    for code, zh, en, about_zh, about_en, owner in Resource.objects.values_list(*columns):
        row = (code, f"{zh} {en}", f"{about_zh} {about_en}", owner)
        table.execute("INSERT INTO found VALUES (?, ?, ?, ?)", row)

    def ask(query: str) -> list[str]:
        words = " OR ".join(f'"{one}"' for one in query.replace('"', " ").split())
        sql = "SELECT code FROM found WHERE found MATCH ? ORDER BY rank LIMIT ?"
        return [code for (code,) in table.execute(sql, (words, DEPTH))]

    return ask


def ndcg(ranking: list[str], grades: Grades) -> float:
    def gain(values: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(values))

    best = gain(sorted(grades.values(), reverse=True)[:DEPTH])
    return gain([grades.get(code, 0) for code in ranking[:DEPTH]]) / best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", action="store_true")
    each = parser.parse_args().each
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        from django.db import connection

        fill()
        queries = judged()
        ways: dict[str, Way] = {
            "ours": ours,
            "ours, no other wordings": without_vocabulary("wordings"),
            "ours, no vocabulary at all": without_vocabulary("both"),
            "substring": substring,
            "FTS5 unicode61": fts5(),
        }
        scores = {
            name: [ndcg(ask(query), grades) for query, grades in queries]
            for name, ask in ways.items()
        }
        if each:
            show_each(queries, scores)
        rankings = json.dumps([ours(query) for query, _ in queries]).encode()
        digest = hashlib.sha256(rankings).hexdigest()[:16]
        print(f"our rankings on {connection.vendor}: {digest}")
        marks = sum(len(grades) for _, grades in queries)
        print(f"{len(queries)} queries, {marks} judgments")
        print(f"{'way':<30}{'nDCG@10':>9}{'nothing right':>15}")
        for name, values in scores.items():
            print(f"{name:<30}{sum(values) / len(values):>9.3f}{values.count(0.0):>15}")
    return 0


def show_each(queries: list[tuple[str, Grades]], scores: dict[str, list[float]]) -> None:
    from citybrain.kernel.models import Resource

    titles = dict(Resource.objects.values_list("code", "title_zh"))
    for at, (query, grades) in enumerate(queries):
        print(f"{query}  " + "  ".join(f"{values[at]:.2f}" for values in scores.values()))
        for code in ours(query):
            print(f"    {grades.get(code, 0)} {code} {titles[code]}")


if __name__ == "__main__":
    sys.exit(main())
