# ruff: noqa: S608 - identifiers come from validated metadata only, paths are escaped literals
"""One sealed DuckDB for each table: loaded, then cut off from files, network and settings."""

import csv
import hashlib
import os
import time
from pathlib import Path

import duckdb

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.paths import inside
from citybrain.domains.catalogue.logic.sql import RELATION
from citybrain.domains.catalogue.logic.tables import (
    DatabaseSource,
    FileSource,
    GeometryColumn,
    PointColumns,
    TableBase,
)
from citybrain.domains.catalogue.serving.readers import (
    BOX_NAMES,
    CACHE,
    missing_columns,
    staged,
    unreadable,
)

IN_MEMORY_BYTES = 50 * 1024 * 1024
"""Sources up to this size are held in memory, larger ones stay on disk as Parquet."""
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "768MB",
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}


def stamp(table: TableBase, root: Path) -> tuple[object, ...]:
    """Changes when the source may have changed; cheap enough for every call."""
    found = table.source
    if isinstance(found, DatabaseSource) and found.engine == "postgresql":
        return (int(time.time()) // found.refresh_seconds,)
    path = inside(root, found.path or "")
    logs = [path.with_name(path.name + "-wal")] if isinstance(found, DatabaseSource) else []
    seen = [one.stat() for one in (path, *logs) if one.exists()]
    return tuple((one.st_ino, one.st_size, one.st_mtime_ns) for one in seen)


def load(table: TableBase, root: Path) -> duckdb.DuckDBPyConnection:
    """A sealed connection with the relation `data`. Raises `ServeError` 502."""
    base = duckdb.connect(":memory:", config=SETTINGS)
    try:
        with staged(table, root) as path:
            _fill(base, table, root, path)
    except duckdb.Error as error:
        base.close()
        raise unreadable(
            "无法按登记的格式读取数据；请检查文件是否完整、分隔符与各行列数。",
            "The source cannot be read in its registered format; check the delimiter and "
            f"whether every row has every column ({type(error).__name__}).",
        ) from None
    base.execute("SET enable_external_access = false")
    base.execute("SET lock_configuration = true")
    return base


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _literal(path: Path) -> str:
    return _text(str(path))


def _fill(base: duckdb.DuckDBPyConnection, table: TableBase, root: Path, path: Path) -> None:
    is_parquet = isinstance(table.source, FileSource) and table.source.format == "parquet"
    reader = _parquet_reader(path) if is_parquet else _csv_reader(table, path)
    known = [row[0] for row in base.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]
    missing = [item.raw for item in table.items if item.raw not in known]
    if missing:
        raise missing_columns(missing)
    select = f"SELECT {', '.join(_columns(table, is_parquet))} FROM {reader}"
    try:
        if path.stat().st_size <= IN_MEMORY_BYTES:
            base.execute(f"CREATE TABLE {RELATION} AS {select}")
        elif is_parquet:
            _view(base, path, select)
        else:
            kept = _convert(base, root, path, select)
            _view(base, kept, f"SELECT * FROM read_parquet({_literal(kept)})")
    except duckdb.ConversionException:
        raise _misfit(base, table, reader, is_parquet) from None


def _csv_reader(table: TableBase, path: Path) -> str:
    """Nothing is guessed: column names come from the first line, every value is text."""
    plain = isinstance(table.source, FileSource) and table.source.format == "csv"
    delimiter = table.source.delimiter if plain else ","  # type: ignore[union-attr]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file, delimiter=delimiter), [])
    except (UnicodeDecodeError, csv.Error):
        names = []
    if not all(names) or not names or len({name.casefold() for name in names}) < len(names):
        raise unreadable(
            "首行应为列名，不得为空或重复；请检查编码和分隔符。",
            "The first line must hold column names, none empty or twice; "
            "check encoding and delimiter.",
        )
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({_text(str(path))}, auto_detect = false, header = true, skip = 0, "
        f"columns = {{{columns}}}, delim = '{delimiter}', quote = '\"', escape = '\"')"
    )


def _parquet_reader(path: Path) -> str:
    return f"read_parquet({_literal(path)}, file_row_number = true)"


def _view(base: duckdb.DuckDBPyConnection, path: Path, select: str) -> None:
    base.execute(f"CREATE VIEW {RELATION} AS {select}")
    base.execute(f"SELECT 1 FROM {RELATION} LIMIT 1")
    base.execute(f"SET allowed_paths = [{_literal(path)}]")


def _convert(base: duckdb.DuckDBPyConnection, root: Path, path: Path, select: str) -> Path:
    """The Parquet form of a large source, kept under the digest of what it was made from."""
    seen = path.stat()
    mark = f"{path}|{seen.st_ino}|{seen.st_size}|{seen.st_mtime_ns}|{select}"
    kept = root / CACHE / f"{hashlib.sha256(mark.encode()).hexdigest()[:32]}.parquet"
    if not kept.exists():
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = kept.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
        try:
            base.execute(f"COPY ({select}) TO {_literal(temporary)} (FORMAT parquet)")
            temporary.replace(kept)
        finally:
            temporary.unlink(missing_ok=True)
    return kept.resolve()


def _columns(table: TableBase, is_parquet: bool) -> list[str]:
    columns = [f"{_cast(item, is_parquet)} AS {item.quoted}" for item in table.items]
    columns.append(f"{'file_row_number' if is_parquet else 'row_number() OVER ()'} AS _row")
    if isinstance(table.geometry, PointColumns):
        lng, lat = (_cast(table.item(name), is_parquet) for name in table.place_columns)
        columns += [
            f"{value} AS {name}" for name, value in zip(BOX_NAMES, [lng, lat] * 2, strict=True)
        ]
    elif isinstance(table.geometry, GeometryColumn):
        columns += [f"{name}::DOUBLE AS {name}" for name in BOX_NAMES]
    return columns


def _raw(item: Item) -> str:
    return '"' + item.raw.replace('"', '""') + '"'


def _cast(item: Item, is_parquet: bool, how: str = "CAST") -> str:
    blank_is_null = not is_parquet and not item.letter.is_text
    value = f"nullif(trim({_raw(item)}), '')" if blank_is_null else _raw(item)
    return f"{how}({value} AS {item.letter.sql})"


def _misfit(
    base: duckdb.DuckDBPyConnection, table: TableBase, reader: str, is_parquet: bool
) -> Exception:
    """Names the column and row that do not fit, never the value: it may be protected."""
    for item in table.items:
        tried = _cast(item, is_parquet, "TRY_CAST")
        blank = "" if is_parquet else f" AND trim({_raw(item)}) <> ''"
        row = base.execute(
            f"SELECT min(n) FROM (SELECT *, row_number() OVER () AS n FROM {reader}) "
            f"WHERE {tried} IS NULL AND {_raw(item)} IS NOT NULL{blank}"
        ).fetchone()
        if row and row[0] is not None:
            return unreadable(
                f"第 {row[0]} 行的“{item.raw}”不是{item.letter.zh}；请更正数据或数据类型。",
                f'Row {row[0]} of "{item.raw}" is not {item.letter.en}; '
                "correct the data or the type.",
            )
    return unreadable("数据与登记的类型不符。", "The data do not fit the registered types.")
