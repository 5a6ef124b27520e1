"""Handing readings to the process that writes, over a socket in the store's folder.

    request  length u32 · a journal record of readings (see `rows.encode`)
    reply    length u32 · JSON: {"receipt": [accepted, repeated, missing]} or {"error", "kind"}

The folder can be entered by its owner only, and so can the socket.
"""

import contextlib
import json
import os
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from citybrain.engines.facts import rows as r
from citybrain.engines.facts.committing import Receipt
from citybrain.engines.facts.errors import BadReadings, StoreBusy, StoreFailed, StoreLags
from citybrain.engines.facts.store import Facts

_NAME = "writer.sock"
_LENGTH = struct.Struct("<I")
_MOST = 64 * 1024 * 1024
_PATIENCE = 60.0
_PART_ROWS = 1_000_000
_ERRORS: dict[str, type[Exception]] = {
    one.__name__: one for one in (BadReadings, StoreFailed, StoreLags)
}


@contextlib.contextmanager
def _address(root: Path) -> Iterator[str]:
    """A path to the socket that is short enough wherever the store lies."""
    folder = os.open(root, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{_NAME}"
    finally:
        os.close(folder)


class RelayServer:
    """Listens beside a writer until it is closed."""

    def __init__(self, facts: Facts) -> None:
        root = facts.state.root
        # The writer holds the lock, so a socket that is there was left by one that is gone.
        (root / _NAME).unlink(missing_ok=True)
        with _address(root) as address:
            self._server = _Server(address, _Handler)
        self._server.facts = facts
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="facts-relay", daemon=True
        )
        self._thread.start()
        self._path = root / _NAME

    def close(self) -> None:
        """Take nothing more."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64
    facts: Facts


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while (payload := _receive(self.request)) is not None:
                _send(self.request, json.dumps(self._answer(payload)).encode())

    def _answer(self, payload: bytes) -> dict[str, Any]:
        try:
            return {"receipt": list(self.server.facts.append_blocking(r.decode(payload)))}
        except Exception as error:
            return {"kind": type(error).__name__, "error": str(error)}


class Relay:
    """A connection to the writer; for one thread. Raises `StoreBusy` when nobody listens."""

    def __init__(self, root: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE)
        try:
            with _address(root) as address:
                self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise StoreBusy(f"the process that writes to {root} takes nothing: {error}") from None

    def append_blocking(self, rows: r.Rows) -> Receipt:
        """See `Facts.append_blocking`. After an `OSError` it is unknown what was kept: send it
        again, it will be recognised."""
        receipts = [
            self._append(rows.take(slice(start, start + _PART_ROWS)))
            for start in range(0, rows.size, _PART_ROWS)
        ]
        if not receipts:
            return Receipt(0)
        return Receipt(*(sum(counts) for counts in zip(*receipts, strict=True)))

    def _append(self, rows: r.Rows) -> Receipt:
        _send(self._socket, r.encode(rows))
        payload = _receive(self._socket)
        if payload is None:
            raise StoreFailed("the process that writes went away")
        reply = json.loads(payload)
        if "receipt" in reply:
            return Receipt(*reply["receipt"])
        raise _ERRORS.get(reply["kind"], StoreFailed)(reply["error"])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _send(connection: socket.socket, payload: bytes) -> None:
    connection.sendall(_LENGTH.pack(len(payload)))
    connection.sendall(payload)


def _receive(connection: socket.socket) -> bytes | None:
    head = _exactly(connection, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _exactly(connection, length) if length <= _MOST else None


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(1 << 20, size - len(parts)))
        if not part:
            return None
        parts += part
    return bytes(parts)
