"""What intake must know of streams and tokens, in memory and never older than a second."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from citybrain.domains.sensing.logic.checks import Limits, Sender
from citybrain.domains.sensing.models import DeviceToken, Stream, StreamClass
from citybrain.kernel.epochs import current_epoch

FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Device:
    """Who holds a token: `source` names it in quarantine and logs."""

    sender: Sender
    source: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """Streams as the store must know them: columns of `Facts.define`."""

    stream: Any
    group: Any
    decimals: Any
    keeping: Any


class Registry:
    """Read by the event loop, refreshed in a thread that may use the database."""

    def __init__(self) -> None:
        self.limits = Limits.blank(1)
        self.codes: dict[str, int] = {}
        self.devices: dict[str, Device] = {}
        self._epoch = -1
        self._looked = 0.0
        self._lock = threading.Lock()

    def is_stale(self) -> bool:
        """Whether it is time to look again."""
        return time.monotonic() - self._looked > FRESH_SECONDS

    def forget(self) -> None:
        """Load everything at the next look; what is known stays known until then."""
        with self._lock:
            self._epoch = -1

    def refresh(self, define: Callable[[Definitions], None] = lambda _changed: None) -> None:
        """Look for changes. `define` makes the store know the streams that are new or
        changed, before anybody here takes them for known."""
        with self._lock:
            epoch = current_epoch()
            self._looked = time.monotonic()
            if epoch == self._epoch:
                return
            self._load(self._epoch, define)
            self.devices = _devices()
            self._epoch = epoch

    def _load(self, after: int, define: Callable[[Definitions], None]) -> None:
        classes = StreamClass.objects.in_bulk()
        rows = list(
            Stream.objects.filter(epoch__gt=after)
            .order_by("number")
            .values_list("number", "code", "owner_id", "stream_class_id", "group_id", "active")
        )
        if not rows:
            return
        numbers, codes, owners, class_ids, groups, active = zip(*rows, strict=True)
        number = np.array(numbers, np.int32)
        limits = _grown(self.limits, int(number.max()) + 1)
        of_class = [classes[one] for one in class_ids]
        limits.known[number], limits.active[number] = True, active
        limits.owner[number] = owners
        limits.klass[number] = [one.number for one in of_class]
        limits.minimum[number] = [_or(one.minimum, -np.inf) for one in of_class]
        limits.maximum[number] = [_or(one.maximum, np.inf) for one in of_class]
        limits.step[number] = [_or(one.step, np.nan) for one in of_class]
        limits.stuck[number] = [one.stuck or 0 for one in of_class]
        limits.skew[number] = [one.skew_seconds * 1_000_000 for one in of_class]
        limits.interval[number] = [one.interval_seconds * 1_000_000 for one in of_class]
        decimals = np.array([one.decimals for one in of_class], np.int16)
        group = np.array(groups, np.int32)
        define(Definitions(number, group, decimals, limits.klass[number]))
        self.codes = self.codes | dict(zip(codes, numbers, strict=True))
        self.limits = limits


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def _grown(limits: Limits, size: int) -> Limits:
    """A copy with room for numbers below `size`: who reads the old one is not disturbed."""
    more = max(size, len(limits.known))
    grown = Limits.blank(more)
    for name in Limits.__dataclass_fields__:
        getattr(grown, name)[: len(limits.known)] = getattr(limits, name)
    return grown


def _devices() -> dict[str, Device]:
    numbers = dict(StreamClass.objects.values_list("code", "number"))
    rows = DeviceToken.objects.filter(revoked_at=None, party__active=True)
    return {
        digest: Device(
            Sender(party, frozenset(numbers[one] for one in scope if one in numbers)),
            f"device-token:{ref}",
        )
        for digest, party, scope, ref in rows.values_list("digest", "party_id", "scope", "ref")
    }
