"""Group commit: what waits is looked through for repeats, written as one, and then counts."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from citybrain.engines.facts import manifest as m
from citybrain.engines.facts import parts, segments
from citybrain.engines.facts import rows as r
from citybrain.engines.facts.errors import BadReadings, StoreFailed
from citybrain.engines.facts.keys import KeyIndex, first_of_each, time_order
from citybrain.engines.facts.log import LARGEST_PAYLOAD, Log
from citybrain.engines.facts.scans import originals
from citybrain.engines.facts.state import State

_GROUP_ROWS = 1 << 20
_RECORD_ROWS = (LARGEST_PAYLOAD - 64) // 32


class Receipt(NamedTuple):
    """What became of a batch: `accepted` are new and on disk, `repeated` were known already,
    `missing` (of changes) concern readings that there are not."""

    accepted: int
    repeated: int = 0
    missing: int = 0


@dataclass(slots=True, eq=False)
class Job:
    """Something that waits for the writer. `kind` says which change."""

    type: int
    rows: r.Rows
    kind: int = 0
    columns: Sequence[Any] = ()
    waiter: "Future[Receipt]" = field(default_factory=Future)


class Writer:
    """Works off jobs in their order; for one thread."""

    def __init__(self, state: State, log: Log) -> None:
        self.state, self.log = state, log
        self.listeners: list[Callable[[r.Rows], None]] = []

    def work(self, jobs: Sequence[Job]) -> None:
        """Each job's waiter gets its receipt, or why nothing was kept."""
        for group in _groups(jobs):
            try:
                if group[0].type == r.READINGS:
                    self._readings(group)
                elif group[0].type == r.CHANGES:
                    self._changes(group[0])
                else:
                    self._streams(group[0])
            except Exception as error:
                for job in group:
                    if not job.waiter.done():
                        job.waiter.set_exception(_told(error))

    def _rounded(self, group: Sequence[Job]) -> tuple[Sequence[Job], r.Rows]:
        """The jobs whose readings can be kept, and these as they will be kept."""
        rounded = self.state.streams.rounded
        try:
            return group, rounded(r.concat([job.rows for job in group]))
        except BadReadings:
            good, kept = [], []
            for job in group:
                try:
                    kept.append(rounded(job.rows))
                    good.append(job)
                except BadReadings as error:
                    job.waiter.set_exception(error)
            return good, r.concat(kept)

    def _readings(self, group: Sequence[Job]) -> None:
        group, rows = self._rounded(group)
        order = time_order(rows)
        fresh = self._fresh(rows, order)
        if fresh is None:
            accepted = in_order = rows
            if order is not None:
                in_order = rows.take(order)
        else:
            accepted = rows.take(fresh)
            in_order = accepted if order is None else rows.take(order[fresh[order]])
        self._commit(accepted, in_order)
        self._tell(group, fresh)

    def _fresh(self, rows: r.Rows, order: Any) -> r.Mask | None:
        """Which rows are new; None when all are, the usual case."""
        if not rows.size:
            return None
        state = self.state
        with state.lock:
            state.latest.grow(int(rows.stream.max()))
        fresh = None if order is None else first_of_each(rows, order)
        late = ~state.latest.are_behind_mark(rows)
        if late.any():
            where = np.flatnonzero(late)
            known = self._known(rows.take(where))
            fresh = np.ones(rows.size, np.bool_) if fresh is None else fresh
            fresh[where[known]] = False
        return None if fresh is None or fresh.all() else fresh

    def _known(self, rows: r.Rows) -> r.Mask:
        """Which keys are in the hot buffer or in segments."""
        with self.state.lock:
            found = self.state.hot.contains(rows)
            now = self.state.manifest
        if not found.all():
            rest = np.flatnonzero(~found)
            found[rest] = in_segments(self.state, now, rows.take(rest)) >= 0
        return found

    def _commit(self, accepted: r.Rows, in_order: r.Rows) -> None:
        if not accepted.size:
            return
        bounds = [*range(0, accepted.size, _RECORD_ROWS), accepted.size]
        payloads = [r.encode(accepted.take(slice(*bound))) for bound in pairwise(bounds)]
        sequence = self.log.commit(payloads)
        with self.state.lock:
            self.state.apply_rows(sequence, accepted, in_order)
        for listener in self.listeners:
            listener(in_order)

    def _tell(self, group: Sequence[Job], fresh: r.Mask | None) -> None:
        start = 0
        for job in group:
            count = job.rows.size
            new = count if fresh is None else int(np.count_nonzero(fresh[start : start + count]))
            start += count
            job.waiter.set_result(Receipt(new, count - new))

    def _changes(self, job: Job) -> None:
        """Find what each change concerns, then commit those that change something."""
        rows = job.rows if job.kind == r.DELETION else self.state.streams.rounded(job.rows)
        job.rows = rows
        kept = [_newest(self.state, rows.take(slice(n, n + 1))) for n in range(rows.size)]
        wanted, versions = [], []
        seen: dict[Any, tuple[bool, float, int, int]] = {}
        missing = 0
        for position, old in enumerate(kept):
            key = tuple(int(column[position]) for column in (rows.stream, rows.time, rows.sequence))
            old = seen.get(key, old)
            if old is None:
                missing += 1
                continue
            new = (
                job.kind == r.DELETION,
                old[1] if job.kind == r.DELETION else float(rows.result[position]),
                old[2] if job.kind == r.DELETION else int(rows.quality[position]),
            )
            if new == old[:3]:
                continue
            seen[key] = (*new, old[3] + 1)
            wanted.append((position, new[1], new[2]))
            versions.append(old[3] + 1)
        self._commit_changes(job, wanted, versions)
        job.waiter.set_result(Receipt(len(wanted), rows.size - len(wanted) - missing, missing))

    def _commit_changes(
        self, job: Job, wanted: list[tuple[int, float, int]], versions: list[int]
    ) -> None:
        if not wanted:
            return
        rows = job.rows.take([one[0] for one in wanted])
        changes = r.Changes(
            rows.stream,
            rows.time,
            np.array([one[1] for one in wanted], np.float64),
            np.array([one[2] for one in wanted], np.uint8),
            rows.sequence,
            np.full(rows.size, job.kind, np.uint8),
            np.array(versions, np.int16),
        )
        sequence = self.log.commit([r.encode_changes(changes)])
        with self.state.lock:
            self.state.apply_changes(sequence, changes)

    def _streams(self, job: Job) -> None:
        sequence = self.log.commit([r.encode_table(job.columns)])
        with self.state.lock:
            self.state.apply_streams(sequence, job.columns)
        job.waiter.set_result(Receipt(len(job.columns[0])))


