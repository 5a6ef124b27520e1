# ruff: noqa: S608 - what is put in are numbers and names of our own
"""Questions that need more than one look: anomalies, correlation, gaps.

Each is SQL over the views of `scans`; answers are Arrow tables, bounded in rows.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from citybrain.engines.facts.errors import QueryRefused
from citybrain.engines.facts.manifest import DAY, HOUR
from citybrain.engines.facts.scans import RolledScan, Scan
from citybrain.engines.facts.snapshot import Snapshot

_DAY = 86_400_000_000
_WEEK = 7 * _DAY
MAD_TO_SIGMA = 1.4826
"""The median absolute deviation of a normal distribution times this is its deviation."""


def anomalies(
    snapshot: Snapshot,
    day: int,
    *,
    streams: Sequence[int] | None = None,
    weeks: int = 4,
    least: float = 3.5,
    limit: int = 100,
) -> pa.Table:
    """The hours of a day (its first microsecond) that differ most from the same hours of
    the weeks before: stream, time, mean, usual, spread, score (robust z), weeks.

    The score is (mean - median) / (1.4826 * median absolute deviation) over the same hour of
    the week; where all weeks agree exactly, the spread is one part in a thousand of the
    median, at least 1e-6, so that a change still counts. Needs three earlier weeks.
    """
    if not 3 <= weeks <= 52:
        raise QueryRefused("weeks: 3 to 52")
    scan = RolledScan(snapshot, HOUR, streams, day - weeks * _WEEK, day + _DAY)
    # Of the weeks before only the same day matters.
    scan.also = f"(epoch_us(time) - {int(day) - weeks * _WEEK}) % {_WEEK} < {_DAY}"
    sql = (
        f"{scan.rolled()}, "
        f"now AS (SELECT stream, time, mean FROM rolled WHERE time >= make_timestamp({day})), "
        "past AS (SELECT now.stream, now.time, rolled.mean FROM now JOIN rolled ON "
        f"rolled.stream = now.stream AND rolled.time < make_timestamp({day}) AND "
        f"(epoch_us(now.time) - epoch_us(rolled.time)) % {_WEEK} = 0), "
        "usual AS (SELECT stream, time, median(mean) AS usual, mad(mean) AS mad, "
        "count(*) AS weeks FROM past GROUP BY stream, time HAVING count(*) >= 3), "
        "scored AS (SELECT now.stream, now.time, now.mean, usual.usual, "
        f"greatest({MAD_TO_SIGMA} * usual.mad, abs(usual.usual) / 1000, 1e-6) AS spread, "
        "usual.weeks FROM now JOIN usual USING (stream, time)) "
        "SELECT stream, time, mean, usual, spread, (mean - usual) / spread AS score, weeks "
        f"FROM scored WHERE abs((mean - usual) / spread) >= {float(least)} "
        f"ORDER BY abs((mean - usual) / spread) DESC, stream, time LIMIT {int(limit)}"
    )
    return snapshot.asker.ask(sql, scan.tables, most=limit)


def correlation(
    snapshot: Snapshot, one: int, other: int, start: int, end: int, step: str = HOUR
) -> dict[str, Any]:
    """How two streams go together: Pearson's coefficient of their hourly (or daily) means,
    the number of hours that both have, and the line other = slope * one + intercept."""
    if step not in (HOUR, DAY):
        raise QueryRefused(f"step: {HOUR} or {DAY}")
    scan = RolledScan(snapshot, step, [one, other], start, end)
    sql = (
        f"{scan.rolled()} SELECT corr(b.mean, a.mean) AS coefficient, count(*) AS pairs, "
        "regr_slope(b.mean, a.mean) AS slope, regr_intercept(b.mean, a.mean) AS intercept "
        f"FROM rolled a JOIN rolled b USING (time) WHERE a.stream = {int(one)} "
        f"AND b.stream = {int(other)}"
    )
    found: dict[str, Any] = snapshot.asker.ask(sql, scan.tables).to_pylist()[0]
    value = found["coefficient"]
    return found | {"coefficient": None if value is None or value != value else value}


def gaps(
    snapshot: Snapshot,
    streams: Sequence[int],
    start: int,
    end: int,
    longest: int,
    limit: int = 10_000,
) -> pa.Table:
    """Where nothing came for longer than `longest` microseconds: stream, begin, until,
    seconds. The beginning and the end of the window count like readings, so a stream that
    is silent throughout has one gap as long as the window."""
    scan = Scan(snapshot, streams, start, end)
    scan.tables["asked"] = pa.table({"stream": pa.array(sorted(set(streams)), pa.int32())})
    sql = (
        f"{scan.readings()}, "
        "points AS (SELECT stream, time FROM readings "
        f"UNION ALL SELECT stream, make_timestamp({int(start)}) FROM asked "
        f"UNION ALL SELECT stream, make_timestamp({int(end)}) FROM asked), "
        "steps AS (SELECT stream, time AS begin, "
        "lead(time) OVER (PARTITION BY stream ORDER BY time) AS until FROM points) "
        "SELECT stream, begin, until, (epoch_us(until) - epoch_us(begin)) / 1e6 AS seconds "
        f"FROM steps WHERE epoch_us(until) - epoch_us(begin) > {int(longest)} "
        f"ORDER BY stream, begin LIMIT {int(limit)}"
    )
    return snapshot.asker.ask(sql, scan.tables, most=limit)


def per_day(
    snapshot: Snapshot, start: int, end: int, streams: Sequence[int] | None = None
) -> pa.Table:
    """How many readings each day (in China) of the window has: time, count."""
    scan = RolledScan(snapshot, DAY, streams, start, end)
    sql = f"{scan.rolled()} SELECT time, sum(count)::BIGINT AS count FROM rolled GROUP BY time"
    return snapshot.asker.ask(f"{sql} ORDER BY time", scan.tables)
