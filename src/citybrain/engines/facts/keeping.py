"""Flush, compaction, retention and checks: one of them at a time, beside the writer."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from citybrain.engines.facts import flushing, parts
from citybrain.engines.facts import manifest as m
from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.facts.parts import Part
from citybrain.engines.facts.state import JOURNAL, State
from citybrain.engines.facts.streams import FIELDS
from citybrain.engines.journal import discard
from citybrain.engines.journal import verify as verify_journal

_DAY = 86_400_000_000
_PARTS = 16
"""Parts that are compacted under one manifest: each is a file of its own to be written."""


class Keeper:
    """Changes the manifest; the state's lock is held only to look and to switch."""

    def __init__(self, state: State, journal: Path, threads: int = 1) -> None:
        self.state, self.journal, self.threads = state, journal, threads
        self._one = threading.Lock()
        self._since: float | None = None

    def is_due(self, rows: int, seconds: float) -> bool:
        """Whether the hot buffer is large or old enough for a flush."""
        hot = self.state.hot
        if not hot.count and not hot.changes():
            self._since = None
            return False
        if self._since is None:
            self._since = time.monotonic()
        return hot.count >= rows or time.monotonic() - self._since >= seconds

    def flush(self) -> int:
        """Bring the hot buffer into segments; gives the number of readings."""
        with self._one:
            return self._flush()

    def _flush(self) -> int:
        state = self.state
        with state.lock:
            if not state.hot.chunks() and not state.hot.all_changes():
                return 0
            state.hot.seal()
            hot, now, reached = state.hot, state.manifest, state.applied
            streams = state.streams.columns()
            latest, marks = state.latest_columns()
        try:
            rows = [one.rows for one in hot.sealed]
            made = self._written(now, rows, hot.sealed_changes)
            made = self._with_tables(
                replace(made, sequence=reached),
                {"streams": dict(zip(FIELDS, streams, strict=True)), "latest": latest}
                | {"marks": marks},
            )
            count = made.accepted - now.accepted
            is_durable = self._switch(made, hot.drop_sealed)
        except BaseException:
            with state.lock:
                hot.unseal()
            self._clean()
            raise
        self._since = None
        if is_durable:
            discard(self.journal, reached + 1)
        return count

    def _clean(self) -> None:
        """After a failure: what was written for nothing must not fill the disk further."""
        with contextlib.suppress(OSError):
            flushing.remove_strays(self.state.place, self.state.manifest)

    def _written(self, now: m.Manifest, rows: Any, changes: Any) -> m.Manifest:
        state = self.state
        return flushing.flushed(state.place, now, state.streams, rows, changes, self.threads)

    def _with_tables(self, made: m.Manifest, tables: dict[str, dict[str, Any]]) -> m.Manifest:
        old = [(one["name"], time.time()) for one in made.tables.values()]
        place = self.state.place
        written = {
            what: flushing.write_table(place, what, made.number, columns)
            for what, columns in tables.items()
        }
        return replace(made, tables=written, retired=(*made.retired, *old))

    def _switch(self, made: m.Manifest, then: Callable[[], None] = lambda: None) -> bool:
        """From here on the new manifest counts, on disk and for the next snapshot.

        False when it took its place but the disk did not confirm that it stays there: the
        journal must then be kept, since after a loss of power the old one may be back.
        """
        place, is_durable = self.state.place, True
        made = flushing.swept(place, made, time.time())
        try:
            m.write(place, made)
        except OSError:
            found = m.read(place)
            if found is None or found.number != made.number:
                raise
            is_durable = False
        with self.state.lock:
            self.state.manifest = made
            then()
        return is_durable

    def compact(self, everything: bool) -> int:
        """One file in place of several; gives the number of parts."""
        with self._one:
            now = self.state.manifest
            wanted = flushing.crowded(now, 2 if everything else flushing.MANY)
            for start in range(0, len(wanted), _PARTS):
                some = wanted[start : start + _PARTS]
                try:
                    now = self.state.manifest
                    self._switch(flushing.compacted(self.state.place, now, some, self.threads))
                except BaseException:
                    self._clean()
                    raise
            return len(wanted)

    def retain(self, days: dict[int, int], now: int, dry_run: bool) -> dict[int, int]:
        """Remove what is too old, class by class."""
        with self._one:
            if not dry_run:
                self._flush()
            removed = dict.fromkeys(days, 0)
            work = flushing.Work()
            oldest = {one: now - length * _DAY for one, length in days.items()}
            for segment in self.state.manifest.of_kind(m.RAW):
                self._expire(segment, oldest, removed, work, dry_run)
            if work.dropped and not dry_run:
                made = flushing.next_manifest(self.state.place, self.state.manifest, work)
                gone = made.expired + sum(removed.values())
                self._switch(replace(made, expired=gone))
            return removed

    def _expire(
        self,
        segment: m.Segment,
        oldest: dict[int, int],
        removed: dict[int, int],
        work: flushing.Work,
        dry_run: bool,
    ) -> None:
        if not oldest or segment.first_time >= max(oldest.values()):
            return
        kept = parts.load(self.state.place, segment)
        keeping = self.state.streams.keeping[kept.rows.stream]
        old = np.zeros(kept.rows.size, np.bool_)
        for one, before in oldest.items():
            mine = (keeping == one) & (kept.rows.time < before)
            removed[one] += int(np.count_nonzero(mine))
            old |= mine
        if not old.any() or dry_run:
            return
        work.dropped.add(segment.part)
        if not old.all():
            part = Part(segment.group, segment.decimals, segment.week)
            work.added += parts.write(self.state.place, part, kept.take(~old), segment.level)

    def verify(self, accepted: int) -> list[StoreDamaged]:
        """Everything that is not as it was written; empty means sound."""
        with self._one, self.state.lock:
            now, hot = self.state.manifest, self.state.hot.count
        found = [fault for one in now.segments if (fault := self._fault(one.name, one.sha256))]
        for entry in now.tables.values():
            fault = self._fault(entry["name"], entry["sha256"])
            found += [fault] if fault else []
        for damage in verify_journal(self.journal):
            name = f"{JOURNAL}/{damage.segment:08d}"
            found.append(StoreDamaged(name, f"record {damage.sequence}: {damage.reason}"))
        kept = sum(one.count for one in now.of_kind(m.RAW))
        if kept + now.expired != now.accepted or now.accepted + hot > accepted:
            reason = (
                f"{now.accepted} readings were taken in, {kept} are kept, {now.expired} expired"
            )
            found.append(StoreDamaged(m.NAME, reason))
        return found

    def _fault(self, name: str, sha256: str) -> StoreDamaged | None:
        try:
            right = self.state.place.digest(name) == sha256
        except StoreDamaged as damaged:
            return damaged
        return None if right else StoreDamaged(name, "its hash is not that of the manifest")