def _told(error: Exception) -> Exception:
    return StoreFailed(*error.args) if isinstance(error, StoreFailed) else error


def _groups(jobs: Sequence[Job]) -> list[list[Job]]:
    """Neighbouring jobs of readings together, up to a size; all others alone."""
    groups: list[list[Job]] = []
    size = 0
    for job in jobs:
        joins = groups and job.type == groups[-1][0].type == r.READINGS
        if joins and size + job.rows.size <= _GROUP_ROWS:
            groups[-1].append(job)
            size += job.rows.size
        else:
            groups.append([job])
            size = job.rows.size
    return groups


def in_segments(state: State, now: m.Manifest, rows: r.Rows) -> Any:
    """For each row 0 when its key is in a segment, else -1."""
    found = np.full(rows.size, -1, np.int64)
    streams = np.unique(rows.stream)
    first, last = int(rows.time.min()), int(rows.time.max())
    for segment in m.touched(now.of_kind(m.RAW), streams, first, last + 1):
        near = (
            (rows.time >= segment.first_time)
            & (rows.time <= segment.last_time)
            & (rows.stream >= segment.first_stream)
            & (rows.stream <= segment.last_stream)
            & (found < 0)
        )
        where = np.flatnonzero(near)
        if not len(where):
            continue
        some = rows.take(where)
        table = segments.keys(state.place, segment, np.unique(some.stream))
        here = KeyIndex(parts.kept_of(table).rows).find(some)
        found[where[here >= 0]] = 0
    return found


def _newest(state: State, one: r.Rows) -> tuple[bool, float, int, int] | None:
    """(deleted, result, quality, version) of one key; None when there is no such reading."""
    key = (int(one.stream[0]), int(one.time[0]), int(one.sequence[0]))
    with state.lock:
        change = state.hot.changes().get(key)
        snapshot = state.snapshot()
    if change is not None:
        return (change[1] == r.DELETION, change[2], change[3], change[0])
    for version, result, quality in originals(snapshot, key):
        return (version < 0, result, quality, abs(version))
    return None
