"""Checking a whole journal, and removing what the ledger has sealed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from citybrain.engines.journal.files import WriterAbsent, sync_directory, write_new
from citybrain.engines.journal.format import (
    Header,
    read_header,
    segment_numbers,
    segment_path,
)
from citybrain.engines.journal.mark import Mark, read_mark
from citybrain.engines.journal.scan import Position, walk

_KEPT_FROM = "kept-from"


@dataclass(frozen=True, slots=True)
class Damage:
    """The first bad place of a segment; `sequence` is the number of the bad record."""

    segment: int
    offset: int
    sequence: int
    reason: str


def verify(directory: Path) -> list[Damage]:
    """Read everything and name the first bad record of each segment; empty means sound.

    While a writer lives, only what it has committed is looked at.
    """
    directory = Path(directory)
    with WriterAbsent(directory) as absent:
        mark = read_mark(directory)
        numbers = segment_numbers(directory)
        ends = {number: segment_path(directory, number).stat().st_size for number in numbers}
    if not absent and mark:
        ends = {n: mark.offset if n == mark.segment else ends[n] for n in numbers}
        numbers = [number for number in numbers if number <= mark.segment]
    return list(_damages(directory, numbers, ends, mark))


def _damages(
    directory: Path, numbers: list[int], ends: dict[int, int], mark: Mark | None
) -> Iterator[Damage]:
    yield from _missing(numbers, _kept_from(directory))
    before: Position | None = None
    last = 0
    for number in numbers:
        header = read_header(directory, number)
        if header is None:
            yield Damage(number, 0, last + 1, "the segment's header is bad")
            before = None
            continue
        found, before = _check_segment(directory, header, before, ends[number])
        last = before.sequence if before else header.first
        yield from found
    if mark and before and mark.sequence > before.sequence:
        lost = mark.sequence - before.sequence
        reason = f"{lost} acknowledged records are missing at the end"
        yield Damage(numbers[-1], before.offset, before.sequence + 1, reason)


def _missing(numbers: list[int], kept_from: int) -> Iterator[Damage]:
    if numbers and numbers[0] > kept_from:
        yield Damage(kept_from, 0, 0, "the segment is missing")
    for before, after in pairwise(numbers):
        if after != before + 1:
            yield Damage(before + 1, 0, 0, "the segment is missing")


def _check_segment(
    directory: Path, header: Header, before: Position | None, end: int
) -> tuple[list[Damage], Position | None]:
    """The segment's first damage, and the position behind it when it is sound."""
    number = header.segment
    if before and (
        header.previous != before.checksum or header.first - header.lost != before.sequence + 1
    ):
        reason = "the segment does not follow the one before"
        return [Damage(number, 0, header.first, reason)], None
    found = []
    if header.lost:
        reason = f"{header.lost} acknowledged records before this segment were lost"
        found.append(Damage(number, 0, header.first - header.lost, reason))
    position = Position.at_start(header)
    handle = os.open(segment_path(directory, number), os.O_RDONLY)
    try:
        for _ in walk(handle, position, end):
            pass
    finally:
        os.close(handle)
    if position.offset < end:
        bad = Damage(number, position.offset, position.sequence + 1, "the record is damaged")
        return [*found, bad], None
    return found, position


def discard(directory: Path, before: int) -> int:
    """Remove the segments all of whose records are numbered below `before`.

    The last segment always stays. The `kept-from` file says where the journal now begins,
    so that a check can tell what was discarded from what is missing. Gives the number of
    segments removed.
    """
    directory = Path(directory)
    numbers = segment_numbers(directory)
    old = []
    for number, following in pairwise(numbers):
        header = read_header(directory, following)
        if header is None or header.first > before:
            break
        old.append(number)
    if not old:
        return 0
    _keep_from(directory, old[-1] + 1)
    for number in old:
        segment_path(directory, number).unlink(missing_ok=True)
    sync_directory(directory)
    return len(old)


def _kept_from(directory: Path) -> int:
    try:
        return int((directory / _KEPT_FROM).read_text())
    except FileNotFoundError:
        return 1


def _keep_from(directory: Path, number: int) -> None:
    draft = directory / f"{_KEPT_FROM}.new"
    draft.unlink(missing_ok=True)
    write_new(draft, f"{number}\n".encode())
    draft.replace(directory / _KEPT_FROM)
    sync_directory(directory)
