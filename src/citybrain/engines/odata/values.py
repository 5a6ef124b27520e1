"""Values that the language knows beside text and numbers: times, durations, geometry."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shapely import Geometry as Shape
from shapely import from_wkt
from shapely.errors import ShapelyError

from citybrain.engines.odata.errors import ODataError

MOST_WKT = 20_000
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, both ends aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Geometry:
    """A shape in WGS-84 longitude and latitude, kept as text to be comparable."""

    wkt: str

    def shape(self) -> Shape:
        """The shape. Raises `ODataError` for text that is none."""
        try:
            return from_wkt(self.wkt)
        except (ShapelyError, ValueError):
            raise ODataError("not a geometry in WKT") from None


def geometry(text: str) -> Geometry:
    """A geometry literal, checked."""
    if len(text) > MOST_WKT:
        raise ODataError(f"a geometry has at most {MOST_WKT} characters")
    bare = text.partition(";")[2] if text.upper().startswith("SRID=") else text
    found = Geometry(bare)
    found.shape()
    return found


def as_time(text: str) -> datetime:
    """An ISO 8601 moment, aware; one without an offset is UTC. Raises `ODataError`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ODataError(f"{text[:40]!r} is no time in ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parse_interval(text: str) -> Interval:
    """`start/end`. Raises `ODataError`."""
    first, _, last = text.partition("/")
    found = Interval(as_time(first), as_time(last))
    if found.end < found.start:
        raise ODataError("an interval ends before it starts")
    return found


def duration(text: str) -> timedelta:
    """An ISO 8601 duration in days and less (OData knows no months). Raises `ODataError`."""
    match = DURATION.fullmatch(text)
    if match is None or text.rstrip("T") in {"P", "-P"} or text.endswith("T"):
        raise ODataError(f"{text[:40]!r} is no duration such as P1DT12H")
    parts = {name: float(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    try:
        length = timedelta(**parts)
    except OverflowError:
        raise ODataError("the duration is too long") from None
    return -length if match["sign"] else length


def start_of(value: Any) -> datetime:
    """The first moment of a time or an interval."""
    return value.start if isinstance(value, Interval) else value


def end_of(value: Any) -> datetime:
    """The last moment of a time or an interval."""
    return value.end if isinstance(value, Interval) else value
