# ruff: noqa: S608 - identifiers come from validated metadata only, paths are escaped literals
"""A table opened for looking at it: every row that can be read, also those that do not fit.

Serving refuses a source with one bad value. A profile must say which values are bad, so
here every value comes as it stands, typed only by TRY_CAST, and broken lines are counted.
"""

import csv
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.paths import inside
from citybrain.domains.catalogue.logic.tables import DatabaseSource, FileSource, TableBase
from citybrain.domains.catalogue.serving.readers import (
    CACHE,
    missing_columns,
    staged,
    unreadable,
)
from citybrain.kernel.kinds import ServeError

RELATION = "seen"
SCRATCH = "profile-"
MEMORY, THREADS = "1500MB", 2
IN_MEMORY_BYTES = 64 * 1024 * 1024
LONGEST_LINE = 2_000_000
MOST_REJECTED = 10_000
HEADER_BYTES = 4 * 1024 * 1024
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A table as the relation `seen` (text for CSV, native types for Parquet).

    `row` is the SQL expression of the row's number from 1; `rejected` counts lines that
    could not be read, up to `MOST_REJECTED`.
    """

    base: duckdb.DuckDBPyConnection
    table: TableBase
    native: bool
    rejected: int
    row: str

    def typed(self, item: Item) -> str:
        """The value in its registered type, null where it does not fit."""
        return typed(item, self.native)

    def blank(self, item: Item) -> str:
        """Whether nothing is filled in."""
        return blank(item, self.native)


def typed(item: Item, native: bool) -> str:
    """See `Opened.typed`."""
    value = item.quoted if native else f"nullif(trim({item.quoted}), '')"
    if item.letter.is_text:
        return f"{item.quoted}::VARCHAR"
    return f"TRY_CAST({value} AS {item.letter.sql})"


def blank(item: Item, native: bool) -> str:
    """See `Opened.blank`."""
    if native and not item.letter.is_text:
        return f"{item.quoted} IS NULL"
    return f"coalesce(trim({item.quoted}::VARCHAR), '') = ''"


@contextmanager
def opened(
    table: TableBase,
    root: Path,
    others: dict[str, TableBase] | None = None,
    most: int | None = None,
) -> Iterator[Opened]:
    """Open a table, and beside it `others` under the names given. Raises `ServeError`.

    `most`: only so many rows from the beginning, without reading the rest.
    """
    folder = root / CACHE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-", dir=folder))
    base: duckdb.DuckDBPyConnection | None = None
    try:
        base = _connect(scratch)
        with _filled(base, scratch, table, root, RELATION, most) as main:
            for name, other in (others or {}).items():
                with _filled(base, scratch, other, root, name):
                    pass
            yield main
    except duckdb.Error as error:
        raise unreadable(
            "无法按登记的格式读取数据；请检查文件是否完整、分隔符与编码。",
            "The source cannot be read in its registered format; check that it is whole, its "
            f"delimiter and its encoding ({type(error).__name__}).",
        ) from None
    finally:
        if base is not None:
            with suppress(duckdb.Error):
                base.close()
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(root: Path) -> int:
    """Remove what processes have left behind that were killed; returns how many folders."""
    left = [one for one in (root / CACHE).glob(f"{SCRATCH}*") if not _lives(one.name)]
    for one in left:
        shutil.rmtree(one, ignore_errors=True)
    return len(left)


def _lives(name: str) -> bool:
    number = name.removeprefix(SCRATCH).partition("-")[0]
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "memory_limit": MEMORY,
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
    }
    return duckdb.connect(":memory:", config=settings)


@contextmanager
def _filled(
    base: duckdb.DuckDBPyConnection,
    scratch: Path,
    table: TableBase,
    root: Path,
    name: str,
    most: int | None = None,
) -> Iterator[Opened]:
    native = isinstance(table.source, FileSource) and table.source.format == "parquet"
    with staged(table, root) as path:
        if native:
            yield _parquet(base, table, path, name, most)
        else:
            yield _csv(base, scratch, table, path, name, most)


def _parquet(
    base: duckdb.DuckDBPyConnection, table: TableBase, path: Path, name: str, most: int | None
) -> Opened:
    reader = f"read_parquet({_text(str(path))}, file_row_number = true)"
    known = [row[0] for row in base.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]
    _check(table, known)
    columns = ", ".join(f"{_raw(item)} AS {item.quoted}" for item in table.items)
    select = f"SELECT {columns}, file_row_number AS _row FROM {reader}{_most(most)}"
    base.execute(f"CREATE VIEW {name} AS {select}")
    return Opened(base, table, True, 0, "_row + 1")


def _csv(
    base: duckdb.DuckDBPyConnection,
    scratch: Path,
    table: TableBase,
    path: Path,
    name: str,
    most: int | None,
) -> Opened:
    """Small ones in memory; large ones as Parquet in the scratch folder, read by column."""
    plain = isinstance(table.source, FileSource) and table.source.format == "csv"
    delimiter = table.source.delimiter if plain else ","  # type: ignore[union-attr]
    select = _select(table, path, delimiter, name) + _most(most)
    if most is not None or path.stat().st_size <= IN_MEMORY_BYTES:
        base.execute(f"CREATE TABLE {name} AS {select}")
        row = "rowid + 1"
    else:
        kept = _text(str(scratch / f"{name}.parquet"))
        base.execute(f"COPY ({select}) TO {kept} (FORMAT parquet)")
        base.execute(
            f"CREATE VIEW {name} AS SELECT *, file_row_number AS _row "
            f"FROM read_parquet({kept}, file_row_number = true)"
        )
        row = "_row + 1"
    rejected = _rejected(base, name) + (_long_lines(path) if most is None else 0)
    return Opened(base, table, False, rejected, row)


def _select(table: TableBase, path: Path, delimiter: str, name: str) -> str:
    """Every value as text; lines that cannot be read go into `<name>_rejected`."""
    names = header(path, delimiter)
    _check(table, names)
    declared = ", ".join(f"{_text(one)}: 'VARCHAR'" for one in names)
    columns = ", ".join(f"{_raw(item)} AS {item.quoted}" for item in table.items)
    return (
        f"SELECT {columns} FROM read_csv({_text(str(path))}, "
        f"auto_detect = false, header = true, skip = 0, columns = {{{declared}}}, "
        f"delim = '{delimiter}', quote = '\"', escape = '\"', store_rejects = true, "
        f"rejects_limit = {MOST_REJECTED}, max_line_size = {LONGEST_LINE}, "
        f"rejects_table = '{name}_rejected', rejects_scan = '{name}_scans')"
    )


def _rejected(base: duckdb.DuckDBPyConnection, name: str) -> int:
    row = base.execute(
        f"SELECT count(DISTINCT line) FROM {name}_rejected "
        "WHERE error_type <> 'LINE SIZE OVER MAXIMUM'"
    ).fetchone()
    return int(row[0]) if row else 0


def _long_lines(path: Path) -> int:
    """Lines that are too long to be read; DuckDB drops those of many megabytes unrecorded."""
    found, run = 0, 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            first = chunk.find(b"\n")
            if first < 0:
                run += len(chunk)
                continue
            found += run + first > LONGEST_LINE
            run = len(chunk) - chunk.rfind(b"\n") - 1
    return found + (run > LONGEST_LINE)


def header(path: Path, delimiter: str) -> list[str]:
    """The names in the first line. Raises `ServeError` when they are none, or twice."""
    try:
        # What follows the first line may be in no encoding at all; that is told line by line.
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            lines = iter(lambda: file.readline(HEADER_BYTES), "")
            names = next(csv.reader(lines, delimiter=delimiter), [])
    except csv.Error:
        names = []
    if any("\N{REPLACEMENT CHARACTER}" in one for one in names):
        names = []
    if not names or not all(names) or len({one.casefold() for one in names}) < len(names):
        raise unreadable(
            "首行应为列名，不得为空或重复；请检查编码和分隔符。",
            "The first line must hold column names, none empty or twice; "
            "check encoding and delimiter.",
        )
    return names


def _check(table: TableBase, known: list[str]) -> None:
    missing = [item.raw for item in table.items if item.raw not in known]
    if missing:
        raise missing_columns(missing)


def _most(rows: int | None) -> str:
    return "" if rows is None else f" LIMIT {rows:d}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _raw(item: Item) -> str:
    return '"' + item.raw.replace('"', '""') + '"'


def digest_of(table: TableBase, root: Path) -> str:
    """SHA-256 (hex) of the source's content: of the file, or of a database's rows as CSV."""
    if isinstance(table.source, DatabaseSource):
        with staged(table, root) as path:
            return _file_digest(path)
    return _file_digest(inside(root, table.source.path))


def _file_digest(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            made.update(chunk)
    return made.hexdigest()


def modified_at(table: TableBase, root: Path) -> datetime | None:
    """When the source's file last changed; None for a database server, which does not say."""
    path = getattr(table.source, "path", None)
    if not path:
        return None
    return datetime.fromtimestamp(inside(root, path).stat().st_mtime, UTC)


def mark_of(table: TableBase, root: Path) -> str:
    """Changes when the source's file may have changed; empty for a database server."""
    path = getattr(table.source, "path", None)
    if not path:
        return ""
    try:
        seen = inside(root, path).stat()
    except (OSError, ServeError):
        return "missing"
    return f"{seen.st_size}-{seen.st_mtime_ns}"


def size_of(table: TableBase, root: Path) -> int | None:
    """Bytes of the source's file, 0 when it is missing; None for a database server."""
    path = getattr(table.source, "path", None)
    try:
        return inside(root, path).stat().st_size if path else None
    except (OSError, ServeError):
        return 0
