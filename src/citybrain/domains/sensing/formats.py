"""Batches of readings as bytes: columnar JSON, NDJSON, CSV, Arrow IPC, Parquet.

All have the same columns: `stream` (number or code), `time`, `result`, and, if wanted,
`quality` and `sequence`. A time is microseconds since 1970 (UTC) or ISO 8601 with its zone;
Arrow and Parquet may have timestamps, which are in UTC when they name no zone.
"""

from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from citybrain.engines.facts import BadReadings

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
MEDIA_TYPES = (JSON, NDJSON, CSV, ARROW, PARQUET)
BY_SUFFIX = {
    ".json": JSON,
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".csv": CSV,
    ".arrow": ARROW,
    ".arrows": ARROW,
    ".parquet": PARQUET,
}
_NUMERALS = b"0123456789+-.eE, \t\r\n"
_WORTH_IT = 65_536
Columns = dict[str, Any]


def read(media_type: str, body: bytes) -> Columns:
    """The columns of a batch. Raises `BadReadings`, saying what is wrong with the bytes."""
    readers = {JSON: _json, NDJSON: _ndjson, CSV: _csv, ARROW: _arrow, PARQUET: _parquet}
    reader = readers.get(media_type.partition(";")[0].strip().lower())
    if reader is None:
        raise BadReadings(f"content type: one of {', '.join(MEDIA_TYPES)}")
    try:
        return reader(body)
    except (pa.ArrowException, orjson.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadReadings(f"the batch cannot be read: {str(error)[:300]}") from None


def _json(body: bytes) -> Columns:
    """One object of arrays. Large ones are read column by column without Python objects."""
    found = _numeric(body) if len(body) > _WORTH_IT else None
    if found is None:
        found = orjson.loads(body)
    if not isinstance(found, dict):
        raise BadReadings("the batch must be one object of arrays")
    for name, column in found.items():
        if not isinstance(column, list | np.ndarray):
            raise BadReadings(f"{name}: must be an array")
    return {name: _listed(name, column) for name, column in found.items()}


def _numeric(body: bytes) -> Columns | None:
    """The columns when all are plain numbers, else None.

    The skeleton without the numbers is read as JSON, the numbers as lines of CSV, which
    needs no Python object for each and lets other threads run.
    """
    pieces = body.split(b"[")
    if not 2 <= len(pieces) <= 16:
        return None
    skeleton, arrays = [pieces[0]], []
    for piece in pieces[1:]:
        numbers, closing, rest = piece.partition(b"]")
        if not closing or numbers.translate(None, _NUMERALS):
            return None
        arrays.append(numbers)
        skeleton.append(rest)
    names = orjson.loads(b"[]".join(skeleton))
    if not isinstance(names, dict) or len(names) != len(arrays) or any(names.values()):
        return None
    return {name: _numbers(name, one) for name, one in zip(names, arrays, strict=True)}


def _numbers(name: str, text: bytes) -> Any:
    text = text.translate(None, b" \t\r\n")
    if not text:
        return np.empty(0)
    table = pa.csv.read_csv(
        pa.py_buffer(text.replace(b",", b"\n")),
        pa.csv.ReadOptions(column_names=["x"], use_threads=False, block_size=1 << 24),
        pa.csv.ParseOptions(ignore_empty_lines=False),
        pa.csv.ConvertOptions(column_types={"x": _TYPES.get(name, pa.float64())}),
    )
    column = table.column("x")
    if column.null_count or len(column) != text.count(b",") + 1:
        raise BadReadings(f"{name}: a value is missing")
    return column.to_numpy()


_TYPES = {"stream": pa.int64(), "time": pa.int64(), "quality": pa.int64(), "sequence": pa.int64()}


def _listed(name: str, column: Any) -> Any:
    if name == "time" and len(column) and isinstance(column[0], str):
        return _instants(pa.array(column, pa.string()))
    return column


def _ndjson(body: bytes) -> Columns:
    """One object a line; every line has the members of the first."""
    rows = [orjson.loads(line) for line in body.splitlines() if line.strip()]
    if not rows or not isinstance(rows[0], dict):
        raise BadReadings("each line must be one object")
    names = rows[0].keys()
    if any(not isinstance(row, dict) or row.keys() != names for row in rows):
        raise BadReadings("every line must have the same members")
    return {name: _listed(name, [row[name] for row in rows]) for name in names}


def _csv(body: bytes) -> Columns:
    options = pa.csv.ConvertOptions(column_types={"time": pa.string()})
    return of_table(pa.csv.read_csv(pa.py_buffer(body), convert_options=options))


def _arrow(body: bytes) -> Columns:
    return of_table(pa.ipc.open_stream(pa.py_buffer(body)).read_all())


def _parquet(body: bytes) -> Columns:
    return of_table(pa.parquet.read_table(pa.BufferReader(body)))


def of_table(table: pa.Table) -> Columns:
    """The columns of an Arrow table. Raises `BadReadings`."""
    return {name: _plain(name, table.column(name)) for name in table.column_names}


def _plain(name: str, column: pa.ChunkedArray) -> Any:
    """A column as numbers, or as a list of codes."""
    if column.null_count:
        raise BadReadings(f"{name}: a value is missing")
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(name, column.cast(kind.value_type))
    if name == "time" and pa.types.is_string(kind):
        return _instants(column)
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64()).to_numpy()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.to_pylist()
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64()).to_numpy()
    return column.to_numpy()


def _instants(column: Any) -> Any:
    """Microseconds, or ISO 8601 with a zone, as microseconds."""
    if pc.all(pc.match_substring_regex(column, r"^-?\d{1,18}$")).as_py():
        return pc.cast(column, pa.int64()).to_numpy(zero_copy_only=False)
    try:
        found = pc.cast(column, pa.timestamp("us", "UTC"))
    except pa.ArrowInvalid:
        raise BadReadings(
            "time: microseconds or ISO 8601 with its zone, such as 2025-07-01T08:00:00+08:00"
        ) from None
    return pc.cast(found, pa.int64()).to_numpy(zero_copy_only=False)
