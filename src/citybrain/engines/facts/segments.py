"""Writing and reading segments: plain Parquet, sorted by stream, then time.

    raw      stream · time · sequence · result · quality · version
    hour/day stream · time (its beginning) · count · minimum · maximum · total ·
             first · first_time · first_sequence · last · last_time · last_sequence ·
             suspect · bad (see `rollups` for the qualities)
    history  as raw, what was superseded

`result` and its like are DECIMAL with the stream's decimals (integers on disk) or DOUBLE.
`version` counts corrections; it is negative for a reading that was deleted. Each column is
coded in the way that is smallest for a sample of it.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.facts.manifest import Segment
from citybrain.engines.facts.places import Folder
from citybrain.engines.facts.streams import FLOATING

ROW_GROUP = 131_072
LEVEL = 6
_SAMPLE = 16_384
_MEASURED_EVERY, _MOST_KNOWN = 50, 10_000
_CODINGS = ("DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT", "PLAIN", "dictionary")


def results(values: Any, decimals: int) -> pa.Array:
    """Numbers as they are kept: decimals as integers, as narrow as they fit."""
    if decimals == FLOATING:
        return pa.array(np.asarray(values, np.float64))
    return scaled(np.rint(np.asarray(values) * 10.0**decimals).astype(np.int64), decimals)


def scaled(steps: Any, decimals: int) -> pa.Array:
    """Steps of 10^-decimals as a DECIMAL column, without copying where possible."""
    narrow = not len(steps) or (abs(int(steps.min())) < 10**9 and abs(int(steps.max())) < 10**9)
    if narrow:
        data = np.ascontiguousarray(steps, np.int32)
        return pa.Array.from_buffers(
            pa.decimal32(9, decimals), len(data), [None, pa.py_buffer(data)]
        )
    data = np.ascontiguousarray(steps, np.int64)
    return pa.Array.from_buffers(pa.decimal64(18, decimals), len(data), [None, pa.py_buffer(data)])


def times(values: Any) -> pa.Array:
    """Microseconds as timestamps (UTC, without saying so: readers need no zone tables)."""
    return pa.array(np.ascontiguousarray(values, np.int64).view("datetime64[us]"))


def write(path: Path, table: pa.Table, like: object = None) -> None:
    """Write a segment's bytes; the caller publishes it.

    Files that are `like` one another (the same group and kind) are coded alike; what is
    smallest is measured at the first of them and at every fiftieth after.
    """
    codings = _codings_of(table, (like, *table.schema.types))
    dictionary = [name for name, coding in codings.items() if coding == "dictionary"]
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=dictionary or False,
        column_encoding={n: c for n, c in codings.items() if c != "dictionary"} or None,
        store_decimal_as_integer=True,
        write_page_checksum=True,
        data_page_version="2.0",
    )


_known: dict[object, tuple[int, dict[str, str]]] = {}


def _codings_of(table: pa.Table, like: object) -> dict[str, str]:
    used, codings = _known.get(like, (_MEASURED_EVERY, {}))
    if used >= _MEASURED_EVERY:
        used, codings = 0, {name: _coding(table.column(name)) for name in table.column_names}
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[like] = (used + 1, codings)
    return codings


def _coding(column: pa.ChunkedArray) -> str:
    """The coding that makes the middle of the column smallest."""
    start = max(0, (len(column) - _SAMPLE) // 2)
    sample = pa.table({"x": column.slice(start, _SAMPLE)})
    floating = pa.types.is_floating(column.type)
    sizes = {
        coding: _size(sample, coding)
        for coding in _CODINGS
        if not (floating and coding == "DELTA_BINARY_PACKED")
    }
    return min(sizes, key=lambda coding: sizes[coding])


def _size(sample: pa.Table, coding: str) -> int:
    sink = io.BytesIO()
    pq.write_table(
        sample,
        sink,
        compression="zstd",
        compression_level=3,
        use_dictionary=coding == "dictionary",
        column_encoding=None if coding == "dictionary" else {"x": coding},
        store_decimal_as_integer=True,
        write_statistics=False,
    )
    return sink.tell()


def read(place: Folder, segment: Segment, columns: list[str] | None = None) -> pa.Table:
    """A whole segment. Raises `StoreDamaged`, naming the file."""
    try:
        return pq.read_table(place.address(segment.name), columns=columns, partitioning=None)
    except FileNotFoundError:
        raise StoreDamaged(segment.name, "the file is gone") from None
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(segment.name, f"it cannot be read: {error}") from error


def keys(place: Folder, segment: Segment, streams: Any) -> pa.Table:
    """The identities and states of the rows of some streams (sorted, not empty)."""
    near = (pc.field("stream") >= int(streams[0])) & (pc.field("stream") <= int(streams[-1]))
    names = ["stream", "time", "sequence", "result", "quality", "version"]
    try:
        return pq.read_table(
            place.address(segment.name), columns=names, filters=near, partitioning=None
        )
    except FileNotFoundError:
        raise StoreDamaged(segment.name, "the file is gone") from None
    except (OSError, pa.ArrowException) as error:
        raise StoreDamaged(segment.name, f"it cannot be read: {error}") from error


def numbers(column: pa.ChunkedArray) -> Any:
    """A column as a numpy array; decimals as float64, times as microseconds."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return steps(column) / 10.0**kind.scale
    if pa.types.is_timestamp(kind):
        return column.to_numpy().astype("datetime64[us]").astype(np.int64)
    return column.to_numpy()


def steps(column: pa.ChunkedArray) -> Any:
    """A DECIMAL column as int64 steps."""
    parts = [_buffer(chunk) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _buffer(chunk: pa.Array) -> Any:
    width = chunk.type.bit_width // 8
    if width == 16:
        pairs = np.frombuffer(chunk.buffers()[1], np.int64).reshape(-1, 2)[:, 0]
        return pairs[chunk.offset : chunk.offset + len(chunk)].copy()
    kind = np.int32 if width == 4 else np.int64
    data = np.frombuffer(chunk.buffers()[1], kind)[chunk.offset : chunk.offset + len(chunk)]
    return data.astype(np.int64)
