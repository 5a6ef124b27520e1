# ruff: noqa: S608 - what is put in are numbers and names of our own files
"""The SQL under the questions: segments of each resolution, hot rows, changes on top."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from citybrain.engines.facts import hot, manifest, rollups, segments
from citybrain.engines.facts.manifest import ZONE, Segment
from citybrain.engines.facts.rows import CORRECTION, EMPTY, Rows
from citybrain.engines.facts.streams import FLOATING

if TYPE_CHECKING:
    from citybrain.engines.facts.snapshot import Snapshot

_READING = "stream, time, sequence, result::DOUBLE AS result, quality::UTINYINT AS quality"
_MEASURES = ("minimum", "maximum", "total", "first", "last")
_ROLLED = (
    "stream, time, count, "
    + ", ".join(f"{name}::DOUBLE AS {name}" for name in _MEASURES)
    + ", first_time, first_sequence, last_time, last_sequence, suspect, bad"
)
_NO_READINGS = (
    "SELECT 0::INTEGER AS stream, NULL::TIMESTAMP AS time, 0::BIGINT AS sequence, "
    "0::DOUBLE AS result, 0::UTINYINT AS quality WHERE false"
)


def ids(streams: Sequence[int] | None) -> Any:
    """Stream ids, sorted and once each; None stays None."""
    return None if streams is None else np.unique(np.asarray(streams, np.int32))


class Scan:
    """Readings of some streams in a window, as SQL over `tables`."""

    also = ""
    """A further condition on `time`, put where files are read."""

    def __init__(
        self,
        snapshot: "Snapshot",
        streams: Sequence[int] | None,
        start: int | None,
        end: int | None,
    ) -> None:
        self.snapshot, self.start, self.end = snapshot, start, end
        self.streams = ids(streams)
        self.tables: dict[str, pa.Table] = {}
        rows = hot.select(snapshot.chunks, self.streams, start, end)
        self.tables["hot"] = hot_table(rows)
        self.changed = bool(snapshot.changes)
        if self.changed:
            self.tables["changed"] = _changed_table(snapshot.changes)
        if self.streams is not None and len(self.streams) > 1:
            self.tables["wanted"] = pa.table({"stream": self.streams})

    def readings(self) -> str:
        """A WITH clause that defines `readings`."""
        return f"WITH {self.readings_view('readings')}"

    def readings_view(self, name: str) -> str:
        """The definition of a common table with the readings."""
        kept = manifest.touched(
            self.snapshot.manifest.of_kind(manifest.RAW), self.streams, self.start, self.end
        )
        where = self.where()
        branches = [
            f"SELECT {_READING} FROM read_parquet([{files}]) WHERE version >= 0 AND {where}"
            for files in files_by_decimals(self.snapshot, kept)
        ]
        base = " UNION ALL ".join([*branches, "SELECT * FROM hot"])
        if not self.changed:
            return f"{name} AS ({base})"
        return (
            f"{name} AS (SELECT * FROM ({base}) ANTI JOIN changed USING (stream, time, sequence) "
            f"UNION ALL SELECT {_READING} FROM changed WHERE NOT gone AND {where})"
        )

    def last(self) -> Rows:
        """The newest reading, or no row."""
        sql = f"{self.readings()} SELECT * FROM readings ORDER BY time DESC, sequence DESC LIMIT 1"
        return rows_of(self.snapshot.asker.ask(sql, self.tables))

    def where(self) -> str:
        """The condition on streams and time."""
        parts = [*self._where_streams()]
        if self.start is not None:
            parts.append(f"time >= make_timestamp({int(self.start)})")
        if self.end is not None:
            parts.append(f"time < make_timestamp({int(self.end)})")
        if self.also:
            parts.append(self.also)
        return " AND ".join(parts) or "true"

    def _where_streams(self) -> list[str]:
        if self.streams is None:
            return []
        if not len(self.streams):
            return ["false"]
        low, high = int(self.streams[0]), int(self.streams[-1])
        if low == high:
            return [f"stream = {low}"]
        near = f"stream BETWEEN {low} AND {high}"
        if high - low + 1 == len(self.streams):
            return [near]
        return [near, "stream IN (SELECT stream FROM wanted)"]


class RolledScan(Scan):
    """Roll-ups: those of the segments, those of the hot rows, and new ones where a change
    makes those of the segments untrue."""

    def __init__(
        self,
        snapshot: "Snapshot",
        step: str,
        streams: Sequence[int] | None,
        start: int | None,
        end: int | None,
    ) -> None:
        self.snapshot, self.step, self.start, self.end = snapshot, step, start, end
        self.streams = ids(streams)
        self.tables = {}
        self.changed = bool(snapshot.changes)
        if self.streams is not None and len(self.streams) > 1:
            self.tables["wanted"] = pa.table({"stream": self.streams})
        self._names = (f"hot_{step}", f"dirty_{step}")
        self._prepare()

    def _prepare(self) -> None:
        """Roll up the hot rows; hours that a change touches wholly from their readings."""
        hot_name, dirty_name = self._names
        begin, end = self._reach()
        rows = self.snapshot.sorted_hot_rows(self.streams, begin, end)
        tables = []
        if self.changed:
            dirty = self._dirty()
            self.tables[dirty_name] = dirty
            spots = _spots(dirty)
            inside = _in_spots(rows, spots, rollups.SPANS[self.step])
            rows = rows.take(~inside)
            tables.append(rollups.rolled(self._readings_of(dirty), self.step, FLOATING))
        tables.append(rollups.rolled(rows, self.step, FLOATING))
        self.tables[hot_name] = pa.concat_tables(tables)

    def _reach(self) -> tuple[int | None, int | None]:
        """The window of readings whose hours begin in the window."""
        span = rollups.SPANS[self.step]
        return tuple(  # type: ignore[return-value]
            None if one is None else -((-one - ZONE) // span) * span - ZONE
            for one in (self.start, self.end)
        )

    def _dirty(self) -> pa.Table:
        span = rollups.SPANS[self.step]
        changed = hot.changes_columns(self.snapshot.changes)
        begin = (changed["time"] + ZONE) // span * span - ZONE
        spots = np.unique(np.stack([changed["stream"].astype(np.int64), begin]), axis=1)
        if self.streams is not None:
            spots = spots[:, np.isin(spots[0], self.streams)]
        return pa.table({"stream": spots[0].astype(np.int32), "time": segments.times(spots[1])})

    def _readings_of(self, dirty: pa.Table) -> Rows:
        """All readings of the touched hours, sorted."""
        spots = _spots(dirty)
        if not spots:
            return EMPTY
        span = rollups.SPANS[self.step]
        begins = [one[1] for one in spots]
        scan = Scan(self.snapshot, [s for s, _ in spots], min(begins), max(begins) + span)
        sql = f"{scan.readings()} SELECT * FROM readings ORDER BY stream, time, sequence"
        rows = rows_of(self.snapshot.asker.ask(sql, scan.tables))
        return rows.take(_in_spots(rows, spots, span))

    def rolled(self) -> str:
        """A WITH clause that defines `rolled`."""
        return f"WITH {self.rolled_view('rolled')}"

    def rolled_view(self, name: str) -> str:
        """The definition of a common table with the roll-ups."""
        hot_name, dirty_name = self._names
        start, end = self._reach()
        kept = manifest.touched(self.snapshot.manifest.of_kind(self.step), self.streams, start, end)
        where = self.where()
        branches = [
            f"SELECT {_ROLLED} FROM read_parquet([{files}]) WHERE {where}"
            for files in files_by_decimals(self.snapshot, kept)
        ]
        base = " UNION ALL ".join(branches)
        if base and self.changed:
            base = f"SELECT * FROM ({base}) ANTI JOIN {dirty_name} USING (stream, time)"
        hot_part = f"SELECT {_ROLLED} FROM {hot_name} WHERE {where}"
        base = f"{base} UNION ALL {hot_part}" if base else hot_part
        return (
            f"{name} AS (SELECT stream, time, sum(count)::BIGINT AS count, "
            "min(minimum) AS minimum, max(maximum) AS maximum, "
            "sum(total) / sum(count) AS mean, sum(total) AS total, "
            "arg_min(first, row(first_time, first_sequence)) AS first, "
            "arg_max(last, row(last_time, last_sequence)) AS last, "
            "sum(suspect)::BIGINT AS suspect, sum(bad)::BIGINT AS bad "
            f"FROM ({base}) GROUP BY stream, time)"
        )


def files_by_decimals(snapshot: "Snapshot", kept: Sequence[Segment]) -> list[str]:
    """For each resolution the list of files, as SQL literals."""
    by_decimals: dict[int, list[str]] = {}
    for one in kept:
        address = snapshot.place.address(one.name).replace("'", "''")
        by_decimals.setdefault(one.decimals, []).append(f"'{address}'")
    return [", ".join(by_decimals[decimals]) for decimals in sorted(by_decimals)]


def hot_table(rows: Rows) -> pa.Table:
    """Rows as an Arrow table, without copying."""
    return pa.table(
        {
            "stream": rows.stream,
            "time": segments.times(rows.time),
            "sequence": rows.sequence,
            "result": rows.result,
            "quality": rows.quality,
        }
    )


def rows_of(table: pa.Table) -> Rows:
    """An answer of readings as rows."""
    column = {name: segments.numbers(table.column(name)) for name in Rows._fields}
    return Rows(**column)


def _changed_table(changes: dict[hot.Key, hot.Change]) -> pa.Table:
    columns = hot.changes_columns(changes)
    columns["time"] = segments.times(columns["time"])
    return pa.table(columns)


def _spots(dirty: pa.Table) -> list[tuple[int, int]]:
    stream = segments.numbers(dirty.column("stream")).tolist()
    return list(zip(stream, segments.numbers(dirty.column("time")).tolist(), strict=True))


def _in_spots(rows: Rows, spots: list[tuple[int, int]], span: int) -> Any:
    begin = (rows.time + ZONE) // span * span - ZONE
    inside = np.zeros(rows.size, np.bool_)
    for stream in {one for one, _ in spots}:
        begins = [at for one, at in spots if one == stream]
        inside |= (rows.stream == stream) & np.isin(begin, begins)
    return inside


def count(snapshot: "Snapshot", start: int, end: int, streams: Sequence[int] | None) -> int:
    """Readings in a window: whole segments by the manifest, the others by counting."""
    wanted = ids(streams)
    if wanted is not None or snapshot.changes:
        scan = Scan(snapshot, streams, start, end)
        return _single(snapshot, f"{scan.readings()} SELECT count(*) FROM readings", scan.tables)
    total, cut = 0, []
    for one in manifest.touched(snapshot.manifest.of_kind(manifest.RAW), None, start, end):
        if start <= one.first_time and one.last_time < end:
            total += one.count - one.deleted
        else:
            cut.append(one)
    total += hot.select(snapshot.chunks, None, start, end).size
    for files in files_by_decimals(snapshot, cut):
        sql = (
            f"SELECT count(*) FROM read_parquet([{files}]) WHERE version >= 0 AND "
            f"time >= make_timestamp({int(start)}) AND time < make_timestamp({int(end)})"
        )
        total += _single(snapshot, sql, {})
    return total


def _single(snapshot: "Snapshot", sql: str, tables: dict[str, pa.Table]) -> int:
    return int(snapshot.asker.ask(sql, tables).column(0)[0].as_py())


def history(snapshot: "Snapshot", stream: int, start: int, end: int) -> pa.Table:
    """Superseded values: those of history segments, and what hot changes replaced."""
    scan = Scan(snapshot, [stream], start, end)
    kept = manifest.touched(snapshot.manifest.of_kind(manifest.HISTORY), scan.streams, start, end)
    columns = "stream, time, sequence, version::INTEGER AS version, result, quality::UTINYINT"
    branches = [
        f"SELECT {columns} AS quality FROM read_parquet([{files}]) WHERE {scan.where()}"
        for files in files_by_decimals(snapshot, kept)
    ]
    scan.tables["replaced"] = _replaced(snapshot, stream, start, end)
    branches.append(f"SELECT {columns} AS quality FROM replaced")
    sql = f"SELECT * FROM ({' UNION ALL '.join(branches)}) ORDER BY time, sequence, abs(version)"
    return snapshot.asker.ask(sql, scan.tables)


def _replaced(snapshot: "Snapshot", stream: int, start: int, end: int) -> pa.Table:
    """What the changes of the hot buffer replaced: earlier changes, and the reading itself."""
    of_stream = {
        key: change
        for key, change in snapshot.changes.items()
        if key[0] == stream and start <= key[1] < end
    }
    found = [
        (*key, change[0] if change[1] == CORRECTION else -change[0], change[2], change[3])
        for key, change in snapshot.all_changes
        if key in of_stream and of_stream[key] is not change
    ]
    for key in of_stream:
        found += [(*key, *state) for state in originals(snapshot, key)]
    names = ("stream", "time", "sequence", "version", "result", "quality")
    columns = list(zip(*found, strict=True)) or [()] * len(names)
    types = (pa.int32(), pa.int64(), pa.int64(), pa.int32(), pa.float64(), pa.uint8())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    arrays[1] = arrays[1].cast(pa.timestamp("us"))
    return pa.table(dict(zip(names, arrays, strict=True)))


def originals(snapshot: "Snapshot", key: hot.Key) -> list[tuple[int, float, int]]:
    """(version, result, quality) of a key in chunks and segments, whatever changed it since."""
    stream, instant, sequence = key
    rows = hot.select(snapshot.chunks, np.array([stream], np.int32), instant, instant + 1)
    rows = rows.take(rows.sequence == sequence)
    found = [(0, float(rows.result[n]), int(rows.quality[n])) for n in range(rows.size)]
    kept = manifest.touched(
        snapshot.manifest.of_kind(manifest.RAW), np.array([stream]), instant, instant + 1
    )
    for files in files_by_decimals(snapshot, kept):
        sql = (
            f"SELECT version, result::DOUBLE, quality FROM read_parquet([{files}]) WHERE stream = "
            f"{stream} AND time = make_timestamp({instant}) AND sequence = {sequence}"
        )
        table = snapshot.asker.ask(sql, {})
        found += list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return found
