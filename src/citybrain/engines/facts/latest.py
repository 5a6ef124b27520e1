"""The latest reading of every stream, in a table of its own that is never searched for."""

from typing import Any, NamedTuple

import numpy as np

from citybrain.engines.facts.rows import FIRST_TIME, Ints, Mask, Rows, concat

NEVER = FIRST_TIME - 1


class Latest(NamedTuple):
    """Columns of streams that have a reading, by stream id."""

    stream: Any
    time: Ints
    result: Any
    quality: Any
    sequence: Ints


class LatestTable:
    """Indexed by stream id. `mark` is the newest time that was ever taken in of a stream:
    what lies behind it is new, what lies before may be a repeat."""

    def __init__(self) -> None:
        self._columns = _blank(1024)
        self.mark = np.full(1024, NEVER, np.int64)

    def grow(self, highest: int) -> None:
        """Make room for ids up to `highest`."""
        size = len(self.mark)
        if highest >= size:
            more = max(highest + 1, 2 * size) - size
            self._columns = concat([self._columns, _blank(more)])
            self.mark = np.concatenate([self.mark, np.full(more, NEVER, np.int64)])

    def are_behind_mark(self, rows: Rows) -> Mask:
        """Whether each row is newer than all that was taken in of its stream."""
        behind: Mask = rows.time > self.mark[rows.stream]
        return behind

    def take(self, rows: Rows) -> None:
        """Rows in which time rises within each stream (see `keys.time_order`)."""
        if not rows.size:
            return
        now = self._columns
        newer = rows.time > now.time[rows.stream]
        same = rows.time == now.time[rows.stream]
        if same.any():
            newer |= same & (rows.sequence >= now.sequence[rows.stream])
        if not newer.all():
            rows = rows.take(newer)
        self.put(rows)

    def put(self, rows: Rows) -> None:
        """Set the latest, whatever it was; of several rows of a stream the last counts."""
        now, where = self._columns, rows.stream
        now.time[where], now.result[where] = rows.time, rows.result
        now.quality[where], now.sequence[where] = rows.quality, rows.sequence
        self.mark[where] = np.maximum(self.mark[where], rows.time)

    def forget(self, stream: int) -> None:
        """The stream has no reading any more."""
        self._columns.time[stream] = NEVER

    def is_latest(self, stream: int, time: int, sequence: int) -> bool:
        """Whether this reading is the stream's latest."""
        now = self._columns
        return bool(now.time[stream] == time and now.sequence[stream] == sequence)

    def all(self) -> Latest:
        """A copy of the streams that have a reading."""
        have = np.flatnonzero(self._columns.time != NEVER)
        return self._picked(have)

    def some(self, streams: Any) -> Latest:
        """Those among `streams` that have a reading, in the given order."""
        wanted = np.asarray(streams, np.int64)
        wanted = wanted[(wanted >= 0) & (wanted < len(self.mark))]
        return self._picked(wanted[self._columns.time[wanted] != NEVER])

    def _picked(self, which: Any) -> Latest:
        now = self._columns
        return Latest(
            which.astype(np.int32),
            now.time[which],
            now.result[which],
            now.quality[which],
            now.sequence[which],
        )

    def marks(self) -> tuple[Any, Ints]:
        """Ids and marks of the streams that ever had a reading."""
        have = np.flatnonzero(self.mark != NEVER)
        return have.astype(np.int32), self.mark[have]


def _blank(size: int) -> Rows:
    return Rows(
        np.zeros(size, np.int32),
        np.full(size, NEVER, np.int64),
        np.zeros(size, np.float64),
        np.zeros(size, np.uint8),
        np.zeros(size, np.int64),
    )
