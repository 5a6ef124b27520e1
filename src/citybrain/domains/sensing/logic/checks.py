"""Which readings of a batch are put aside, and why: column by column, no loop over readings."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from citybrain.engines.facts import SUSPECT, Latest, Rows

Mask = npt.NDArray[np.bool_]
FIRST_TIME, LAST_TIME = -2_208_988_800_000_000, 7_258_118_400_000_000
"""1900 and 2200, in microseconds since 1970: what the store can keep."""
NEAR = 3
"""Intervals after which the next reading is not compared with the one before any more."""


@dataclass(slots=True)
class Limits:
    """What is known of each stream, indexed by its number. NaN or 0: not checked."""

    known: Mask
    active: Mask
    owner: npt.NDArray[np.int64]
    """Primary key of the party that owns it."""
    klass: npt.NDArray[np.int16]
    minimum: npt.NDArray[np.float64]
    maximum: npt.NDArray[np.float64]
    step: npt.NDArray[np.float64]
    stuck: npt.NDArray[np.int32]
    skew: npt.NDArray[np.int64]
    """Microseconds that a reading may lie ahead of our clock."""
    interval: npt.NDArray[np.int64]
    """Microseconds between two readings, as expected."""

    @classmethod
    def blank(cls, size: int) -> "Limits":
        """Room for numbers below `size`, none of them known."""
        return cls(
            np.zeros(size, np.bool_),
            np.zeros(size, np.bool_),
            np.zeros(size, np.int64),
            np.zeros(size, np.int16),
            np.full(size, -np.inf),
            np.full(size, np.inf),
            np.full(size, np.nan),
            np.zeros(size, np.int32),
            np.zeros(size, np.int64),
            np.zeros(size, np.int64),
        )


class Sender(NamedTuple):
    """Whose streams may be written: a party's, of some classes (empty: all).

    `party` is the primary key; None may write all.
    """

    party: int | None
    classes: frozenset[int] = frozenset()


class Sorted(NamedTuple):
    """`good` can be kept; `aside` has (reason, mask of the batch) for the others."""

    good: Mask | None
    aside: list[tuple[str, Mask]]


def first_look(rows: Rows, limits: Limits, sender: Sender, now: int) -> Sorted:
    """What can be told from a reading alone. `good` is None when all are good."""
    stream = rows.stream
    inside = (stream >= 0) & (stream < len(limits.known))
    at = stream if inside.all() else np.where(inside, stream, 0)
    found = [
        ("unknown-stream", ~(inside & limits.known[at])),
        ("foreign-stream", _foreign(at, limits, sender)),
        ("inactive-stream", ~limits.active[at]),
        ("not-finite", ~np.isfinite(rows.result)),
        ("bad-time", (rows.time < FIRST_TIME) | (rows.time >= LAST_TIME)),
        ("clock-skew", rows.time > now + limits.skew[at]),
        ("out-of-range", (rows.result < limits.minimum[at]) | (rows.result > limits.maximum[at])),
    ]
    return _exclusive(found, rows.size)


def _foreign(at: Any, limits: Limits, sender: Sender) -> Mask:
    foreign = np.zeros(len(at), np.bool_)
    if sender.party is not None:
        foreign |= limits.owner[at] != sender.party
    if sender.classes:
        foreign |= ~np.isin(limits.klass[at], list(sender.classes))
    return foreign


def _exclusive(found: list[tuple[str, Mask]], size: int) -> Sorted:
    """Each reading under the first reason that holds."""
    aside: list[tuple[str, Mask]] = []
    bad = None
    for reason, mask in found:
        if not mask.any():
            continue
        mine = mask if bad is None else mask & ~bad
        if mine.any():
            aside.append((reason, mine))
        bad = mask if bad is None else bad | mask
    return Sorted(None if bad is None else ~bad, aside)


class Runs:
    """How often each stream has sent the same result in a row, as far as was seen here."""

    def __init__(self) -> None:
        self.result = np.zeros(0)
        self.time = np.zeros(0, np.int64)
        self.length = np.zeros(0, np.int32)

    def grow(self, size: int) -> None:
        """Make room for numbers below `size`."""
        more = size - len(self.result)
        if more > 0:
            self.result = np.concatenate([self.result, np.full(more, np.nan)])
            self.time = np.concatenate([self.time, np.full(more, FIRST_TIME - 1)])
            self.length = np.concatenate([self.length, np.zeros(more, np.int32)])


def second_look(rows: Rows, limits: Limits, latest: Latest) -> Mask | None:
    """Which readings are a larger step from the one before than the stream may take.

    `before` is the reading before in the batch, or the stream's latest one if that is
    older. After a gap of more than `NEAR` intervals any value may come. None when no stream
    of the batch has such a limit.
    """
    allowed = limits.step[rows.stream]
    if np.isnan(allowed).all():
        return None
    order = np.lexsort((rows.sequence, rows.time, rows.stream))
    stream, result = rows.stream[order], rows.result[order]
    before = np.empty(rows.size)
    before[1:] = result[:-1]
    time, since = rows.time[order], np.zeros(rows.size, np.int64)
    since[1:] = time[1:] - time[:-1]
    heads = np.ones(rows.size, np.bool_)
    heads[1:] = stream[1:] != stream[:-1]
    before[heads], known_since = _known_before(rows.take(order[heads]), latest)
    since[heads] = time[heads] - known_since
    before[since > NEAR * limits.interval[stream]] = np.nan
    too_far = np.zeros(rows.size, np.bool_)
    with np.errstate(invalid="ignore"):
        too_far[order] = np.abs(result - before) > allowed[order]
    return too_far


def _known_before(heads: Rows, latest: Latest) -> Any:
    """The latest result of each stream and its time where that is older than the reading,
    else NaN and the reading's own time."""
    found, times = np.full(heads.size, np.nan), heads.time.copy()
    at = np.searchsorted(latest.stream, heads.stream)
    at[at == len(latest.stream)] = 0
    if not len(latest.stream):
        return found, times
    fits = (latest.stream[at] == heads.stream) & (latest.time[at] < heads.time)
    found[fits], times[fits] = latest.result[at[fits]], latest.time[at[fits]]
    return found, times


