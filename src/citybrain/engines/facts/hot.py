"""The hot buffer: acknowledged readings that are not in segments yet.

Rows lie in chunks that never change, so whoever holds the tuple of chunks holds a snapshot.
Small chunks are joined sixteen at a time, so there are few and each row is copied seldom.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from citybrain.engines.facts.keys import KeyIndex
from citybrain.engines.facts.rows import DELETION, EMPTY, Changes, Mask, Rows, concat

_JOIN = 16
_LARGEST_JOINED = 1 << 20
Key = tuple[int, int, int]
Change = tuple[int, int, float, int]
"""version, kind, result, quality"""


class Chunk:
    """Rows with their bounds; `find` builds its index when it is first asked."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.count = rows.size
        self.first_time = int(rows.time.min())
        self.last_time = int(rows.time.max())
        self._index: KeyIndex | None = None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a row may lie in start ≤ time < end."""
        return self.first_time < end and start <= self.last_time

    def find(self, wanted: Rows) -> Any:
        """For each wanted row the position of the same key, or -1."""
        if self._index is None:
            self._index = KeyIndex(self.rows)
        return self._index.find(wanted)


class Hot:
    """What the writer, or a reader that follows it, holds in memory.

    `sealed` chunks are being written to segments, `fresh` ones came later. Changes are
    kept beside the rows, all of them in their order.
    """

    def __init__(self) -> None:
        self.sealed: tuple[Chunk, ...] = ()
        self.fresh: list[Chunk] = []
        self.sealed_changes: tuple[tuple[Key, Change], ...] = ()
        self.fresh_changes: list[tuple[Key, Change]] = []
        self._newest: dict[Key, Change] = {}

    @property
    def count(self) -> int:
        """Readings in memory; changes are not counted."""
        return sum(one.count for one in self.chunks())

    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks as they are now."""
        return (*self.sealed, *self.fresh)

    def changes(self) -> dict[Key, Change]:
        """The newest change of each key; never changed itself, so it may be kept."""
        return self._newest

    def all_changes(self) -> tuple[tuple[Key, Change], ...]:
        """Every change in order."""
        return (*self.sealed_changes, *self.fresh_changes)

    def add(self, rows: Rows) -> None:
        """Take rows in that are not here yet."""
        if rows.size:
            self.fresh.append(Chunk(rows))
            self._join()

    def _join(self) -> None:
        tail = self.fresh[-_JOIN:]
        size = tail[-1].count
        while len(tail) == _JOIN and tail[0].count <= 2 * size and size < _LARGEST_JOINED:
            joined = Chunk(concat([one.rows for one in tail]))
            self.fresh[-_JOIN:] = [joined]
            tail = self.fresh[-_JOIN:]
            size = joined.count

    def change(self, changes: Changes) -> None:
        """Take changes in."""
        columns = [column.tolist() for column in changes]
        for stream, time, result, quality, sequence, kind, version in zip(*columns, strict=True):
            self.fresh_changes.append(((stream, time, sequence), (version, kind, result, quality)))
        self._newest = dict(self.all_changes())

    def seal(self) -> None:
        """From now on what comes is fresh; nothing may be sealed already."""
        self.sealed, self.fresh = tuple(self.fresh), []
        self.sealed_changes, self.fresh_changes = tuple(self.fresh_changes), []

    def unseal(self) -> None:
        """The sealed rows could not be written: they are as before."""
        self.fresh = [*self.sealed, *self.fresh]
        self.fresh_changes = [*self.sealed_changes, *self.fresh_changes]
        self.sealed, self.sealed_changes = (), ()

    def drop_sealed(self) -> None:
        """The sealed rows are in segments."""
        self.sealed, self.sealed_changes = (), ()
        self._newest = dict(self.fresh_changes)

    def contains(self, wanted: Rows) -> Mask:
        """Whether each key is here."""
        found = np.zeros(wanted.size, np.bool_)
        if wanted.size:
            first, last = int(wanted.time.min()), int(wanted.time.max())
            for chunk in self.chunks():
                if chunk.overlaps(first, last + 1):
                    found |= chunk.find(wanted) >= 0
        return found


def select(
    chunks: Iterable[Chunk], streams: Any = None, start: int | None = None, end: int | None = None
) -> Rows:
    """The rows of some streams (None: of all) in start ≤ time < end, in no order."""
    parts = [_selected(one, streams, start, end) for one in chunks]
    return concat([one for one in parts if one.size])


def _selected(chunk: Chunk, streams: Any, start: int | None, end: int | None) -> Rows:
    low = chunk.first_time if start is None else start
    high = chunk.last_time + 1 if end is None else end
    if not chunk.overlaps(low, high):
        return EMPTY
    rows = chunk.rows
    mask = None
    if streams is not None:
        one = len(streams) == 1
        mask = rows.stream == streams[0] if one else np.isin(rows.stream, streams)
    if chunk.first_time < low or chunk.last_time >= high:
        within = (rows.time >= low) & (rows.time < high)
        mask = within if mask is None else mask & within
    return rows if mask is None else rows.take(mask)


def changes_columns(changes: dict[Key, Change]) -> dict[str, Any]:
    """Columns of the changes, with `gone` for deletions."""
    keys = np.array(list(changes), np.int64).reshape(-1, 3)
    values = list(changes.values())
    return {
        "stream": keys[:, 0].astype(np.int32),
        "time": keys[:, 1].copy(),
        "sequence": keys[:, 2].copy(),
        "version": np.array([one[0] for one in values], np.int16),
        "gone": np.array([one[1] == DELETION for one in values], np.bool_),
        "result": np.array([one[2] for one in values], np.float64),
        "quality": np.array([one[3] for one in values], np.uint8),
    }
