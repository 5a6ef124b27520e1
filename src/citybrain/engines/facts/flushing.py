"""From the hot buffer into segments, and from many segments into one.

Each step writes new files, then one new manifest that names them instead of the old ones.
Killed anywhere it has either happened or left files behind that nothing names, which
opening the store removes.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from citybrain.engines.facts import manifest as m
from citybrain.engines.facts import parts, segments
from citybrain.engines.facts.hot import Change, Key
from citybrain.engines.facts.keys import KeyIndex, sorted_order
from citybrain.engines.facts.parts import Kept, Part
from citybrain.engines.facts.places import Folder, digest_of
from citybrain.engines.facts.rows import DELETION, Rows, concat
from citybrain.engines.facts.streams import Streams

GRACE_SECONDS = 600.0
"""How long a file stays that no manifest names any more: queries that began may finish."""
MANY = 4
"""A part with this many files is compacted without being asked."""


@dataclass(slots=True)
class Work:
    """What is being put together for the next manifest."""

    added: list[m.Segment] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    history: list[Kept] = field(default_factory=list)


def flushed(
    place: Folder,
    now: m.Manifest,
    streams: Streams,
    rows: Sequence[Rows],
    changes: Sequence[tuple[Key, Change]],
    threads: int = 1,
) -> m.Manifest:
    """The manifest with the rows and changes in segments; not written yet."""
    work = Work()
    fresh = concat(list(rows))
    kept = Kept(fresh, np.zeros(fresh.size, np.int16))
    if changes:
        kept = _change_segments(place, now, work, kept, changes)
    with ThreadPoolExecutor(threads, "facts-write") as pool:
        for made in pool.map(
            lambda one: parts.write(place, one[0], one[1], level=0),
            parts.partitioned(kept, streams),
        ):
            work.added += made
    if work.history:
        work.added.append(parts.write_history(place, parts.joined(work.history)))
    return replace(next_manifest(place, now, work), accepted=now.accepted + fresh.size)


def next_manifest(place: Folder, now: m.Manifest, work: Work) -> m.Manifest:
    place.settle([one.name for one in work.added])
    stays = [one for one in now.segments if one.part not in work.dropped]
    gone = [one.name for one in now.segments if one.part in work.dropped]
    retired = (*now.retired, *((name, time.time()) for name in gone))
    return now.changed(segments=(*stays, *work.added), retired=retired)


def _change_segments(
    place: Folder,
    now: m.Manifest,
    work: Work,
    kept: Kept,
    changes: Sequence[tuple[Key, Change]],
) -> Kept:
    """Apply changes to the rows at hand, and rewrite the segments that hold the others."""
    newest = dict(changes)
    work.history += _superseded(changes, newest)
    keys = np.array(sorted(newest), np.int64)
    streams = np.unique(keys[:, 0])
    kept = _changed(kept, newest, work)
    first, last = int(keys[:, 1].min()), int(keys[:, 1].max())
    for segment in m.touched(now.of_kind(m.RAW), streams, first, last + 1):
        inside = (keys[:, 1] >= segment.first_time) & (keys[:, 1] <= segment.last_time)
        if not inside.any():
            continue
        loaded = parts.load(place, segment)
        changed = _changed(loaded, newest, work)
        if changed is not loaded:
            part = Part(segment.group, segment.decimals, segment.week)
            work.added += parts.write(place, part, changed, segment.level)
            work.dropped.add(segment.part)
    return kept


def _changed(kept: Kept, newest: dict[Key, Change], work: Work) -> Kept:
    """The rows with their changes applied; the same object when none concerns them."""
    if not kept.rows.size:
        return kept
    keys = list(newest)
    found = KeyIndex(kept.rows).find(_as_rows(keys))
    here = np.flatnonzero(found >= 0)
    if not len(here):
        return kept
    at = found[here]
    work.history.append(kept.take(at))
    values = [newest[keys[one]] for one in here.tolist()]
    rows = kept.rows.copied()
    version = kept.version.copy()
    rows.result[at] = [one[2] for one in values]
    rows.quality[at] = [one[3] for one in values]
    version[at] = [-one[0] if one[1] == DELETION else one[0] for one in values]
    return Kept(rows, version)


def _as_rows(keys: Sequence[Key]) -> Rows:
    columns = np.array(keys, np.int64).reshape(-1, 3)
    count = len(columns)
    stream, instant, sequence = (np.ascontiguousarray(columns[:, n]) for n in range(3))
    return Rows(
        stream.astype(np.int32), instant, np.zeros(count), np.zeros(count, np.uint8), sequence
    )


def _superseded(changes: Sequence[tuple[Key, Change]], newest: dict[Key, Change]) -> list[Kept]:
    """Changes that a later change of the same flush replaced."""
    old = [(key, change) for key, change in changes if newest[key] is not change]
    if not old:
        return []
    rows = _as_rows([key for key, _ in old])
    rows = rows._replace(
        result=np.array([change[2] for _, change in old], np.float64),
        quality=np.array([change[3] for _, change in old], np.uint8),
    )
    signed = [-one[0] if one[1] == DELETION else one[0] for _, one in old]
    return [Kept(rows, np.array(signed, np.int16))]


def crowded(now: m.Manifest, most: int = MANY) -> list[Part]:
    """The parts that have at least `most` files."""
    counts: dict[Part, int] = {}
    for one in now.of_kind(m.RAW):
        part = Part(one.group, one.decimals, one.week)
        counts[part] = counts.get(part, 0) + 1
    return [part for part, count in counts.items() if count >= most]


def compacted(
    place: Folder, now: m.Manifest, wanted: Sequence[Part], threads: int = 1
) -> m.Manifest:
    """The manifest with one file for each part in place of its several; not written yet."""
    work = Work()
    several: dict[Part, list[m.Segment]] = {part: [] for part in wanted}
    for one in now.of_kind(m.RAW):
        part = Part(one.group, one.decimals, one.week)
        if part in several:
            several[part].append(one)
    with ThreadPoolExecutor(threads, "facts-write") as pool:
        for made in pool.map(lambda item: _joined(place, *item), several.items()):
            work.added += made
    work.dropped = {one.part for those in several.values() for one in those}
    return next_manifest(place, now, work)


def _joined(place: Folder, part: Part, several: list[m.Segment]) -> list[m.Segment]:
    kept = parts.joined([parts.load(place, one) for one in several])
    return parts.write(place, part, kept.take(sorted_order(kept.rows)), level=1)


def write_table(place: Folder, what: str, number: int, columns: dict[str, Any]) -> dict[str, str]:
    """A table beside the segments (streams, latest), named anew with each manifest."""
    name = f"tables/{what}-{number:08d}.parquet"
    draft = place.draft(name)
    try:
        segments.write(draft, pa.table(columns))
        digest = digest_of(draft)
        place.publish(draft, name)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    place.settle([name])
    return {"name": name, "sha256": digest}


def swept(place: Folder, now: m.Manifest, moment: float) -> m.Manifest:
    """Remove what was retired long enough ago; the manifest without it."""
    old = {name for name, at in now.retired if at + GRACE_SECONDS <= moment}
    for name in old:
        place.remove(name)
    return now.changed(retired=tuple(one for one in now.retired if one[0] not in old))


def remove_strays(place: Folder, now: m.Manifest) -> list[str]:
    """Remove files that no manifest names: what a killed flush or compaction left behind."""
    named = {one.name for one in now.segments} | {name for name, _ in now.retired}
    named |= {one["name"] for one in now.tables.values()} | {m.NAME}
    strays = [name for name in place.names() if name not in named]
    for name in strays:
        place.remove(name)
    return strays
