"""What the pages draw and list of readings."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.sensing import health, stores
from citybrain.domains.sensing.intake import unpacked
from citybrain.domains.sensing.lists import moment
from citybrain.domains.sensing.models import Quarantined, Stream
from citybrain.engines.facts import questions

DAY = 86_400_000_000
MOST_POINTS = 3000
SHOWN_GAPS, SHOWN_ROWS = 20, 20


@dataclass(frozen=True, slots=True)
class Span:
    """How far back a chart goes, and in which steps; days are counted from the last reading."""

    code: str
    title: str | Promise
    days: int
    step: str


SPANS = (
    Span("raw", lazy("One day, every reading"), 1, "raw"),
    Span("hour", lazy("Two weeks by hour"), 14, "hour"),
    Span("day", lazy("A year by day"), 366, "day"),
)


def span_named(code: str) -> Span:
    """The span of a code, the first one for any other text."""
    return next((one for one in SPANS if one.code == code), SPANS[0])


def per_day(rows: Sequence[tuple[Any, int]]) -> dict[str, Any]:
    """The chart of readings by day."""
    return {
        "type": "bar",
        "title": _("Readings by day"),
        "unit": "",
        "categories": [_local(day).strftime("%Y-%m-%d") for day, _count in rows],
        "series": [{"name": _("Readings"), "data": [count for _day, count in rows]}],
    }


def _local(naive: datetime) -> datetime:
    return localtime(naive.replace(tzinfo=UTC))


def of_stream(row: Stream, span: Span, name: str) -> dict[str, Any]:
    """The chart of a stream's readings up to its last one."""
    found = health.newest(row.number)
    end = (found[0] if found else int(time.time() * 1e6)) + 1
    start = end - span.days * DAY
    snapshot = stores.snapshot()
    if span.step == "raw":
        table = snapshot.raw([row.number], start, end, limit=MOST_POINTS, newest_first=True)
        table = table.take(np.arange(table.num_rows)[::-1])
        series = [{"name": _("Reading"), "data": table.column("result").to_pylist()}]
    else:
        table = snapshot.rolled(span.step, start, end, [row.number])
        names = (("mean", _("Mean")), ("minimum", _("Least")), ("maximum", _("Greatest")))
        series = [
            {"name": title, "data": [_rounded(one, row) for one in table.column(code).to_pylist()]}
            for code, title in names
        ]
    form = "%Y-%m-%d" if span.step == "day" else "%m-%d %H:%M"
    return {
        "type": "line",
        "title": name,
        "unit": row.stream_class.unit,
        "categories": [_local(one).strftime(form) for one in table.column("time").to_pylist()],
        "series": series,
    }


def _rounded(value: float, row: Stream) -> float:
    return round(value, max(row.stream_class.decimals, 0) + 1)


def gaps_of(row: Stream) -> list[dict[str, Any]]:
    """Where nothing came in the week up to the last reading, the longest first."""
    found = health.newest(row.number)
    if found is None:
        return []
    longest = health.LATE_AFTER * row.stream_class.interval_seconds * 1_000_000
    end = found[0] + 1
    span = max(7 * DAY, 10 * longest)
    table = questions.gaps(stores.snapshot(), [row.number], end - span, end, longest)
    rows = sorted(table.to_pylist(), key=lambda one: -one["seconds"])[:SHOWN_GAPS]
    return [
        {
            "begin": _local(one["begin"]),
            "until": _local(one["until"]),
            "hours": round(one["seconds"] / 3600, 1),
        }
        for one in rows
    ]


def sample_of(row: Quarantined) -> list[dict[str, Any]]:
    """The first readings of a batch that was put aside."""
    rows = unpacked(bytes(row.columns)).slice(0, SHOWN_ROWS).to_pylist()
    return [
        {
            "stream": one["code"] or one["stream"],
            "time": one["time"],
            "at": _instant(one["time"]),
            "result": one["result"],
            "sequence": one["sequence"],
        }
        for one in rows
    ]


def _instant(micros: int) -> datetime | None:
    """The time, None where it is so wrong that there is no such day."""
    try:
        return moment(micros)
    except (ValueError, OverflowError, OSError):
        return None
