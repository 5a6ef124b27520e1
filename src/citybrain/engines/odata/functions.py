"""The functions of the standard (OGC 18-088, table 23), each over plain values.

An argument that is null makes the answer null, as in OData. What does not fit a function
(the length of a number) is an `ODataError`, so that a wrong query is told and not empty.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from shapely import Geometry as Shape
from shapely.ops import nearest_points

from citybrain.engines.odata.errors import ODataError
from citybrain.engines.odata.values import Geometry, Interval, end_of, start_of

EARTH = 6_371_008.8
"""Mean radius in metres, IUGG."""


@dataclass(frozen=True, slots=True)
class Function:
    """`call` gets values, never None. `arity` lists how many arguments it takes."""

    call: Callable[..., Any]
    arity: tuple[int, ...]
    is_condition: bool = False


FUNCTIONS: dict[str, Function] = {}


def _add(names: dict[str, Callable[..., Any]], *arity: int, condition: bool = False) -> None:
    FUNCTIONS.update({name: Function(call, arity, condition) for name, call in names.items()})


def text(value: Any) -> str:
    """The value as the text that it must be."""
    if not isinstance(value, str):
        raise ODataError("a text function takes texts")
    return value


def number(value: Any) -> Any:
    """The value as the number that it must be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ODataError("a numeric function takes numbers")
    return value


def moment(value: Any) -> datetime:
    """The value as the moment that it must be; of an interval the start."""
    value = start_of(value)
    if not isinstance(value, datetime):
        raise ODataError("a function of time takes a time")
    return value


def shape(value: Any) -> Shape:
    """The value as the shape that it must be: a literal, GeoJSON, or a feature of it."""
    if isinstance(value, Geometry):
        return value.shape()
    if isinstance(value, dict):
        return _of_geojson(value)
    raise ODataError("a geometric function takes geometries")


def _of_geojson(value: dict[str, Any]) -> Shape:
    from shapely.geometry import shape as made

    try:
        return made(value["geometry"] if value.get("type") == "Feature" else value)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ODataError("not a geometry in GeoJSON") from None


def distance(left: Any, right: Any) -> float:
    """Metres on the sphere between the nearest points of two shapes."""
    first, second = nearest_points(shape(left), shape(right))
    return _metres(first.x, first.y, second.x, second.y)


def _metres(x1: float, y1: float, x2: float, y2: float) -> float:
    a, b = math.radians(y1), math.radians(y2)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(x2 - x1) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def length(value: Any) -> float:
    """Metres along a line."""
    points = list(getattr(shape(value), "coords", ()))
    pairs = itertools.pairwise(points)
    return sum(_metres(a[0], a[1], b[0], b[1]) for a, b in pairs)


def _relation(name: str) -> Callable[[Any, Any], bool]:
    return lambda left, right: bool(getattr(shape(left), name)(shape(right)))


def _substring(value: Any, start: Any, count: Any = None) -> str:
    begin = int(number(start))
    if begin < 0 or (count is not None and number(count) < 0):
        raise ODataError("substring counts from 0")
    return text(value)[begin:] if count is None else text(value)[begin : begin + int(count)]


def _rounded(value: Any) -> int:
    """Halves away from zero, as OData says."""
    return int(math.copysign(math.floor(abs(number(value)) + 0.5), value))


def _offset(value: Any) -> int:
    found = moment(value).utcoffset()
    return int(found.total_seconds() // 60) if found else 0


def _date(value: Any) -> date:
    return moment(value).date()


def _time(value: Any) -> time:
    return moment(value).time()


def _ordered(value: Any) -> tuple[datetime, datetime]:
    return moment(value), end_of(value)


def _overlaps(left: Any, right: Any) -> bool:
    (a, b), (c, d) = _ordered(left), _ordered(right)
    return a <= d and c <= b


def _during(left: Any, right: Any) -> bool:
    if not isinstance(right, Interval):
        raise ODataError("during takes an interval on its right")
    first, last = _ordered(left)
    return right.start <= first and last <= right.end


def _relate(left: Any, right: Any, pattern: Any) -> bool:
    if len(text(pattern)) != 9 or set(pattern) - set("012TF*"):
        raise ODataError("a DE-9IM pattern has nine of 0 1 2 T F *")
    return bool(shape(left).relate_pattern(shape(right), pattern))


_add({"substringof": lambda part, whole: text(part) in text(whole)}, 2, condition=True)
_add({"contains": lambda whole, part: text(part) in text(whole)}, 2, condition=True)
_add({"endswith": lambda whole, part: text(whole).endswith(text(part))}, 2, condition=True)
_add({"startswith": lambda whole, part: text(whole).startswith(text(part))}, 2, condition=True)
_add({"indexof": lambda whole, part: text(whole).find(text(part))}, 2)
_add({"concat": lambda left, right: text(left) + text(right)}, 2)
_add({"substring": _substring}, 2, 3)
_add({"length": lambda value: len(text(value))}, 1)
_add({"tolower": lambda value: text(value).lower()}, 1)
_add({"toupper": lambda value: text(value).upper()}, 1)
_add({"trim": lambda value: text(value).strip()}, 1)
for _name in ("year", "month", "day", "hour", "minute", "second"):
    _add({_name: lambda value, name=_name: getattr(moment(value), name)}, 1)
_add({"fractionalseconds": lambda value: moment(value).microsecond / 1_000_000}, 1)
_add({"date": _date, "time": _time, "totaloffsetminutes": _offset}, 1)
_add({"now": lambda: datetime.now(UTC)}, 0)
_add({"mindatetime": lambda: datetime.min.replace(tzinfo=UTC)}, 0)
_add({"maxdatetime": lambda: datetime.max.replace(tzinfo=UTC)}, 0)
_add({"round": _rounded}, 1)
_add({"floor": lambda value: math.floor(number(value))}, 1)
_add({"ceiling": lambda value: math.ceil(number(value))}, 1)
_add({"geo.distance": distance}, 2)
_add({"geo.length": length}, 1)
_add({"geo.intersects": _relation("intersects")}, 2, condition=True)
for _name in ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects"):
    _add({f"st_{_name}": _relation(_name)}, 2, condition=True)
_add({"st_contains": _relation("contains")}, 2, condition=True)
_add({"st_relate": _relate}, 3, condition=True)
_add({"before": lambda a, b: end_of(a) < moment(b)}, 2, condition=True)
_add({"after": lambda a, b: moment(a) > end_of(b)}, 2, condition=True)
_add({"overlaps": _overlaps}, 2, condition=True)
_add({"during": _during}, 2, condition=True)
