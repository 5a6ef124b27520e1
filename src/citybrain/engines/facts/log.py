"""The store's journal, written by the store's own thread.

The store gathers what waits into one record itself, so it needs no second thread between
itself and the disk: the same files, lock and recovery as `engines.journal`, committed inline.
"""

import os
from pathlib import Path

from citybrain.engines.journal.files import lock_for_writing
from citybrain.engines.journal.format import LARGEST_PAYLOAD, segment_numbers
from citybrain.engines.journal.recovery import Recovery, recover
from citybrain.engines.journal.segments import SegmentWriter

__all__ = ["LARGEST_PAYLOAD", "Log"]
SEGMENT_BYTES = 64 * 1024 * 1024


class Log:
    """The one writer of a journal directory, for one thread.

    Opening raises `JournalBusy` or `JournalDamaged`.
    """

    def __init__(self, directory: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        self._lock = lock_for_writing(directory)
        try:
            self.recovery: Recovery
            self.recovery, tail = recover(directory)
            self._segments = SegmentWriter(directory, self.recovery, tail, segment_bytes)
        except BaseException:
            os.close(self._lock)
            raise
        self.id = self._segments.journal_id

    @property
    def sequence(self) -> int:
        """The number of the last record on disk."""
        return self._segments.sequence

    @property
    def first(self) -> int:
        """The number of the first segment file that is kept: 1 until some were discarded."""
        return min(segment_numbers(self.directory), default=1)

    @property
    def failure(self) -> str | None:
        """Why nothing more is taken until the store is opened anew, or None."""
        return self._segments.broken

    def commit(self, payloads: list[bytes]) -> int:
        """Write and sync the records; the number of the last one. Raises `JournalFailed`."""
        return self._segments.commit(payloads) + len(payloads) - 1

    def close(self) -> None:
        """Let go of the directory. May be called twice."""
        if self._lock >= 0:
            self._segments.close()
            os.close(self._lock)
            self._lock = -1