def mark_stuck(rows: Rows, limits: Limits, runs: Runs) -> Rows:
    """The rows, in which a stream that sends the same again and again is marked as suspect.

    Readings that are not newer than what was counted (late ones, repeats) do not count.
    """
    stuck = limits.stuck[rows.stream]
    if not stuck.any():
        return rows
    runs.grow(len(limits.stuck))
    counted = np.flatnonzero((stuck > 0) & (rows.time > runs.time[rows.stream]))
    if not len(counted):
        return rows
    some = rows.take(counted)
    order = np.lexsort((some.sequence, some.time, some.stream))
    length = _count_on(some.take(order), runs)
    suspect = counted[order[length >= stuck[counted[order]]]]
    if not len(suspect):
        return rows
    quality = rows.quality.copy()
    quality[suspect] = np.maximum(quality[suspect], SUSPECT)
    return rows._replace(quality=quality)


def _count_on(rows: Rows, runs: Runs) -> Any:
    """The length of the run of equal results at each row; `rows` are sorted."""
    stream, result = rows.stream, rows.result
    heads = np.ones(rows.size, np.bool_)
    heads[1:] = stream[1:] != stream[:-1]
    goes_on = np.zeros(rows.size, np.bool_)
    goes_on[1:] = (stream[1:] == stream[:-1]) & (result[1:] == result[:-1])
    goes_on[heads] = runs.result[stream[heads]] == result[heads]
    length = _run_lengths(goes_on, heads, runs.length[stream])
    last = np.append(heads[1:], True)
    where = stream[last]
    runs.result[where], runs.length[where] = result[last], length[last]
    runs.time[where] = rows.time[last]
    return length


def _run_lengths(goes_on: Mask, heads: Mask, carried: Any) -> Any:
    """How long the run of equal results is at each place; `carried` is what came before."""
    place = np.arange(len(goes_on))
    starts = np.maximum.accumulate(np.where(goes_on & ~heads, 0, place))
    length = place - starts + 1
    first = heads & goes_on
    group = np.cumsum(heads) - 1
    unbroken = starts == np.flatnonzero(heads)[group]
    extra = np.where(first[np.flatnonzero(heads)[group]] & unbroken, carried, 0)
    return length + extra
