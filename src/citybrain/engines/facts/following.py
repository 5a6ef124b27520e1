"""A store that another process writes to: what it has acknowledged is seen here too."""

import threading
from pathlib import Path

from citybrain.engines.facts import manifest as m
from citybrain.engines.facts.errors import JournalDamaged, StoreDamaged
from citybrain.engines.facts.snapshot import Snapshot
from citybrain.engines.facts.state import JOURNAL, Options, State
from citybrain.engines.journal import Reader

_TRIES = 5


class Follower:
    """Reads a store while it is written, or after. For several threads."""

    def __init__(self, root: Path, options: Options | None = None) -> None:
        self.root = Path(root)
        self.state = State(self.root, options or Options())
        self._reader: Reader | None = None
        self._seen: tuple[int, int] = (0, 0)
        self._one = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The store with all that was acknowledged before this call.

        Raises `StoreDamaged`, `JournalDamaged`.
        """
        with self._one:
            for left in range(_TRIES, 0, -1):
                try:
                    self._catch_up()
                    break
                except (StoreDamaged, JournalDamaged, FileNotFoundError):
                    # A flush may have moved readings between our two looks: look again.
                    self._forget()
                    if left == 1:
                        raise
            return self.state.snapshot()

    def _catch_up(self) -> None:
        mark = self._mark()
        if self._reader is None or mark != self._seen:
            self._forget()
            found = m.read(self.state.place)
            with self.state.lock:
                self.state.load(found) if found else self.state.empty()
            self._reader = Reader(self.root / JOURNAL, self.state.manifest.sequence)
            self._seen = mark
        with self.state.lock:
            for sequence, payload in self._reader.read():
                self.state.apply(sequence, payload)
        if self._mark() != self._seen:
            raise StoreDamaged(m.NAME, "it changed meanwhile")

    def _mark(self) -> tuple[int, int]:
        """Tells one manifest file from the next."""
        try:
            found = (self.state.place.root / m.NAME).stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    @property
    def accepted(self) -> int:
        """All readings that were ever acknowledged, as of the last snapshot."""
        with self.state.lock:
            return self.state.manifest.accepted + self.state.hot.count

    def close(self) -> None:
        """Let go of files and memory."""
        with self._one:
            self._forget()
            self.state.asker.close()

    def __enter__(self) -> "Follower":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
