"""Reads that pages, kind and commands share."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from citybrain.domains.sensing.logic.places import nearest
from citybrain.domains.sensing.models import DeviceToken, Quarantined, Stream
from citybrain.kernel.acting import Acting
from citybrain.kernel.epochs import current_epoch
from citybrain.kernel.errors import NotFound

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Described:
    """What a user of a stream must know of it."""

    number: int
    code: str
    name_zh: str
    name_en: str
    stream_class: str
    unit: str
    observed_property: str
    interval_seconds: int
    district: str
    longitude: float | None
    latitude: float | None


class Directory:
    """The streams of each resource, in memory and never older than a second."""

    def __init__(self) -> None:
        self._epoch = -1
        self._looked = float("-inf")
        self._by_resource: dict[str, list[Described]] = {}
        self._lock = threading.Lock()

    def of_resource(self, ref: str) -> list[Described]:
        """The streams in use that a resource stands for; in a thread with the database."""
        with self._lock:
            if time.monotonic() - self._looked > FRESH_SECONDS:
                self._look()
            return self._by_resource.get(ref, [])

    def _look(self) -> None:
        epoch = current_epoch()
        self._looked = time.monotonic()
        if epoch == self._epoch:
            return
        found: dict[str, list[Described]] = {}
        rows: Any = Stream.objects.filter(active=True, resource__isnull=False).values_list(
            "resource__ref",
            "number",
            "code",
            "name_zh",
            "name_en",
            "stream_class__code",
            "stream_class__unit",
            "stream_class__observed_property",
            "stream_class__interval_seconds",
            "district",
            "longitude",
            "latitude",
        )
        for ref, *fields in rows.order_by("number"):
            found.setdefault(ref, []).append(Described(*fields))
        self._by_resource, self._epoch = found, epoch


def streams(acting: Acting) -> QuerySet[Stream]:
    """The streams that a person sees: their party's, or all for the bureau's readers."""
    rows = Stream.objects.select_related("owner", "stream_class", "resource")
    return rows if acting.reads_all else rows.filter(owner=acting.party)


def stream(acting: Acting, ref: str) -> Stream:
    """One of them. Raises `NotFound`."""
    found = streams(acting).filter(ref=ref).first()
    if found is None:
        raise NotFound("not-found", "找不到该感知数据流。", "There is no such stream.")
    return found


def quarantined(acting: Acting) -> QuerySet[Quarantined]:
    """What was put aside of one's party's devices, or all of it, without the readings."""
    rows = Quarantined.objects.select_related("party").defer("columns")
    return rows if acting.reads_all else rows.filter(party=acting.party)


def device_tokens(acting: Acting) -> QuerySet[DeviceToken]:
    """The tokens of one's party's devices, or all of them."""
    rows = DeviceToken.objects.select_related("party")
    return rows if acting.reads_all else rows.filter(party=acting.party)


def numbers_of(codes: Sequence[str]) -> dict[str, int]:
    """Code → number of the streams that there are."""
    rows = Stream.objects.filter(code__in=codes)
    return dict(rows.values_list("code", "number"))


def near(
    rows: QuerySet[Stream], longitude: float, latitude: float, count: int = 10
) -> list[tuple[Stream, float]]:
    """The streams nearest to a point (degrees, WGS-84), with the distance in metres."""
    placed: list[Any] = list(
        rows.filter(longitude__isnull=False)
        .order_by("number")
        .values_list("pk", "longitude", "latitude")
    )
    if not placed:
        return []
    keys, longitudes, latitudes = zip(*placed, strict=True)
    found = nearest(longitude, latitude, longitudes, latitudes, count)
    by_key = rows.in_bulk([keys[position] for position, _ in found])
    return [(by_key[keys[position]], away) for position, away in found]


def quarantined_one(acting: Acting, ref: str) -> Quarantined:
    """One batch that was put aside. Raises `NotFound`."""
    found = quarantined(acting).filter(ref=ref).first()
    if found is None:
        raise NotFound("not-found", "找不到该隔离记录。", "There is no such batch.")
    return found


def device_token(acting: Acting, ref: str) -> DeviceToken:
    """One token. Raises `NotFound`."""
    found = device_tokens(acting).filter(ref=ref).first()
    if found is None:
        raise NotFound("not-found", "找不到该设备令牌。", "There is no such token.")
    return found
