"""Opening a journal: a torn tail is cut and kept aside, damage is named and left alone.

A torn tail is what a crash may leave of records that nobody was told of. It is found at
the end of the last segment only; its bytes go to a `torn-…` file before they are cut.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from citybrain.engines.journal.errors import JournalDamaged
from citybrain.engines.journal.files import sync_directory, write_new
from citybrain.engines.journal.format import (
    HEADER_SIZE,
    Header,
    read_header,
    segment_numbers,
    segment_path,
)
from citybrain.engines.journal.mark import read_mark
from citybrain.engines.journal.scan import Position, is_damage, walk


@dataclass(frozen=True, slots=True)
class Recovery:
    """What opening found in the last segment.

    `records` good ones, `cut_bytes` of a torn tail, now in the file `kept_aside`. `lost`
    counts acknowledged records that should stand at the end and do not: 0 after any
    crash; more means that the disk or somebody took them.
    """

    segment: int
    records: int
    cut_bytes: int = 0
    lost: int = 0
    kept_aside: Path | None = None


@dataclass(frozen=True, slots=True)
class Tail:
    """Where writing goes on: in `header`'s segment, behind `position`."""

    header: Header
    position: Position


def recover(directory: Path) -> tuple[Recovery, Tail | None]:
    """Mend the end of the journal; the tail is None when there is no segment yet.

    Raises `JournalDamaged`. Must be called by the holder of the lock.
    """
    numbers = segment_numbers(directory)
    _refuse_holes(directory, numbers)
    aside = _drop_torn_header(directory, numbers)
    mark = read_mark(directory)
    acknowledged = mark.sequence if mark else 0
    if not numbers:
        return Recovery(0, 0, _size(aside), acknowledged, aside), None
    header = read_header(directory, numbers[-1])
    if header is None:
        raise JournalDamaged(directory, numbers[-1], 0, 0, "the segment's header is bad")
    position = Position.at_start(header)
    cut = _mend(directory, header, position, acknowledged)
    aside = cut or aside
    records = position.sequence - header.first + 1
    lost = max(0, acknowledged - position.sequence)
    return Recovery(header.segment, records, _size(aside), lost, aside), Tail(header, position)


def _refuse_holes(directory: Path, numbers: list[int]) -> None:
    for before, after in pairwise(numbers):
        if after != before + 1:
            raise JournalDamaged(directory, before + 1, 0, 0, "the segment is missing")


def _drop_torn_header(directory: Path, numbers: list[int]) -> Path | None:
    """A crash may leave a last segment that has no whole header: it never held a record."""
    if not numbers or segment_path(directory, numbers[-1]).stat().st_size > HEADER_SIZE:
        return None
    if read_header(directory, numbers[-1]):
        return None
    path = segment_path(directory, numbers[-1])
    aside = keep_aside(directory, numbers.pop(), 0, path.read_bytes())
    path.unlink()
    sync_directory(directory)
    return aside


def _mend(directory: Path, header: Header, position: Position, acknowledged: int) -> Path | None:
    """Move `position` behind the last good record and cut what follows."""
    aside = None
    handle = os.open(segment_path(directory, header.segment), os.O_RDWR)
    try:
        end = os.fstat(handle).st_size
        for _ in walk(handle, position, end):
            pass
        if position.offset < end:
            refuse_damage(directory, header.segment, handle, position, end, acknowledged)
            torn = os.pread(handle, end - position.offset, position.offset)
            aside = keep_aside(directory, header.segment, position.offset, torn)
            os.ftruncate(handle, position.offset)
        # Good records that were not acknowledged count from here on, so they must stay.
        os.fsync(handle)
    finally:
        os.close(handle)
    return aside


def refuse_damage(
    directory: Path, segment: int, handle: int, position: Position, end: int, acknowledged: int
) -> None:
    """Raise `JournalDamaged` if the bad record at `position` is more than a torn tail."""
    if is_damage(handle, position, end, acknowledged):
        reason = "the record is damaged: good ones follow that were written after it was on disk"
        raise JournalDamaged(directory, segment, position.offset, position.sequence + 1, reason)


def keep_aside(directory: Path, segment: int, offset: int, data: bytes) -> Path:
    """Save the bytes that will be cut, durably."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    path = directory / f"torn-{moment}-{segment:08d}-{offset}"
    write_new(path, data)
    return path


def _size(path: Path | None) -> int:
    return path.stat().st_size if path else 0
