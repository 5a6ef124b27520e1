"""What the store knows of a stream: where its readings lie and how finely they are kept."""

from typing import Any

import numpy as np
import numpy.typing as npt

from citybrain.engines.facts.errors import BadReadings
from citybrain.engines.facts.rows import MOST_STREAM, Rows

FIELDS = ("stream", "group", "decimals", "keeping")
KINDS = (np.int32, np.int32, np.int16, np.int16)
FLOATING = -1
MOST_DECIMALS = 9
_EXACT = 2.0**53


class Streams:
    """A table indexed by stream id. Changed by the writer's thread only, by `define`.

    `group`: streams of one group share segments, so put those together that are asked for
    together (a district, a class). `decimals`: 0 to 9 decimal places are kept, or
    `FLOATING` for every bit of a float64. `keeping`: the number of the retention class.
    A stream that was not defined has group -1.
    """

    def __init__(self) -> None:
        self.group = np.full(1024, -1, np.int32)
        self.decimals = np.zeros(1024, np.int16)
        self.keeping = np.zeros(1024, np.int16)

    def define(self, stream: Any, group: Any, decimals: Any, keeping: Any) -> None:
        """Add streams, or change what is known of them; old segments stay as they are."""
        stream = np.asarray(stream, np.int32)
        if not len(stream):
            return
        self._grow(int(stream.max()))
        self.group[stream] = group
        self.decimals[stream] = decimals
        self.keeping[stream] = keeping

    def _grow(self, highest: int) -> None:
        size = len(self.group)
        if highest < size:
            return
        more = max(highest + 1, 2 * size) - size
        self.group = np.concatenate([self.group, np.full(more, -1, np.int32)])
        self.decimals = np.concatenate([self.decimals, np.zeros(more, np.int16)])
        self.keeping = np.concatenate([self.keeping, np.zeros(more, np.int16)])

    @property
    def known(self) -> npt.NDArray[np.intp]:
        """The ids that were defined, in order."""
        return np.flatnonzero(self.group >= 0)

    def columns(self) -> list[npt.NDArray[Any]]:
        """The table of all streams, column by column as in `FIELDS`."""
        known = self.known
        return [
            known.astype(np.int32),
            self.group[known],
            self.decimals[known],
            self.keeping[known],
        ]

    def are_known(self, stream: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Whether each id was defined."""
        group = self.group
        inside = (stream >= 0) & (stream < len(group))
        return inside & (group[np.where(inside, stream, 0)] >= 0)

    def rounded(self, rows: Rows) -> Rows:
        """The rows with their results as they will be kept.

        Raises `BadReadings` for a stream that was not defined and for a result that has
        no exact place at the stream's decimals (beyond 2⁵³ steps).
        """
        if not rows.size:
            return rows
        if int(rows.stream.max()) >= len(self.group) or (self.group[rows.stream] < 0).any():
            unknown = rows.stream[~self.are_known(rows.stream)][:5].tolist()
            raise BadReadings(f"stream: not defined: {unknown}")
        decimals = self.decimals[rows.stream]
        power = _POWERS[decimals]
        steps = np.rint(rows.result * power)
        if (np.abs(steps) > _EXACT)[decimals >= 0].any():
            raise BadReadings("result: too large for the stream's resolution")
        return rows._replace(result=np.where(decimals >= 0, steps / power, rows.result))


# Indexed by decimals; the last entry is that of FLOATING (-1).
_POWERS = np.array([10.0**n for n in range(MOST_DECIMALS + 1)] + [1.0])


def checked_table(stream: Any, group: Any, decimals: Any, keeping: Any) -> list[npt.NDArray[Any]]:
    """The columns of a definition. Raises `BadReadings`."""
    count = len(stream)
    given = (stream, group, decimals, keeping)
    columns = [
        np.ascontiguousarray(np.broadcast_to(np.asarray(one), (count,)).astype(kind))
        for one, kind in zip(given, KINDS, strict=True)
    ]
    ids, groups, places, _ = columns
    if count and (ids.min() < 0 or ids.max() > MOST_STREAM or groups.min() < 0):
        raise BadReadings(f"stream: ids are 0 to {MOST_STREAM}, groups 0 and above")
    if count and (places.min() < FLOATING or places.max() > MOST_DECIMALS):
        raise BadReadings(f"decimals: {FLOATING} to {MOST_DECIMALS}")
    return columns
