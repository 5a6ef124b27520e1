"""The `committed` file: up to where the journal is on disk, for readers in other processes.

The writer sets it after each group's fdatasync and never syncs it, so after a loss of
power it may lie behind the journal but never ahead of it. A reader takes nothing above
it while a writer lives: what is not committed may yet be taken back.
"""

import os
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

_MARK = struct.Struct("<QQQ")
_SIZE = _MARK.size + 4
_NAME = "committed"
# A mark that is just being rewritten is read again; a broken one counts as none.
_TRIES = 3


class Mark(NamedTuple):
    """All records up to `sequence`, which ends at `offset` of `segment`, are on disk."""

    segment: int
    offset: int
    sequence: int


def open_mark(directory: Path) -> int:
    """A file descriptor for `write_mark`."""
    return os.open(directory / _NAME, os.O_WRONLY | os.O_CREAT, 0o600)


def write_mark(handle: int, mark: Mark) -> None:
    data = _MARK.pack(*mark)
    os.pwrite(handle, data + crc32(data).to_bytes(4, "little"), 0)


def read_mark(directory: Path) -> Mark | None:
    """The mark, or None when there is none."""
    for _ in range(_TRIES):
        try:
            data = (directory / _NAME).read_bytes()
        except FileNotFoundError:
            return None
        body, check = data[: _MARK.size], data[_MARK.size : _SIZE]
        if len(data) == _SIZE and crc32(body) == int.from_bytes(check, "little"):
            return Mark(*_MARK.unpack(body))
    return None
