"""What a writer and a reader hold alike: manifest, hot buffer, latest values, streams."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from citybrain.engines.facts import hot as hot_buffer
from citybrain.engines.facts import manifest as m
from citybrain.engines.facts import rows as r
from citybrain.engines.facts import scans, segments
from citybrain.engines.facts.asking import Asker
from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.facts.keys import time_order
from citybrain.engines.facts.latest import Latest, LatestTable
from citybrain.engines.facts.places import Folder
from citybrain.engines.facts.snapshot import Snapshot
from citybrain.engines.facts.streams import FIELDS, KINDS, Streams

JOURNAL, SEGMENTS = "journal", "segments"


@dataclass(frozen=True, slots=True)
class Options:
    """What an installation may set. Sizes of memory are those of one process."""

    query_memory: str = "2GB"
    query_threads: int = 2
    flush_rows: int = 8_000_000
    """So many readings in memory begin a flush."""
    flush_seconds: float = 900.0
    """So old a reading in memory begins a flush."""
    write_threads: int = 1
    """Threads that write segments at once; what takes readings in needs a core too."""
    most_waiting: int = 4_000_000
    """So many readings may wait for the disk before more are refused."""


class State:
    """Everything that is known of the store; every use holds `lock`."""

    def __init__(self, root: Path, options: Options) -> None:
        self.root = Path(root)
        self.place = Folder(self.root / SEGMENTS)
        self.asker = Asker(
            self.root / SEGMENTS, options.query_memory, options.query_threads, self._check
        )
        self.lock = threading.RLock()
        self.empty()

    def _check(self, address: str) -> None:
        """Raise `StoreDamaged` for a segment that is not as the manifest says."""
        for one in self.manifest.segments:
            if self.place.address(one.name) == address:
                if self.place.digest(one.name) != one.sha256:
                    raise StoreDamaged(one.name, "its hash is not that of the manifest")
                return

    def empty(self) -> None:
        """As before anything was read."""
        self.manifest = m.Manifest()
        self.hot = hot_buffer.Hot()
        self.latest = LatestTable()
        self.streams = Streams()
        self.applied = 0

    def load(self, manifest: m.Manifest) -> None:
        """Begin with what a manifest says. Raises `StoreDamaged`."""
        self.empty()
        self.manifest, self.applied = manifest, manifest.sequence
        for segment in manifest.segments:
            if self.place.size(segment.name) != segment.bytes:
                raise StoreDamaged(segment.name, "its size is not that of the manifest")
        if "streams" in manifest.tables:
            columns = self._table("streams")
            self.streams.define(*(columns[name] for name in FIELDS))
        if "latest" in manifest.tables:
            self._load_latest(self._table("latest"), self._table("marks"))

    def _table(self, what: str) -> dict[str, Any]:
        entry = self.manifest.tables[what]
        if self.place.digest(entry["name"]) != entry["sha256"]:
            raise StoreDamaged(entry["name"], "its hash is not that of the manifest")
        table = pq.read_table(self.place.address(entry["name"]), partitioning=None)
        return {name: segments.numbers(table.column(name)) for name in table.column_names}

    def _load_latest(self, latest: dict[str, Any], marks: dict[str, Any]) -> None:
        if len(marks["stream"]):
            self.latest.grow(int(marks["stream"].max()))
            self.latest.mark[marks["stream"]] = marks["mark"]
        self.latest.put(
            r.Rows(
                latest["stream"].astype(np.int32),
                latest["time"],
                latest["result"],
                latest["quality"].astype(np.uint8),
                latest["sequence"],
            )
        )

    def apply(self, sequence: int, payload: bytes) -> None:
        """Take in a journal record that holds nothing known yet."""
        kind = r.kind_of(payload)
        if kind == r.READINGS:
            rows = r.decode(payload)
            order = time_order(rows)
            self.apply_rows(sequence, rows, rows if order is None else rows.take(order))
        elif kind == r.CHANGES:
            self.apply_changes(sequence, r.decode_changes(payload))
        elif kind == r.STREAMS:
            self.apply_streams(sequence, r.decode_table(payload, KINDS))
        else:
            raise StoreDamaged(JOURNAL, f"record {sequence} is of an unknown kind")

    def apply_rows(self, sequence: int, rows: r.Rows, in_order: r.Rows) -> None:
        """Rows, and the same rows in an order in which time rises within each stream."""
        if rows.size:
            self.latest.grow(int(rows.stream.max()))
            self.hot.add(rows)
            self.latest.take(in_order)
        self.applied = sequence

    def apply_changes(self, sequence: int, changes: r.Changes) -> None:
        """Changes of readings that are known."""
        self.hot.change(changes)
        self.applied = sequence
        for stream, time, number in zip(
            changes.stream.tolist(), changes.time.tolist(), changes.sequence.tolist(), strict=True
        ):
            if self.latest.is_latest(stream, time, number):
                self._find_latest(stream)

    def _find_latest(self, stream: int) -> None:
        """Search for the latest of one stream, after it was corrected or deleted."""
        snapshot = self.snapshot()
        scan = scans.Scan(snapshot, [stream], None, None)
        rows = scan.last()
        if rows.size:
            self.latest.put(rows)
        else:
            self.latest.forget(stream)

    def apply_streams(self, sequence: int, columns: Sequence[Any]) -> None:
        """Definitions of streams."""
        if len(columns[0]):
            self.latest.grow(int(columns[0].max()))
        self.streams.define(*columns)
        self.applied = sequence

    def snapshot(self) -> Snapshot:
        """The store as it is now."""
        with self.lock:
            return Snapshot(
                self.place,
                self.manifest,
                self.hot.chunks(),
                self.hot.changes(),
                self.hot.all_changes(),
                self.streams,
                self.asker,
                self._latest,
            )

    def _latest(self, streams: Sequence[int] | None) -> Latest:
        with self.lock:
            return self.latest.all() if streams is None else self.latest.some(streams)

    def latest_columns(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The tables `latest` and `marks` as they are kept beside the segments."""
        newest = self.latest.all()
        streams, marks = self.latest.marks()
        columns: dict[str, Any] = {
            "stream": newest.stream,
            "time": newest.time,
            "result": newest.result,
            "quality": newest.quality.astype(np.int32),
            "sequence": newest.sequence,
        }
        return columns, {"stream": streams, "mark": marks}
