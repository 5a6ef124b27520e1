"""What the store consists of: one small file, replaced by one rename.

A segment counts only when the manifest names it, so whoever holds a manifest holds a whole
store: the files it names never change, and stay for a while after a newer manifest drops them.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.facts.places import Folder

NAME = "manifest.json"
FORMAT = 1
RAW, HOUR, DAY, HISTORY = "raw", "hour", "day", "history"
WEEK = 7 * 86_400_000_000
ZONE = 8 * 3_600_000_000
"""Weeks and days begin at midnight in China, which has had one zone without summer time
since 1992; weeks begin on Mondays."""
_MONDAY = 4 * 86_400_000_000
"""1970-01-05 was a Monday."""


def week_of(time: Any) -> Any:
    """The number of the week: whole weeks since Monday 1970-01-05 in China."""
    return (time + (ZONE - _MONDAY)) // WEEK


def week_start(week: int) -> int:
    """The first microsecond of a week."""
    return week * WEEK + _MONDAY - ZONE


@dataclass(frozen=True, slots=True)
class Segment:
    """One Parquet file. `count` are its rows, of which `deleted` are kept only as deleted.

    `level` 0 came from a flush, 1 from compaction. `part` ties a file of readings to its
    roll-ups. Times are the first and last phenomenon time, in microseconds.
    """

    kind: str
    name: str
    group: int
    week: int
    decimals: int
    level: int
    part: str
    count: int
    deleted: int
    bytes: int
    sha256: str
    first_time: int
    last_time: int
    first_stream: int
    last_stream: int


@dataclass(frozen=True)
class Manifest:
    """`sequence`: journal records up to it are in the segments. `accepted`: all readings
    that were ever taken into segments, also those that were deleted or have expired since."""

    journal: str = ""
    sequence: int = 0
    number: int = 0
    accepted: int = 0
    expired: int = 0
    segments: tuple[Segment, ...] = ()
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    """The streams and latest tables: name → {"name", "sha256"}."""
    retired: tuple[tuple[str, float], ...] = ()
    """Files that an older manifest names, and when they were dropped (Unix seconds)."""

    def of_kind(self, kind: str) -> list[Segment]:
        """The segments of one kind."""
        return [one for one in self.segments if one.kind == kind]

    @property
    def count(self) -> int:
        """Readings in segments, without deleted ones."""
        return sum(one.count - one.deleted for one in self.of_kind(RAW))

    @property
    def bytes(self) -> int:
        """Of all segments."""
        return sum(one.bytes for one in self.segments)

    def changed(self, **fields: Any) -> "Manifest":
        """The next manifest."""
        return replace(self, number=self.number + 1, **fields)


def touched(
    segments: Iterable[Segment], streams: Any, start: int | None, end: int | None
) -> list[Segment]:
    """The segments that may hold rows of some streams (sorted; None: of any) in
    start ≤ time < end."""
    found = []
    for one in segments:
        if end is not None and one.first_time >= end:
            continue
        if start is not None and one.last_time < start:
            continue
        if streams is not None and not _holds(one, streams):
            continue
        found.append(one)
    return found


def _holds(segment: Segment, streams: Any) -> bool:
    at = int(np.searchsorted(streams, segment.first_stream))
    return at < len(streams) and streams[at] <= segment.last_stream


def write(place: Folder, manifest: Manifest) -> None:
    """The switch: from now on this is the store."""
    body = asdict(manifest)
    body["segments"] = [list(asdict(one).values()) for one in manifest.segments]
    text = json.dumps(body, separators=(",", ":"))
    whole = {"format": FORMAT, "sha256": hashlib.sha256(text.encode()).hexdigest(), "body": text}
    place.put(NAME, json.dumps(whole).encode())


def read(place: Folder) -> Manifest | None:
    """The current manifest, None for a store without one. Raises `StoreDamaged`."""
    try:
        data = place.get(NAME)
    except FileNotFoundError:
        return None
    try:
        whole = json.loads(data)
        text = whole["body"]
        if hashlib.sha256(text.encode()).hexdigest() != whole["sha256"]:
            raise StoreDamaged(NAME, "its hash is wrong")
        if whole["format"] != FORMAT:
            raise StoreDamaged(NAME, f"format {whole['format']} is not known")
        body = json.loads(text)
    except (ValueError, KeyError, TypeError):
        raise StoreDamaged(NAME, "it is no manifest") from None
    body["segments"] = tuple(Segment(*one) for one in body["segments"])
    body["retired"] = tuple((name, at) for name, at in body["retired"])
    return Manifest(**body)
