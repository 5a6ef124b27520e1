"""Claim: a table of 10 million rows and 10 columns is profiled in under a minute on two cores.

The whole look is timed as the platform does it: digest of the file, one reading, types,
nulls, ranges, lengths, different values, duplicates, frequent values, patterns, personal data by
content with check digits. Beside it, in the same run, stands DuckDB's own `SUMMARIZE` of the
same file with the same threads and memory, which finds less (no duplicates, no patterns, no
content), and is the bound that a scan by DuckDB cannot get far below.

    ./citybrain bench profile              10 million rows, CSV and Parquet
    ./citybrain bench profile --quick      200,000 rows
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

GOAL_SECONDS = 60.0
COLUMNS = {
    "id": "I",
    "code": "C",
    "name": "C",
    "phone": "C",
    "born": "D",
    "amount": "N",
    "age": "I",
    "district": "C",
    "at": "T",
    "note": "C",
}
ROWS = """
SELECT i AS id,
  'N' || lpad((i % 9000000)::VARCHAR, 9, '0') AS code,
  ['王','李','张','刘','陈'][1 + i % 5] || ['伟','芳','娜','敏','静','强','磊'][1 + i % 7] AS name,
  '13' || lpad((i * 7919 % 1000000000)::VARCHAR, 9, '0') AS phone,
  DATE '1950-01-01' + (i * 31 % 25000)::INT AS born,
  round((i * 104729 % 100000) / 100, 2) AS amount,
  i * 13 % 100 AS age,
  ['市南','市北','李沧','崂山'][1 + i % 4] AS district,
  TIMESTAMP '2025-01-01' + INTERVAL (i % 31536000) SECOND AS at,
  CASE WHEN i % 17 = 0 THEN NULL ELSE md5((i % 1000000)::VARCHAR) END AS note
FROM range({rows}) t(i)
"""


def set_up(folder: Path) -> None:
    os.environ["CITYBRAIN_DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "citybrain.settings"
    import django

    django.setup()


def write(folder: Path, rows: int) -> None:
    """The same rows as CSV and as Parquet."""
    import duckdb

    with duckdb.connect(config={"threads": 2}) as base:
        base.execute(f"COPY ({ROWS.format(rows=rows)}) TO '{folder}/a.parquet' (FORMAT parquet)")
        base.execute(f"COPY (FROM '{folder}/a.parquet') TO '{folder}/a.csv' (HEADER)")


def ours(folder: Path, form: str) -> float:
    """Seconds of the whole look, without the database's rows about it."""
    from citybrain.domains.catalogue.logic.tables import TableMetadata
    from citybrain.domains.catalogue.quality import measuring, reading
    from citybrain.domains.catalogue.quality.scan import scan

    items = [
        {"name": name, "title_zh": name, "title_en": name, "type": letter}
        for name, letter in COLUMNS.items()
    ]
    source = {"type": "file", "path": f"a.{form}", "format": form}
    table = TableMetadata.model_validate({"source": source, "items": items, "primary_key": ["id"]})
    begun = time.perf_counter()
    reading.digest_of(table, folder)
    with reading.opened(table, folder) as seen:
        scanned = scan(seen)
        found = measuring.find_sensitive(seen, scanned)
        matching = measuring.matching_rows(seen, found)
        measuring.tests_of(seen, scanned, found, matching)
    print(f"    found: {', '.join(f'{one.column}={one.kind}' for one in found)}")
    return time.perf_counter() - begun


def bound(folder: Path, form: str) -> float:
    """Seconds of DuckDB's own summary, without any of ours."""
    import duckdb

    config = {"threads": 2, "memory_limit": "1500MB", "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=config) as base:
        begun = time.perf_counter()
        base.execute(f"SUMMARIZE FROM '{folder}/a.{form}'").fetchall()
        return time.perf_counter() - begun


def main() -> int:
    """Exit status 1 when the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rows = 200_000 if parser.parse_args().quick else 10_000_000
    slow = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        set_up(folder)
        write(folder, rows)
        for form in ("csv", "parquet"):
            size = (folder / f"a.{form}").stat().st_size >> 20
            print(f"{form}: {rows:,} rows, {size:,} MB")
            work = time.process_time()
            taken = ours(folder, form)
            work = time.process_time() - work
            least = bound(folder, form)
            slow |= taken > GOAL_SECONDS
            print(f"    profile {taken:.1f} s ({work:.1f} s of processor time) · ", end="")
            print(f"SUMMARIZE {least:.1f} s · {taken / least:.1f} times")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"memory at most {peak:,} MB (both, one process)")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
