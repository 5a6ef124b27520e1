# ruff: noqa: S608 - what is put in are numbers, or a SELECT that may read anything here
"""The store as it was at one moment: what queries read, whatever is flushed meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from citybrain.engines.facts import hot, manifest, rollups, scans, segments
from citybrain.engines.facts.asking import MOST_ROWS, SECONDS, Asker, checked_select
from citybrain.engines.facts.errors import QueryRefused
from citybrain.engines.facts.keys import KeyIndex, sorted_order
from citybrain.engines.facts.latest import Latest
from citybrain.engines.facts.places import Folder
from citybrain.engines.facts.rows import EMPTY, Rows
from citybrain.engines.facts.streams import Streams


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Questions about one moment of the store. Times are microseconds since 1970, UTC.

    Windows are start ≤ time < end. Answers are Arrow tables; `time` columns are
    timestamps in UTC. Each raises `QueryRefused` when its answer would be too large.
    """

    place: Folder
    manifest: manifest.Manifest
    chunks: tuple[hot.Chunk, ...]
    changes: dict[hot.Key, hot.Change]
    all_changes: tuple[tuple[hot.Key, hot.Change], ...]
    streams: Streams
    asker: Asker
    newest: Any

    def latest(self, streams: Sequence[int] | None = None) -> Latest:
        """The latest reading of all streams, or of some: numpy columns."""
        found: Latest = self.newest(streams)
        return found

    def raw(
        self,
        streams: Sequence[int],
        start: int,
        end: int,
        *,
        limit: int = MOST_ROWS,
        newest_first: bool = False,
        after: tuple[int, int, int] | None = None,
    ) -> pa.Table:
        """stream, time, sequence, result, quality of at most `limit` readings in the order of
        time, sequence and stream; `after` (time, sequence, stream) goes on behind the
        last row of an earlier answer."""
        scan = scans.Scan(self, streams, start, end)
        way = "DESC" if newest_first else "ASC"
        beyond = ""
        if after is not None:
            sign = "<" if newest_first else ">"
            place = ", ".join(str(int(one)) for one in after)
            beyond = f"WHERE (epoch_us(time), sequence, stream) {sign} ({place})"
        sql = (
            f"{scan.readings()} SELECT * FROM readings {beyond} "
            f"ORDER BY time {way}, sequence {way}, stream {way} LIMIT {int(limit)}"
        )
        return self.asker.ask(sql, scan.tables, most=limit)

    def count(self, start: int, end: int, streams: Sequence[int] | None = None) -> int:
        """How many readings there are, without deleted ones. Whole segments are counted by
        the manifest, so this is cheap for long windows."""
        return scans.count(self, start, end, streams)

    def rolled(
        self,
        step: str,
        start: int,
        end: int,
        streams: Sequence[int] | None = None,
        most: int = MOST_ROWS,
    ) -> pa.Table:
        """One row for each stream and hour or day (`step`: "hour", "day") that begins in the
        window: stream, time, count, minimum, maximum, mean, total, first, last, suspect, bad."""
        if step not in rollups.SPANS:
            raise QueryRefused(f"step: {' or '.join(rollups.SPANS)}")
        scan = scans.RolledScan(self, step, streams, start, end)
        sql = f"{scan.rolled()} SELECT * FROM rolled ORDER BY stream, time"
        return self.asker.ask(sql, scan.tables, most=most)

    def history(self, stream: int, start: int, end: int) -> pa.Table:
        """What corrections and deletions replaced: stream, time, sequence, version, result,
        quality; version 0 is the reading as it first came, a negative one a deletion."""
        return scans.history(self, stream, start, end)

    def sql(self, statement: str, *, most: int = 100_000, seconds: float = SECONDS) -> pa.Table:
        """One SELECT over `readings`, `hourly`, `daily`, `latest` and `streams`."""
        statement = checked_select(statement)
        scan = scans.Scan(self, None, None, None)
        hours = scans.RolledScan(self, manifest.HOUR, None, None, None)
        days = scans.RolledScan(self, manifest.DAY, None, None, None)
        newest = self.latest()
        ids, group, decimals, keeping = self.streams.columns()
        tables = scan.tables | hours.tables | days.tables
        tables["latest"] = _latest_table(newest)
        tables["streams"] = pa.table(
            {"stream": ids, "group": group, "decimals": decimals, "keeping": keeping}
        )
        views = [
            scan.readings_view("readings"),
            hours.rolled_view("hourly"),
            days.rolled_view("daily"),
        ]
        # The names stand outside, so that a statement with names of its own still works.
        wrapped = f"WITH {', '.join(views)} SELECT * FROM ({statement.rstrip().rstrip(';')}\n)"
        return self.asker.ask(wrapped, tables, most=most, seconds=seconds)

    def hot_rows(
        self, streams: Any = None, start: int | None = None, end: int | None = None
    ) -> Rows:
        """The rows of the hot buffer that were not changed since, in no order."""
        rows = hot.select(self.chunks, streams, start, end)
        if not self.changes or not rows.size:
            return rows
        changed = hot.changes_columns(self.changes)
        keys = Rows(
            changed["stream"],
            changed["time"],
            changed["result"],
            changed["quality"],
            changed["sequence"],
        )
        return rows.take(KeyIndex(keys).find(rows) < 0)

    def sorted_hot_rows(
        self, streams: Any = None, start: int | None = None, end: int | None = None
    ) -> Rows:
        """The same in the order (stream, time, sequence)."""
        rows = self.hot_rows(streams, start, end)
        return rows.take(sorted_order(rows)) if rows.size else EMPTY


def _latest_table(newest: Latest) -> pa.Table:
    return pa.table(
        {
            "stream": newest.stream,
            "time": segments.times(newest.time),
            "result": newest.result,
            "quality": np.asarray(newest.quality),
            "sequence": newest.sequence,
        }
    )
