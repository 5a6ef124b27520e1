"""Readings on their way into and out of segments: partitioned, sorted, with versions."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from citybrain.engines.facts import manifest as m
from citybrain.engines.facts import rollups, segments
from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.facts.keys import sorted_order
from citybrain.engines.facts.places import Folder, digest_of
from citybrain.engines.facts.rows import Rows, concat
from citybrain.engines.facts.streams import Streams


class Kept(NamedTuple):
    """Rows and the version of each (negative: deleted)."""

    rows: Rows
    version: Any

    def take(self, which: Any) -> "Kept":
        """The rows of a mask or of positions."""
        return Kept(self.rows.take(which), self.version[which])

    @property
    def alive(self) -> Rows:
        """The rows that were not deleted."""
        gone = self.version < 0
        return self.rows.take(~gone) if gone.any() else self.rows


class Part(NamedTuple):
    """What lies in one file: streams of one group and resolution in one week."""

    group: int
    decimals: int
    week: int


def partitioned(kept: Kept, streams: Streams) -> Iterator[tuple[Part, Kept]]:
    """The rows part by part, each sorted by stream, time and sequence."""
    weeks = m.week_of(kept.rows.time)
    ranks = _ranks(streams)
    for week in np.unique(weeks).tolist():
        one = kept.take(weeks == week)
        ranked = one.rows._replace(stream=ranks[one.rows.stream])
        one = one.take(sorted_order(ranked))
        yield from _split(one, streams, week)


def _ranks(streams: Streams) -> Any:
    """For each stream its place in the order (group, decimals, id)."""
    ids, group, decimals, _ = streams.columns()
    order = np.lexsort((ids, decimals, group))
    ranks = np.zeros(len(streams.group), np.int32)
    ranks[ids[order]] = np.arange(len(ids), dtype=np.int32)
    return ranks


def _split(kept: Kept, streams: Streams, week: int) -> Iterator[tuple[Part, Kept]]:
    group = streams.group[kept.rows.stream]
    decimals = streams.decimals[kept.rows.stream]
    edges = np.flatnonzero((np.diff(group) != 0) | (np.diff(decimals) != 0)) + 1
    bounds = [0, *edges.tolist(), len(group)]
    for begin, end in pairwise(bounds):
        part = Part(int(group[begin]), int(decimals[begin]), week)
        yield part, kept.take(slice(begin, end))


def write(place: Folder, part: Part, kept: Kept, level: int) -> list[m.Segment]:
    """Write a part's readings and roll-ups; nothing counts until a manifest names them."""
    name = f"{part.group}-{secrets.token_hex(6)}"
    tables = {m.RAW: _raw(kept, part.decimals)}
    alive = kept.alive
    if alive.size:
        tables |= {kind: rollups.rolled(alive, kind, part.decimals) for kind in (m.HOUR, m.DAY)}
    made = [_write_one(place, part, kind, table, name, level) for kind, table in tables.items()]
    return [replace(made[0], deleted=kept.rows.size - alive.size), *made[1:]]


def write_history(place: Folder, kept: Kept) -> m.Segment:
    """Write superseded readings; their results keep every bit, whatever their stream."""
    part = Part(0, -1, 0)
    table = _raw(kept, part.decimals)
    return _write_one(place, part, m.HISTORY, table, secrets.token_hex(6), 1)


def _raw(kept: Kept, decimals: int) -> pa.Table:
    rows = kept.rows
    return pa.table(
        {
            "stream": rows.stream,
            "time": segments.times(rows.time),
            "sequence": rows.sequence,
            "result": segments.results(rows.result, decimals),
            "quality": rows.quality.astype(np.int32),
            "version": kept.version.astype(np.int32),
        }
    )


def _write_one(
    place: Folder, part: Part, kind: str, table: pa.Table, name: str, level: int
) -> m.Segment:
    path = f"{part.week}/{name}-{kind}.parquet"
    draft = place.draft(path)
    try:
        segments.write(draft, table, (part.group, part.decimals, kind))
        digest, size = digest_of(draft), draft.stat().st_size
        place.publish(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    stream, time = table.column("stream").to_numpy(), segments.numbers(table.column("time"))
    return m.Segment(
        kind=kind,
        name=path,
        group=part.group,
        week=part.week,
        decimals=part.decimals,
        level=level,
        part=name,
        count=table.num_rows,
        deleted=0,
        bytes=size,
        sha256=digest,
        first_time=int(time.min()),
        last_time=int(time.max()),
        first_stream=int(stream.min()),
        last_stream=int(stream.max()),
    )


def load(place: Folder, segment: m.Segment) -> Kept:
    """A segment's rows. Raises `StoreDamaged` unless it is bit for bit what was written:
    what is going to be replaced must not carry damage on."""
    if place.digest(segment.name) != segment.sha256:
        raise StoreDamaged(segment.name, "its hash is not that of the manifest")
    return kept_of(segments.read(place, segment))


def kept_of(table: pa.Table) -> Kept:
    """The rows of a raw or history table."""
    column = {name: segments.numbers(table.column(name)) for name in table.column_names}
    rows = Rows(
        column["stream"].astype(np.int32),
        column["time"],
        column["result"],
        column["quality"].astype(np.uint8),
        column["sequence"],
    )
    return Kept(rows, column["version"].astype(np.int16))


def joined(several: list[Kept]) -> Kept:
    """All rows behind one another."""
    version = np.concatenate([one.version for one in several])
    return Kept(concat([one.rows for one in several]), version)
