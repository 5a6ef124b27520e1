"""The parameters of a search of records, read strictly, and what they find."""

import functools
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from citybrain.domains.catalogue.records.places import Box, within
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search

LIMIT, MOST = 10, 1_000
SERVICES = frozenset({"api", "verification"})
"""Kinds whose records are of the type "service"; all others are a "dataset"."""
KNOWN = (
    *("bbox", "datetime", "limit", "offset", "q", "type", "ids"),
    *("externalIds", "externalid", "f"),
)


class BadParameterError(ValueError):
    """The message names the parameter and what it takes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search. `since` and `until` are of the publication; `until` is exclusive."""

    limit: int
    offset: int
    words: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None


def read(given: Mapping[str, str]) -> Asked:
    """Raises `BadParameterError`, also for a parameter that there is not."""
    unknown = sorted(set(given) - set(KNOWN))
    if unknown:
        raise BadParameterError(f"unknown parameter: {', '.join(unknown)[:80]}")
    if any("\x00" in one or len(one) > 2000 for one in given.values()):
        raise BadParameterError("a value is too long or holds a NUL")
    if given.get("f", "json") not in {"json", "geojson"}:
        raise BadParameterError("f must be json")
    since, until = _interval(given.get("datetime", ""))
    return Asked(
        limit=min(max(_number(given, "limit", LIMIT), 1), MOST),
        offset=_number(given, "offset", 0),
        words=_listed(given, "q"),
        types=_listed(given, "type"),
        ids=_listed(given, "ids"),
        codes=_listed(given, "externalIds") or _listed(given, "externalid"),
        box=_box(given.get("bbox", "")),
        since=since,
        until=until,
    )


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadParameterError(f"{name} must be a natural number")
    return int(text)


def _listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = [one.strip() for one in given.get(name, "").split(",")]
    return tuple(one for one in parts if one)[:100]


def _box(text: str) -> Box | None:
    if not text:
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[at] for at in (0, 1, 3, 4)]
    if len(numbers) != 4:
        raise BadParameterError("bbox must be 4 or 6 numbers, parted by commas")
    west, south, east, north = numbers
    lies = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not lies:
        raise BadParameterError("bbox must be west,south,east,north in degrees (WGS 84)")
    return west, south, east, north


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    """An instant, a day, or two of them with `..` or nothing for an open end."""
    if not text:
        return None, None
    start, slash, end = text.partition("/")
    if not slash:
        first, length = _moment(start)
        return first, first + length
    since = None if start in {"", ".."} else _moment(start)[0]
    until = None
    if end not in {"", ".."}:
        last, length = _moment(end)
        until = last + length
    if since is None and until is None:
        raise BadParameterError("datetime must have a beginning or an end")
    if since and until and since >= until:
        raise BadParameterError("datetime must begin before it ends")
    return since, until


def _moment(text: str) -> tuple[datetime, timedelta]:
    """The beginning and how long it lasts: a day, or an instant."""
    try:
        if len(text) == 10:
            return datetime.fromisoformat(text).replace(tzinfo=UTC), timedelta(days=1)
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 2200:
        raise BadParameterError("datetime must be an RFC 3339 time or interval")
    return found, timedelta(microseconds=1)


def matching(found: QuerySet[Resource], asked: Asked) -> QuerySet[Resource]:
    """Words parted by commas are alternatives; all other parameters must hold together."""
    if asked.words:
        each = [Q(pk__in=search.matching(found, one).values("pk")) for one in asked.words[:10]]
        found = found.filter(functools.reduce(operator.or_, each))
    if asked.types:
        found = found.filter(_of_types(asked.types))
    if asked.ids:
        found = found.filter(ref__in=asked.ids)
    if asked.codes:
        found = found.filter(code__in=asked.codes)
    if asked.box:
        found = found.filter(district__in=within(asked.box))
    if asked.since:
        found = found.filter(published_at__gte=asked.since)
    if asked.until:
        found = found.filter(published_at__lt=asked.until)
    return found


def _of_types(types: tuple[str, ...]) -> Q:
    wanted = Q(pk__in=[])
    if "service" in types:
        wanted |= Q(kind__in=SERVICES)
    if "dataset" in types:
        wanted |= ~Q(kind__in=SERVICES)
    return wanted
