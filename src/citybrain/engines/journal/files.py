"""Small steps on files that must be on disk before the next one, and the writer's lock."""

import fcntl
import os
import time
from pathlib import Path

from citybrain.engines.journal.errors import JournalBusy

_LOCK = "lock"
# A reader may hold the lock for a moment to see that nobody writes.
_PATIENCE_TRIES, _PATIENCE_SECONDS = 10, 0.005


def sync_directory(directory: Path) -> None:
    """Make new, renamed and removed names in the directory durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write everything; one `os.write` may take less than it is given."""
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, memoryview(data)[written:])


def write_new(path: Path, data: bytes) -> None:
    """A new file with this content, durable with its name; nothing is left on failure."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(handle, data)
        os.fsync(handle)
        sync_directory(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def lock_for_writing(directory: Path) -> int:
    """The descriptor that holds the directory's lock; raises `JournalBusy`."""
    handle = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(_PATIENCE_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            time.sleep(_PATIENCE_SECONDS)
    os.close(handle)
    raise JournalBusy(f"another process writes to the journal {directory}")


class WriterAbsent:
    """`with WriterAbsent(directory) as absent`: while True, no writer can begin."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.handle: int | None = None

    def __enter__(self) -> bool:
        try:
            self.handle = os.open(self.directory / _LOCK, os.O_RDONLY)
        except FileNotFoundError:
            return True  # a copy: nobody ever wrote here
        try:
            fcntl.flock(self.handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_: object) -> None:
        if self.handle is not None:
            os.close(self.handle)
