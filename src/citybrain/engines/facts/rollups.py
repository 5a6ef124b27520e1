"""Hourly and daily roll-ups of sorted readings."""

from typing import Any

import numpy as np
import pyarrow as pa

from citybrain.engines.facts import segments
from citybrain.engines.facts.manifest import DAY, HOUR, ZONE
from citybrain.engines.facts.rows import Rows
from citybrain.engines.facts.streams import FLOATING

SPANS = {HOUR: 3_600_000_000, DAY: 86_400_000_000}
GOOD, SUSPECT, BAD = 0, 1, 2
"""What a quality flag means for the roll-ups: 0 good, 1 suspect, 2 and above bad."""


def rolled(rows: Rows, kind: str, decimals: int) -> pa.Table:
    """One row for each stream and hour or day. `rows` are sorted by stream, then time."""
    span = SPANS[kind]
    begin = (rows.time + ZONE) // span * span - ZONE
    edges = np.ones(rows.size, np.bool_)
    edges[1:] = (rows.stream[1:] != rows.stream[:-1]) | (begin[1:] != begin[:-1])
    starts = np.flatnonzero(edges)
    ends = np.append(starts[1:], rows.size) - 1 if len(starts) else starts
    return _table(rows, begin, starts, ends, decimals)


def _table(rows: Rows, begin: Any, starts: Any, ends: Any, decimals: int) -> pa.Table:
    kept = _kept(rows.result, decimals)
    quality = rows.quality
    return pa.table(
        {
            "stream": rows.stream[starts],
            "time": segments.times(begin[starts]),
            "count": (ends - starts + 1).astype(np.int32),
            "minimum": _column(_reduced(np.minimum, kept, starts), decimals),
            "maximum": _column(_reduced(np.maximum, kept, starts), decimals),
            "total": _column(_reduced(np.add, kept, starts), decimals),
            "first": _column(kept[starts], decimals),
            "first_time": segments.times(rows.time[starts]),
            "first_sequence": rows.sequence[starts],
            "last": _column(kept[ends], decimals),
            "last_time": segments.times(rows.time[ends]),
            "last_sequence": rows.sequence[ends],
            "suspect": _counted(quality == SUSPECT, starts),
            "bad": _counted(quality >= BAD, starts),
        }
    )


def _kept(result: Any, decimals: int) -> Any:
    if decimals == FLOATING:
        return result
    return np.rint(result * 10.0**decimals).astype(np.int64)


def _reduced(function: Any, values: Any, starts: Any) -> Any:
    return function.reduceat(values, starts) if len(starts) else values[:0]


def _counted(mask: Any, starts: Any) -> Any:
    return _reduced(np.add, mask.astype(np.int32), starts).astype(np.int32)


def _column(values: Any, decimals: int) -> pa.Array:
    return pa.array(values) if decimals == FLOATING else segments.scaled(values, decimals)
