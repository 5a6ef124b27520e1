"""Recognising repeats: the identity of a reading is (stream, time, sequence)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from citybrain.engines.facts.rows import Ints, Mask, Rows

_K1, _K2, _K3, _K4 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
    np.uint64(0xBF58476D1CE4E5B9),
)
_SHIFT = np.uint64(32)


def _hashes(rows: Any) -> npt.NDArray[np.uint64]:
    mixed = rows.time.astype(np.uint64) * _K1 ^ rows.stream.astype(np.uint64) * _K2
    mixed ^= mixed >> _SHIFT
    mixed = (mixed + rows.sequence.astype(np.uint64) * _K3) * _K4
    return mixed ^ (mixed >> _SHIFT)


class KeyIndex:
    """Finds rows by identity among rows that do not change."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        hashes = _hashes(rows)
        self._order = np.argsort(hashes)
        self._hashes = hashes[self._order]

    def find(self, wanted: Any) -> Ints:
        """For each wanted row the position of the same key, or -1."""
        hashes = _hashes(wanted)
        found = np.full(len(hashes), -1, np.int64)
        at = np.searchsorted(self._hashes, hashes)
        waiting = np.flatnonzero(at < len(self._hashes))
        # Another key may have the same hash, so look on until hash or key says enough.
        while len(waiting):
            waiting = waiting[self._hashes[at[waiting]] == hashes[waiting]]
            position = self._order[at[waiting]]
            same = self._same(position, wanted, waiting)
            found[waiting[same]] = position[same]
            waiting = waiting[~same]
            at[waiting] += 1
            waiting = waiting[at[waiting] < len(self._hashes)]
        return found

    def _same(self, position: Any, wanted: Any, waiting: Any) -> Mask:
        rows = self.rows
        same: Mask = (
            (rows.stream[position] == wanted.stream[waiting])
            & (rows.time[position] == wanted.time[waiting])
            & (rows.sequence[position] == wanted.sequence[waiting])
        )
        return same


def time_order(rows: Rows) -> Ints | None:
    """Positions in the order (stream, time, sequence), or None when the rows stand so that
    within each stream time rises strictly: the usual case, told without sorting."""
    if rows.size < 2 or _rises(rows.time, rows.stream) or _rises(rows.stream, rows.time):
        return None
    return sorted_order(rows)


def _rises(first: Any, second: Any) -> bool:
    """Strictly rising by `first`, then `second`."""
    before, after = first[:-1], first[1:]
    level = (after == before) & (second[1:] > second[:-1])
    return bool(np.all(level | (after > before)))


def sorted_order(rows: Any) -> Ints:
    """Positions in the order (stream, time, sequence); equal keys stay in their order."""
    first = int(rows.time.min())
    if int(rows.time.max()) - first >= 1 << 42 or int(rows.stream.max()) >= 1 << 21:
        return np.lexsort((rows.sequence, rows.time, rows.stream))
    packed = (rows.stream.astype(np.int64) << 42) | (rows.time - first)
    order = np.argsort(packed, kind="stable")
    packed = packed[order]
    if (packed[1:] == packed[:-1]).any() and rows.sequence.any():
        return np.lexsort((rows.sequence, rows.time, rows.stream))
    return order


def first_of_each(rows: Rows, order: Ints) -> Mask:
    """True for each key's first appearance. `order` is that of `sorted_order`."""
    ranked = rows.take(order)
    repeated = np.zeros(rows.size, np.bool_)
    repeated[order[1:]] = (
        (ranked.stream[1:] == ranked.stream[:-1])
        & (ranked.time[1:] == ranked.time[:-1])
        & (ranked.sequence[1:] == ranked.sequence[:-1])
    )
    return ~repeated
