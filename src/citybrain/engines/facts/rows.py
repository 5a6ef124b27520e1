"""Readings as columns, and their bytes in the journal.

A reading is (stream int32, phenomenon time in microseconds since 1970 UTC int64, result
float64, quality uint8, source sequence int64). Its identity is stream, time and sequence.

    record  kind 1 · flags 1 · zero 2 · count u32 · columns, widest first
"""

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from citybrain.engines.facts.errors import BadReadings

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

READINGS, CHANGES, STREAMS = 1, 2, 3
CORRECTION, DELETION = 1, 2
MOST_STREAM = (1 << 22) - 1
"""The highest stream id: tables that are indexed by it stay small."""
FIRST_TIME, LAST_TIME = -2_208_988_800_000_000, 7_258_118_400_000_000
"""1900 and 2200: what lies outside is a broken clock and would not fit the week numbers."""
_HEAD = struct.Struct("<BBHI")
_HAS_QUALITY, _HAS_SEQUENCE = 1, 2


class Rows(NamedTuple):
    """Columns of one length. `make` checks and completes them."""

    stream: npt.NDArray[np.int32]
    time: Ints
    result: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    sequence: Ints

    @property
    def size(self) -> int:
        """How many readings."""
        return len(self.stream)

    def copied(self) -> "Rows":
        """Columns that may be written to."""
        columns: list[Any] = [column.copy() for column in self]
        return Rows(*columns)

    def take(self, which: Any) -> "Rows":
        """The rows of a mask or of positions."""
        return Rows(*(column[which] for column in self))


class Changes(NamedTuple):
    """Corrections and deletions of readings that are kept: new facts about old ones."""

    stream: npt.NDArray[np.int32]
    time: Ints
    result: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    sequence: Ints
    kind: npt.NDArray[np.uint8]
    version: npt.NDArray[np.int16]

    @property
    def size(self) -> int:
        """How many changes."""
        return len(self.stream)


def make(stream: Any, time: Any, result: Any, quality: Any = None, sequence: Any = None) -> Rows:
    """Columns from arrays or lists; quality and sequence are 0 when they are left out.

    Raises `BadReadings` for other lengths, types or values than can be kept.
    """
    return checked(loose(stream, time, result, quality, sequence))


def loose(stream: Any, time: Any, result: Any, quality: Any = None, sequence: Any = None) -> Rows:
    """`make` for what is yet to be looked through: any time, result and stream number.

    Raises `BadReadings` for columns that are not numbers of one length.
    """
    count = len(stream)
    return Rows(
        _column("stream", stream, np.int32, count),
        _column("time", time, np.int64, count),
        _column("result", result, np.float64, count),
        _column("quality", quality, np.uint8, count),
        _column("sequence", sequence, np.int64, count),
    )


def _column(name: str, given: Any, kind: Any, count: int) -> Any:
    if given is None:
        return np.zeros(count, kind)
    try:
        found = np.asarray(given)
        if count and found.dtype.kind not in "iuf":
            raise BadReadings(f"{name}: only numbers can be kept")
        with np.errstate(invalid="ignore", over="ignore"):
            column = np.ascontiguousarray(found, dtype=kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadReadings(f"{name}: {error}") from None
    if column.shape != (count,):
        raise BadReadings(f"{name}: has {column.shape} values where stream has {count}")
    if kind is not np.float64 and found.dtype != column.dtype and (column != found).any():
        raise BadReadings(f"{name}: a value is no {np.dtype(kind).name}")
    return column


def checked(rows: Rows) -> Rows:
    """The same rows. Raises `BadReadings` for a stream, time or result out of range."""
    if not rows.size:
        return rows
    if rows.stream.min() < 0 or rows.stream.max() > MOST_STREAM:
        raise BadReadings(f"stream: must be 0 to {MOST_STREAM}")
    if rows.time.min() < FIRST_TIME or rows.time.max() >= LAST_TIME:
        raise BadReadings("time: must lie between 1900 and 2200, in microseconds")
    if not np.isfinite(rows.result).all():
        raise BadReadings("result: must be a finite number")
    return rows


def concat(parts: Sequence[Rows]) -> Rows:
    """All rows behind one another."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return EMPTY
    return Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


EMPTY = Rows(
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty(0, np.float64),
    np.empty(0, np.uint8),
    np.empty(0, np.int64),
)
NO_CHANGES = Changes(*EMPTY, np.empty(0, np.uint8), np.empty(0, np.int16))


def encode(rows: Rows) -> bytes:
    """A journal record of readings."""
    flags = (_HAS_QUALITY if rows.quality.any() else 0) | (
        _HAS_SEQUENCE if rows.sequence.any() else 0
    )
    parts: list[Any] = [_HEAD.pack(READINGS, flags, 0, rows.size), rows.time, rows.result]
    if flags & _HAS_SEQUENCE:
        parts.append(rows.sequence)
    parts.append(rows.stream)
    if flags & _HAS_QUALITY:
        parts.append(rows.quality)
    return b"".join(parts)


def encode_changes(changes: Changes) -> bytes:
    """A journal record of changes."""
    head = _HEAD.pack(CHANGES, 0, 0, changes.size)
    order = ("time", "result", "sequence", "stream", "version", "quality", "kind")
    return b"".join([head, *(getattr(changes, name).tobytes() for name in order)])


def encode_table(columns: Sequence[npt.NDArray[Any]]) -> bytes:
    """A journal record of stream definitions: columns of `streams.FIELDS`."""
    return b"".join(
        [_HEAD.pack(STREAMS, 0, 0, len(columns[0])), *(one.tobytes() for one in columns)]
    )


def kind_of(payload: bytes) -> int:
    """READINGS, CHANGES or STREAMS."""
    return payload[0]


class _Cursor:
    def __init__(self, payload: bytes) -> None:
        _, self.flags, _, self.count = _HEAD.unpack_from(payload)
        self.payload, self.offset = payload, _HEAD.size

    def next(self, kind: Any) -> Any:
        column = np.frombuffer(self.payload, kind, self.count, self.offset)
        self.offset += column.nbytes
        return column


def decode(payload: bytes) -> Rows:
    """The readings of a record; the columns look into the payload."""
    cursor = _Cursor(payload)
    time, result = cursor.next(np.int64), cursor.next(np.float64)
    count = cursor.count
    sequence = cursor.next(np.int64) if cursor.flags & _HAS_SEQUENCE else np.zeros(count, np.int64)
    stream = cursor.next(np.int32)
    quality = cursor.next(np.uint8) if cursor.flags & _HAS_QUALITY else np.zeros(count, np.uint8)
    return Rows(stream, time, result, quality, sequence)


def decode_changes(payload: bytes) -> Changes:
    """The changes of a record."""
    cursor = _Cursor(payload)
    time, result, sequence = (
        cursor.next(np.int64),
        cursor.next(np.float64),
        cursor.next(np.int64),
    )
    stream, version = cursor.next(np.int32), cursor.next(np.int16)
    quality, kind = cursor.next(np.uint8), cursor.next(np.uint8)
    return Changes(stream, time, result, quality, sequence, kind, version)


def decode_table(payload: bytes, kinds: Sequence[Any]) -> list[Any]:
    """The columns of a record of stream definitions."""
    cursor = _Cursor(payload)
    return [cursor.next(kind) for kind in kinds]
