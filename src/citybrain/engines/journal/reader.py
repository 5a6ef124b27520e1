"""Reading a journal from another process or thread while it is written.

A reader gives committed records only. While a writer lives, the mark says which those
are; without one, all good records count, because opening the journal will keep them:
they are synced first, so that nothing a reader has seen can vanish.
"""

import os
import weakref
from collections.abc import Iterator
from pathlib import Path

from citybrain.engines.journal.errors import JournalDamaged
from citybrain.engines.journal.files import WriterAbsent
from citybrain.engines.journal.format import (
    HEADER_SIZE,
    Header,
    read_header,
    segment_numbers,
    segment_path,
)
from citybrain.engines.journal.mark import read_mark
from citybrain.engines.journal.recovery import refuse_damage
from citybrain.engines.journal.scan import Position, walk


class Reader:
    """Follows one journal; keeps its place, so following never reads anything twice.

    Starts behind the record number `after`; 0 means the first one that is kept.
    `sequence` is the number of the last record given out. Not for several threads.
    """

    def __init__(self, directory: Path, after: int = 0) -> None:
        self.directory = Path(directory)
        self.sequence = after
        self._place: _Place | None = None

    def read(self, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
        """(number, payload) of the records that are there now, at most `limit`.

        May be called again and again. Raises `JournalDamaged` at a bad record, and when
        records that were not read yet are no longer there.
        """
        left = -1 if limit is None else limit
        while left and (place := self._place or self._find_place()):
            following = self._header(place.segment + 1)
            end = place.size() if following else self._committed_end(place)
            for record in walk(place.handle, place.position, end):
                if record.sequence <= self.sequence:
                    continue
                self.sequence = record.sequence
                yield record.sequence, record.payload
                left -= 1
                if not left:
                    return
            if place.position.offset < end:
                self._refuse(place, "the record is damaged")
            if following:
                self._enter_following(place, following)
            elif not self._goes_on(place):
                return

    def close(self) -> None:
        """Let go of the open segment; reading again finds the place anew."""
        if self._place:
            self._place.close()
        self._place = None

    def _find_place(self) -> "_Place | None":
        """Open the segment that holds the next record; None while there is none."""
        numbers = segment_numbers(self.directory)
        for number in reversed(numbers) if self.sequence else numbers[:1]:
            header = self._header(number)
            if header and (not self.sequence or header.first - header.lost <= self.sequence + 1):
                return self._enter(header)
        if self.sequence and numbers:
            reason = "the record is no longer there: its segment was discarded"
            raise JournalDamaged(self.directory, numbers[0], 0, self.sequence + 1, reason)
        return None

    def _header(self, number: int) -> Header | None:
        """The segment's header; None when there is no such segment, or it is being made."""
        try:
            header = read_header(self.directory, number)
            size = segment_path(self.directory, number).stat().st_size
        except FileNotFoundError:
            return None
        if header is None and size > HEADER_SIZE:
            reason = "the segment's header is bad"
            raise JournalDamaged(self.directory, number, 0, self.sequence + 1, reason)
        return header

    def _enter(self, header: Header) -> "_Place":
        self.close()
        path = segment_path(self.directory, header.segment)
        self._place = _Place(path, header.segment, Position.at_start(header))
        return self._place

    def _enter_following(self, place: "_Place", header: Header) -> None:
        # Numbers that we have read may be lost later; then they are skipped in the header.
        position = place.position
        in_order = header.first - header.lost == position.sequence + 1
        if not in_order or header.previous != position.checksum:
            read_and_lost = header.lost and header.first == position.sequence + 1
            if not read_and_lost:
                reason = "the segment does not follow the one before"
                raise JournalDamaged(self.directory, header.segment, 0, header.first, reason)
        self._enter(header)

    def _refuse(self, place: "_Place", reason: str) -> None:
        position = place.position
        raise JournalDamaged(
            self.directory, place.segment, position.offset, position.sequence + 1, reason
        )

    def _goes_on(self, place: "_Place") -> bool:
        """True when a segment was begun behind this one in the meantime.

        What was read once must be there still: a journal that ends before `sequence`, or
        lacks a segment, is another one or damaged.
        """
        mark = read_mark(self.directory)
        last = mark.segment if mark else max(segment_numbers(self.directory), default=0)
        if last > place.segment:
            if segment_path(self.directory, place.segment + 1).exists():
                return self._header(place.segment + 1) is not None
            self._refuse(place, "the segment behind this one is missing")
        if mark and place.position.sequence < self.sequence:
            self._refuse(place, f"the journal ends here, but {self.sequence} was read before")
        return False

    def _committed_end(self, place: "_Place") -> int:
        """Up to which offset the last segment may be read now."""
        mark = read_mark(self.directory)
        committed = place.position.offset
        if mark and mark.segment == place.segment:
            committed = max(committed, mark.offset)
        if place.size() <= committed:
            return committed
        return max(committed, self._end_without_writer(place))

    def _end_without_writer(self, place: "_Place") -> int:
        position, size = place.position, place.size()
        ahead = Position(position.offset, position.sequence, position.checksum)
        with WriterAbsent(self.directory) as absent:
            if not absent:
                return position.offset
            for _ in walk(place.handle, ahead, size):
                pass
            if ahead.offset < size:
                mark = read_mark(self.directory)
                acknowledged = mark.sequence if mark else 0
                refuse_damage(
                    self.directory, place.segment, place.handle, ahead, size, acknowledged
                )
            os.fdatasync(place.handle)
        return ahead.offset


class _Place:
    """An open segment and how far it was read; closes itself when it is dropped."""

    def __init__(self, path: Path, segment: int, position: Position) -> None:
        self.segment, self.position = segment, position
        self.handle = os.open(path, os.O_RDONLY)
        self.close = weakref.finalize(self, os.close, self.handle)

    def size(self) -> int:
        return os.fstat(self.handle).st_size


def read(directory: Path, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The committed records behind number `after`: see `Reader`, which follows on."""
    reader = Reader(directory, after)
    try:
        yield from reader.read(limit)
    finally:
        reader.close()
