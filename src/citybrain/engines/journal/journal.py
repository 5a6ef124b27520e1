"""Group commit: callers queue records, one thread writes and syncs them together.

While the thread syncs one group the next one gathers, so the more callers there are the
more share one sync. The callers of an event loop are woken by one call per group.
"""

import asyncio
import contextlib
import os
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TypeAlias

from citybrain.engines.journal.errors import JournalClosed, JournalFailed
from citybrain.engines.journal.files import lock_for_writing
from citybrain.engines.journal.format import LARGEST_PAYLOAD
from citybrain.engines.journal.nudge import Nudge
from citybrain.engines.journal.recovery import Recovery, recover
from citybrain.engines.journal.segments import SegmentWriter

SEGMENT_BYTES = 64 * 1024 * 1024
# A longer group would keep the interpreter busy for more than some 10 ms while it is encoded.
_LARGEST_GROUP = 4096

Loop: TypeAlias = asyncio.AbstractEventLoop
Waiter: TypeAlias = "asyncio.Future[int] | Future[int]"
# payload, the event loop of the caller (None: a plain thread), what the caller waits on
Entry: TypeAlias = tuple[bytes, Loop | None, Waiter]


class Journal:
    """The one writer of a directory.

    `recovery` tells what opening found, `id` names the journal (32 hex digits).
    Opening raises `JournalBusy` or `JournalDamaged`.
    """

    def __init__(self, directory: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self.directory = Path(directory)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = lock_for_writing(self.directory)
        try:
            self.recovery: Recovery
            self.recovery, tail = recover(self.directory)
            self._segments = SegmentWriter(self.directory, self.recovery, tail, segment_bytes)
        except BaseException:
            os.close(self._lock)
            raise
        self.id = self._segments.journal_id
        self._pending: list[Entry] = []
        self._wake = threading.Condition()
        self._closing = self._committing = False
        self._nudge = Nudge(lambda: self._committing or bool(self._pending))
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The number of the last committed record; 0 before the first."""
        return self._segments.sequence

    @property
    def failure(self) -> str | None:
        """Why nothing more is taken until the journal is opened anew, or None."""
        return self._segments.broken

    async def append(self, payload: bytes) -> int:
        """The record's number, once it is on disk.

        Raises `JournalFailed` when it is not, `ValueError` for more than 16 MiB. A caller
        that is cancelled while it waits does not take the record back.
        """
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._enqueue(payload, loop, waiter)
        self._nudge.arm(loop)
        return await waiter

    def append_blocking(self, payload: bytes) -> int:
        """`append` for threads."""
        waiter: Future[int] = Future()
        self._enqueue(payload, None, waiter)
        return waiter.result()

    def close(self) -> None:
        """Commit what waits, then let go of the directory. May be called twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        with self._wake:
            lock, self._lock = self._lock, -1
        if lock >= 0:
            self._segments.close()
            os.close(lock)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _enqueue(self, payload: bytes, loop: Loop | None, waiter: Waiter) -> None:
        if not isinstance(payload, bytes):
            raise TypeError(f"a journal record is bytes, not {type(payload).__name__}")
        if len(payload) > LARGEST_PAYLOAD:
            raise ValueError(f"a journal record has at most {LARGEST_PAYLOAD} bytes")
        with self._wake:
            if self._closing:
                raise JournalClosed(f"the journal {self.directory} is closed")
            self._pending.append((payload, loop, waiter))
            if len(self._pending) == 1:
                self._wake.notify()

    def _run(self) -> None:
        while group := self._take():
            self._commit(group)
            self._committing = False
            self._nudge.finished()

    def _take(self) -> list[Entry]:
        """The next group; empty when the journal closes and nothing waits."""
        with self._wake:
            while not self._pending and not self._closing:
                self._wake.wait()
            group = self._pending[:_LARGEST_GROUP]
            self._pending = self._pending[_LARGEST_GROUP:]
            self._committing = True
            return group

    def _commit(self, group: list[Entry]) -> None:
        try:
            first = self._segments.commit([entry[0] for entry in group])
        except JournalFailed as error:
            _reject(group, error)
        except BaseException as error:
            # Not the disk: it cannot be known what was written, and the callers must not hang.
            self._segments.broken = f"the journal stopped at {error!r}: open it anew"
            _reject(group, JournalFailed(self._segments.broken))
        else:
            _acknowledge(group, first)


def _acknowledge(group: list[Entry], first: int) -> None:
    by_loop: dict[Loop, list[tuple[asyncio.Future[int], int]]] = {}
    for sequence, (_, loop, waiter) in enumerate(group, first):
        if isinstance(waiter, Future):
            waiter.set_result(sequence)
        elif loop is not None:
            by_loop.setdefault(loop, []).append((waiter, sequence))
    for loop, waiters in by_loop.items():
        _call(loop, _set_results, waiters)


def _reject(group: list[Entry], error: JournalFailed) -> None:
    by_loop: dict[Loop, list[asyncio.Future[int]]] = {}
    for _, loop, waiter in group:
        if isinstance(waiter, Future):
            waiter.set_exception(JournalFailed(*error.args))
        elif loop is not None:
            by_loop.setdefault(loop, []).append(waiter)
    for loop, waiters in by_loop.items():
        _call(loop, _set_errors, waiters, error)


def _call(loop: Loop, function: object, *arguments: object) -> None:
    # A loop that was closed meanwhile has nobody left to tell.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *arguments)  # type: ignore[arg-type]


def _set_results(waiters: list[tuple[asyncio.Future[int], int]]) -> None:
    for waiter, sequence in waiters:
        if not waiter.done():
            waiter.set_result(sequence)


def _set_errors(waiters: list[asyncio.Future[int]], error: JournalFailed) -> None:
    for waiter in waiters:
        if not waiter.done():
            # Each caller its own: a shared exception would gather all their tracebacks.
            waiter.set_exception(JournalFailed(*error.args))
