"""The writer of a store: takes batches, commits them in groups, keeps segments in order."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import structlog

from citybrain.engines.facts import manifest as m
from citybrain.engines.facts import rows as r
from citybrain.engines.facts import streams as s
from citybrain.engines.facts.committing import Job, Receipt, Writer
from citybrain.engines.facts.errors import StoreDamaged, StoreFailed, StoreLags
from citybrain.engines.facts.flushing import remove_strays
from citybrain.engines.facts.keeping import Keeper
from citybrain.engines.facts.log import Log
from citybrain.engines.facts.snapshot import Snapshot
from citybrain.engines.facts.state import JOURNAL, Options, State
from citybrain.engines.journal import read as read_journal
from citybrain.engines.journal.nudge import Nudge

log = structlog.get_logger(__name__)
_TICK = 1.0
Listener = Callable[[r.Rows], None]


class Facts:
    """A store that this process writes to; one process at a time (`StoreBusy`).

    `append` and its like may be called from any thread and event loop. What they return
    was acknowledged: it is on disk, and every snapshot taken from then on shows it.
    """

    def __init__(self, root: Path, options: Options | None = None, tend: bool = True) -> None:
        """Open or make the store at `root`. `tend`: flush and compact by itself.

        Raises `StoreBusy`, `StoreDamaged`, `JournalDamaged`.
        """
        self.options = options or Options()
        root = Path(root)
        self._log = Log(root / JOURNAL)
        try:
            self.state = State(root, self.options)
            self._recover()
            self._keeper = Keeper(self.state, self._log.directory, self.options.write_threads)
            self._writer = Writer(self.state, self._log)
        except BaseException:
            self._log.close()
            raise
        self.lost = self._log.recovery.lost
        """Acknowledged records that a damaged disk lost; 0 unless the disk lied."""
        self._begin(tend)

    def _begin(self, tend: bool) -> None:
        self._jobs: list[Job] = []
        self._waiting = 0
        self._wake = threading.Condition()
        self._closing = self._working = False
        self._stop = threading.Event()
        self._nudge = Nudge(lambda: self._working or bool(self._jobs))
        self._thread = threading.Thread(target=self._run, name="facts", daemon=True)
        self._thread.start()
        self._tending: threading.Thread | None = None
        if tend:
            self._tending = threading.Thread(target=self._tend, name="facts-tend", daemon=True)
            self._tending.start()

    def _recover(self) -> None:
        state = self.state
        found = m.read(state.place)
        if found is None and self._log.first > 1:
            raise StoreDamaged(m.NAME, "it is gone, but the journal was trimmed")
        if found is not None:
            if found.journal != self._log.id:
                raise StoreDamaged(JOURNAL, "it is not the journal that the manifest names")
            if found.sequence > self._log.sequence:
                raise StoreDamaged(JOURNAL, "it ends before the manifest's last record")
            state.load(found)
            remove_strays(state.place, found)
        else:
            state.manifest = m.Manifest(journal=self._log.id)
            remove_strays(state.place, state.manifest)
        for sequence, payload in read_journal(self._log.directory, state.manifest.sequence):
            state.apply(sequence, payload)

    # what comes in

    async def append(self, rows: r.Rows) -> Receipt:
        """Take readings in; returns when they are on disk.

        Streams must be defined (`BadReadings`). Repeats by (stream, time, sequence) are
        counted and not kept again. Raises `StoreLags` when too many wait, `StoreFailed`
        when the disk refuses: nothing of the batch is kept then, or it will be found to
        be a repeat when it is sent again.
        """
        return await self._awaited(Job(r.READINGS, rows))

    def append_blocking(self, rows: r.Rows) -> Receipt:
        """`append` for threads."""
        return self._put(Job(r.READINGS, rows)).result()

    async def correct(self, rows: r.Rows) -> Receipt:
        """Give known readings other results or qualities; the old ones stay in history.

        A correction to what a reading is already is a repeat; one of a reading that there
        is not is counted as missing. A deleted reading comes back by it.
        """
        return await self._awaited(Job(r.CHANGES, rows, kind=r.CORRECTION))

    def correct_blocking(self, rows: r.Rows) -> Receipt:
        """`correct` for threads."""
        return self._put(Job(r.CHANGES, rows, kind=r.CORRECTION)).result()

    async def delete(self, rows: r.Rows) -> Receipt:
        """Delete known readings (their results are not looked at); history keeps them."""
        return await self._awaited(Job(r.CHANGES, rows, kind=r.DELETION))

    def delete_blocking(self, rows: r.Rows) -> Receipt:
        """`delete` for threads."""
        return self._put(Job(r.CHANGES, rows, kind=r.DELETION)).result()

    def define(self, stream: Any, group: Any, decimals: Any, keeping: Any = 0) -> None:
        """Define streams, or redefine them, durably: see `Streams`. Raises `BadReadings`."""
        columns = s.checked_table(stream, group, decimals, keeping)
        self._put(Job(r.STREAMS, r.EMPTY, columns=columns)).result()

    def listen(self, listener: Listener) -> None:
        """Call `listener` with the rows of each commit, in the writer's thread: be short."""
        self._writer.listeners.append(listener)

    @property
    def waiting(self) -> int:
        """Readings that wait for the disk."""
        return self._waiting

    async def _awaited(self, job: Job) -> Receipt:
        loop = asyncio.get_running_loop()
        waiter = asyncio.wrap_future(self._put(job), loop=loop)
        self._nudge.arm(loop)
        return await waiter

    def _put(self, job: Job) -> "Future[Receipt]":
        with self._wake:
            if self._closing:
                raise StoreFailed("the store is closed")
            if self._waiting + job.rows.size > max(self.options.most_waiting, job.rows.size):
                raise StoreLags(f"{self._waiting} readings wait for the disk")
            self._waiting += job.rows.size
            self._jobs.append(job)
            self._wake.notify()
        return job.waiter

    def _run(self) -> None:
        while jobs := self._take():
            self._writer.work(jobs)
            with self._wake:
                self._waiting -= sum(one.rows.size for one in jobs)
                self._working = False
            self._nudge.finished()

    def _take(self) -> list[Job]:
        """The next jobs; empty when the store closes and nothing waits."""
        with self._wake:
            while not self._jobs and not self._closing:
                self._wake.wait()
            jobs, self._jobs = self._jobs, []
            self._working = True
            return jobs

    # what is asked

    def snapshot(self) -> Snapshot:
        """The store as it is now, for questions."""
        return self.state.snapshot()

    @property
    def accepted(self) -> int:
        """All readings that were ever acknowledged, each once."""
        with self.state.lock:
            return self.state.manifest.accepted + self.state.hot.count

    @property
    def failure(self) -> str | None:
        """Why nothing more is taken until the store is opened anew, or None."""
        return self._log.failure

    # what keeps it in order

    def flush(self) -> int:
        """Bring what is in memory into segments; gives the number of readings."""
        return self._keeper.flush()

    def compact(self, everything: bool = False) -> int:
        """Make one file of the many of a week and group; gives how many parts were made."""
        return self._keeper.compact(everything)

    def retain(
        self, days: dict[int, int], now: int | None = None, dry_run: bool = False
    ) -> dict[int, int]:
        """Remove readings that are older than their class's number of days.

        `days`: retention class → days; a class that is not named is kept for ever. `now`:
        microseconds. Gives class → readings removed (or to be, in a dry run).
        """
        moment = int(time.time() * 1e6) if now is None else now
        return self._keeper.retain(days, moment, dry_run)

    def verify(self) -> list[StoreDamaged]:
        """Check every file's hash, the roll-ups, the journal and the sums."""
        return self._keeper.verify(self.accepted)

    def _tend(self) -> None:
        while not self._stop.wait(_TICK):
            with contextlib.suppress(Exception):
                self._tend_once()

    def _tend_once(self) -> None:
        try:
            if self._keeper.is_due(self.options.flush_rows, self.options.flush_seconds):
                self._keeper.flush()
                self._keeper.compact(everything=False)
        except Exception:
            # The readings are in the journal; it is tried again with the next tick.
            log.exception("readings could not be brought into segments")
            self._stop.wait(_TICK * 10)

    def close(self) -> None:
        """Commit what waits and let go of the store. May be called twice."""
        self._stop.set()
        if self._tending is not None:
            self._tending.join()
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._log.close()
        self.state.asker.close()

    def __enter__(self) -> "Facts":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
