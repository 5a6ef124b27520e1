"""From every source to one thing that DuckDB reads: a UTF-8 CSV or a Parquet file.

Each reader yields a file with the source's own column names in the first line. Staged
files lie in the platform's data folder, readable by its own user only, and go when read.
"""

import csv
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import openpyxl
import orjson
import psycopg
from psycopg import sql
from shapely.errors import ShapelyError
from shapely.geometry import shape

from citybrain.domains.catalogue.logic.errors import source
from citybrain.domains.catalogue.logic.paths import OWN, inside
from citybrain.domains.catalogue.logic.tables import (
    DatabaseSource,
    FileSource,
    GeometryColumn,
    TableBase,
)
from citybrain.domains.catalogue.serving.credentials import dsn_for
from citybrain.kernel.kinds import ServeError

BOX_NAMES = ("_xmin", "_ymin", "_xmax", "_ymax")
CACHE = f"{OWN}/tables"
LARGEST_WORKBOOK = 512 * 1024 * 1024
"""Bytes of a workbook when unpacked: some kilobytes can hold gigabytes of the same character."""
CONNECT_SECONDS, STATEMENT_MS = 5, 60_000


def unreadable(zh: str, en: str) -> ServeError:
    """The source is there but is not what its metadata say."""
    return source("source-unreadable", zh, en)


@contextmanager
def staged(table: TableBase, root: Path) -> Iterator[Path]:
    """The rows of the source as a CSV (or, for Parquet sources, Parquet) file."""
    if isinstance(table.source, FileSource):
        path = inside(root, table.source.path)
        plain = table.source.format == "csv" and table.source.encoding == "utf-8"
        if plain or table.source.format == "parquet":
            yield path
            return
    folder = root / CACHE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=folder) as file:
        _write(table, root, file)
        file.flush()
        yield Path(file.name)


def _write(table: TableBase, root: Path, file: Any) -> None:
    found = table.source
    try:
        if isinstance(found, DatabaseSource):
            write = _write_sqlite if found.engine == "sqlite" else _write_postgres
            write(found, table, root, file)
            return
        path = inside(root, found.path)
        if found.format == "csv":
            _transcode(path, file)
        elif found.format == "excel":
            _write_excel(path, found.sheet, file)
        else:
            _write_geojson(path, table, file)
    except UnicodeDecodeError:
        raise unreadable(
            "文件编码与登记的不符，请检查编码（utf-8 或 gb18030）。",
            "The file is not in the registered encoding (utf-8 or gb18030).",
        ) from None


def _transcode(path: Path, file: TextIO) -> None:
    with path.open(encoding="gb18030", newline="") as original:
        while chunk := original.read(1 << 20):
            file.write(chunk)


def _write_excel(path: Path, sheet: str | None, file: TextIO) -> None:
    try:
        _check_unpacked(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        with closing(book):
            rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
            out = csv.writer(file)
            for row in rows:
                if any(value is not None for value in row):
                    out.writerow(row)
    except ServeError:
        raise
    except Exception:  # openpyxl raises whatever its zip and XML readers raise
        raise unreadable(
            "无法读取 Excel 文件或工作表；请用 .xlsx 格式并核对工作表名。",
            "The Excel file or sheet cannot be read; use .xlsx and check the sheet's name.",
        ) from None


def _check_unpacked(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        # No more than what is declared is ever unpacked of a member.
        size = sum(member.file_size for member in packed.infolist())
    if size > LARGEST_WORKBOOK:
        raise unreadable(
            f"Excel 文件解压后超过 {LARGEST_WORKBOOK >> 20} MB，请改用 CSV 或 Parquet。",
            f"The workbook unpacks to over {LARGEST_WORKBOOK >> 20} MB; use CSV or Parquet.",
        )


def _write_geojson(path: Path, table: TableBase, file: TextIO) -> None:
    place = table.geometry.column if isinstance(table.geometry, GeometryColumn) else None
    names = [item.raw for item in table.items if item.name != place]
    raw_place = [table.item(place).raw] if place else []
    out = csv.writer(file)
    out.writerow([*names, *raw_place, *BOX_NAMES] if place else names)
    try:
        for feature in orjson.loads(path.read_bytes())["features"]:
            properties = feature.get("properties") or {}
            row = [_cell(properties.get(name)) for name in names]
            out.writerow(row + _shape_cells(feature.get("geometry")) if place else row)
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError):
        raise unreadable(
            "文件不是有效的 GeoJSON FeatureCollection。",
            "The file is not a valid GeoJSON FeatureCollection.",
        ) from None


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _shape_cells(geometry: Any) -> list[Any]:
    if geometry is None:
        return [None] * 5
    return [orjson.dumps(geometry).decode(), *shape(geometry).bounds]


def _write_sqlite(found: DatabaseSource, table: TableBase, root: Path, file: TextIO) -> None:
    path = inside(root, found.path or "")
    names = ", ".join(f'"{item.raw.replace(chr(34), chr(34) * 2)}"' for item in table.items)
    place = ".".join(f'"{part}"' for part in found.table.split("."))
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as base:
            out = csv.writer(file)
            out.writerow([item.raw for item in table.items])
            # SQLite reads an unknown quoted name as text, so the columns are compared first.
            known = {
                row[0]
                for row in base.execute(
                    "SELECT name FROM pragma_table_info(?)", [found.table.split(".")[-1]]
                )
            }
            _check_names(table, known)
            out.writerows(base.execute(f"SELECT {names} FROM {place}"))  # noqa: S608
    except sqlite3.Error:
        raise unreadable(
            f"无法读取数据库表 {found.table}。", f"The table {found.table} cannot be read."
        ) from None


def _check_names(table: TableBase, known: set[str]) -> None:
    missing = [item.raw for item in table.items if item.raw not in known]
    if missing:
        raise missing_columns(missing)


def missing_columns(missing: list[str]) -> ServeError:
    """Registered columns that the source does not have."""
    return unreadable(
        f"来源中没有这些列：{'、'.join(missing)}；请核对列名。",
        f"The source has no column {', '.join(missing)}; check the names.",
    )


def _write_postgres(found: DatabaseSource, table: TableBase, root: Path, file: Any) -> None:
    """A snapshot by COPY in a read-only transaction: one statement, one consistent state."""
    copy = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, HEADER)").format(
        sql.SQL(", ").join(sql.Identifier(item.raw) for item in table.items),
        sql.Identifier(*found.table.split(".")),
    )
    try:
        with psycopg.connect(
            dsn_for(found.credential or "", found.table), connect_timeout=CONNECT_SECONDS
        ) as base:
            base.read_only = True
            base.execute(sql.SQL("SET statement_timeout = {}").format(STATEMENT_MS))
            base.execute("SET client_encoding = 'UTF8'")
            with base.cursor() as cursor, cursor.copy(copy) as stream:
                for chunk in stream:
                    file.buffer.write(chunk)
    except psycopg.Error:
        raise unreadable(
            f"无法读取数据库表 {found.table}；请检查网络、权限和列名。",
            f"The table {found.table} cannot be read: check network, rights and column names.",
        ) from None
