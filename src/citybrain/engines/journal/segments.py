"""The writing side of the disk: groups into segments, and what to do when it refuses."""

import contextlib
import os
import secrets
from pathlib import Path

from citybrain.engines.journal.errors import JournalFailed
from citybrain.engines.journal.files import sync_directory, write_all
from citybrain.engines.journal.format import (
    HEADER_SIZE,
    Header,
    decode_header,
    encode_group,
    encode_header,
    group_size,
    segment_path,
)
from citybrain.engines.journal.mark import Mark, open_mark, write_mark
from citybrain.engines.journal.recovery import Recovery, Tail
from citybrain.engines.journal.scan import Position


class SegmentWriter:
    """Commits groups of records; used by one thread at a time.

    After a refused write the file is as it was at the last commit and the next group is
    tried afresh. After a refused sync it is unknown what the disk holds (the kernel may
    have dropped the pages and will say nothing the next time), so nothing more is taken
    until the journal is opened anew: `broken` then says why.
    """

    def __init__(
        self, directory: Path, recovery: Recovery, tail: Tail | None, segment_bytes: int
    ) -> None:
        self.directory, self.segment_bytes = directory, segment_bytes
        self.broken: str | None = None
        self._mark = open_mark(directory)
        self._handle = -1
        self._header: Header
        self._position: Position
        if tail is None or recovery.lost:
            self._begin_anew(tail, recovery.lost)
        else:
            self._go_on(tail)
        self._set_mark()

    @property
    def sequence(self) -> int:
        """The number of the last committed record; 0 before the first."""
        return self._position.sequence

    def commit(self, payloads: list[bytes]) -> int:
        """Write and sync one group; the number of its first record. Raises `JournalFailed`."""
        if self.broken:
            raise JournalFailed(self.broken)
        size = group_size(payloads)
        self._roll_before(size)
        position = self._position
        data, checksum = encode_group(payloads, position.sequence, position.checksum)
        self._write(data)
        self._sync()
        first = position.sequence + 1
        self._position = Position(
            position.offset + size, position.sequence + len(payloads), checksum
        )
        self._set_mark()
        return first

    def close(self) -> None:
        for handle in (self._handle, self._mark):
            if handle >= 0:
                os.close(handle)
        self._handle = self._mark = -1

    def _write(self, data: bytes) -> None:
        try:
            write_all(self._handle, data)
        except OSError as error:
            self._undo()
            raise JournalFailed(
                error.errno, f"the journal could not be written: {error}"
            ) from error

    def _sync(self) -> None:
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            self._undo()
            self.broken = f"the disk did not sync ({error}): open the journal anew"
            raise JournalFailed(error.errno, self.broken) from error

    def _undo(self) -> None:
        """Back to the last commit, so that no half record stands before the next group."""
        try:
            os.ftruncate(self._handle, self._position.offset)
            os.lseek(self._handle, self._position.offset, os.SEEK_SET)
        except OSError as error:
            self.broken = f"a failed write could not be taken back ({error}): open the journal anew"

    def _roll_before(self, size: int) -> None:
        offset = self._position.offset
        if offset == HEADER_SIZE or offset + size <= self.segment_bytes:
            return
        header, position = self._header, self._position
        following = Header(
            header.journal, header.segment + 1, 0, position.sequence + 1, position.checksum
        )
        try:
            self._create(following)
        except OSError as error:
            raise JournalFailed(error.errno, f"no new segment could be made: {error}") from error

    def _begin_anew(self, tail: Tail | None, lost: int) -> None:
        if tail is None:
            self._create(Header(secrets.token_bytes(16), 1, lost, lost + 1, 0))
            return
        first = tail.position.sequence + lost + 1
        header = tail.header
        self._create(
            Header(header.journal, header.segment + 1, lost, first, tail.position.checksum)
        )

    def _go_on(self, tail: Tail) -> None:
        self._handle = os.open(segment_path(self.directory, tail.header.segment), os.O_RDWR)
        os.lseek(self._handle, tail.position.offset, os.SEEK_SET)
        self._header, self._position = tail.header, tail.position

    def _create(self, header: Header) -> None:
        """A new segment takes over only when its header and name are on disk."""
        path = segment_path(self.directory, header.segment)
        data = encode_header(header)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(handle, data)
            os.fsync(handle)
            sync_directory(self.directory)
        except BaseException:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise
        if self._handle >= 0:
            os.close(self._handle)
        complete = decode_header(data)
        assert complete is not None  # noqa: S101 - what was just encoded
        self._handle, self._header = handle, complete
        self._position = Position.at_start(complete)

    def _set_mark(self) -> None:
        position = self._position
        # The group is on disk; a mark that cannot be written only delays the readers.
        with contextlib.suppress(OSError):
            write_mark(self._mark, Mark(self._header.segment, position.offset, position.sequence))

    @property
    def journal_id(self) -> str:
        """32 hex digits that no other journal has."""
        return self._header.journal.hex()
