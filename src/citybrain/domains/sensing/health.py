"""How the network fares: which streams send, how late they are, how much comes."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from citybrain.domains.sensing import stores
from citybrain.domains.sensing.models import Stream
from citybrain.engines.facts import questions

LATE_AFTER = 3
"""A stream counts as silent when so many of its intervals have passed."""
DAY = 86_400_000_000
SHOWN_DAYS = 30
_FRESH_SECONDS = 1.0


class _Newest:
    """The latest readings by number, at most a second old: a list asks row by row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._root: Any = None
        self._found: dict[int, tuple[int, float, int]] = {}

    def all(self) -> dict[int, tuple[int, float, int]]:
        """Number → (time, result, quality)."""
        with self._lock:
            if time.monotonic() - self._at > _FRESH_SECONDS or self._root != stores.root():
                newest = stores.snapshot().latest()
                columns = (newest.time, newest.result, newest.quality)
                values = zip(*(one.tolist() for one in columns), strict=True)
                self._found = dict(zip(newest.stream.tolist(), values, strict=True))
                self._at, self._root = time.monotonic(), stores.root()
            return self._found


_newest = _Newest()


def newest(number: int) -> tuple[int, float, int] | None:
    """(time, result, quality) of a stream's latest reading."""
    return _newest.all().get(number)


def is_online(stream: Stream, now: int | None = None) -> bool:
    """Whether it has sent within three of its intervals."""
    found = newest(stream.number)
    moment = int(time.time() * 1e6) if now is None else now
    allowed = LATE_AFTER * stream.stream_class.interval_seconds * 1_000_000
    return found is not None and moment - found[0] <= allowed


@dataclass(slots=True)
class Standing:
    """The streams of one office and class."""

    owner: Any
    stream_class: Any
    streams: int = 0
    online: int = 0

    @property
    def share(self) -> int:
        """Percent that are online."""
        return round(100 * self.online / self.streams) if self.streams else 0


def standings(rows: QuerySet[Stream]) -> list[Standing]:
    """Online rate by office and class."""
    now = int(time.time() * 1e6)
    found: dict[tuple[int, int], Standing] = {}
    for one in rows.filter(active=True):
        key = (one.owner_id, one.stream_class_id)
        standing = found.setdefault(key, Standing(one.owner, one.stream_class))
        standing.streams += 1
        standing.online += is_online(one, now)
    return sorted(found.values(), key=lambda one: (one.owner.pk, one.stream_class.code))


def by_day(numbers: list[int] | None) -> list[tuple[Any, int]]:
    """(day, readings) of the last thirty days; None: of all streams."""
    now = int(time.time() * 1e6)
    table = questions.per_day(stores.snapshot(), now - SHOWN_DAYS * DAY, now + DAY, numbers)
    return list(
        zip(table.column("time").to_pylist(), table.column("count").to_pylist(), strict=True)
    )
