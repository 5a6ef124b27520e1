"""This process's way to the readings: it writes the store itself, or follows who does."""

import threading
from pathlib import Path
from typing import Protocol

from django.conf import settings

from citybrain.engines.facts import (
    Facts,
    Follower,
    Options,
    Receipt,
    Relay,
    RelayServer,
    Rows,
    Snapshot,
)


class Appender(Protocol):
    """Where checked readings go."""

    def append_blocking(self, rows: Rows) -> Receipt:
        """See `Facts.append_blocking`."""


_lock = threading.RLock()
_writer: Facts | None = None
_server: RelayServer | None = None
_follower: Follower | None = None


def root() -> Path:
    """The store's folder."""
    found: Path = settings.CITYBRAIN.data_dir / "facts"
    return found


def open_writer(tend: bool = True) -> Facts:
    """Become the one process that writes. Raises `StoreBusy`, `StoreDamaged`."""
    global _writer, _server
    with _lock:
        if _writer is None:
            _writer = Facts(root(), Options(), tend=tend)
            _server = RelayServer(_writer)
        return _writer


def close_writer() -> None:
    """Let go of the store."""
    global _writer, _server
    with _lock:
        if _server is not None:
            _server.close()
        if _writer is not None:
            _writer.close()
        _writer = _server = None


def writer() -> Facts | None:
    """The store, when this process writes it."""
    return _writer


def appender() -> Appender:
    """The store, or the way to the process that writes it. Raises `StoreBusy`."""
    return _writer or Relay(root())


def snapshot() -> Snapshot:
    """All that was acknowledged before this call. Raises `StoreDamaged`."""
    global _follower
    with _lock:
        if _writer is not None:
            return _writer.snapshot()
        if _follower is None or _follower.root != root():
            _follower = Follower(root())
        follower = _follower
    return follower.snapshot()


def forget() -> None:
    """Let go of everything; the tests' next store is another one."""
    global _follower
    close_writer()
    with _lock:
        if _follower is not None:
            _follower.close()
        _follower = None
