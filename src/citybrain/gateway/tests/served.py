"""Served processes with a data folder of their own, and a client that keeps count."""

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from citybrain.config import HOME
from citybrain.engines.journal import read, slots
from citybrain.kernel.use_records import UseRecord, decode

LONGEST_LOAD = 60.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Served:
    """A server on a folder; may be stopped, killed and started again."""

    def __init__(self, folder: Path, workers: int = 1, **environment: str) -> None:
        self.folder, self.workers = folder, workers
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CITYBRAIN_")}
        self.environment = kept | {
            "CITYBRAIN_DATA_DIR": str(folder),
            "CITYBRAIN_LOG_LEVEL": "WARNING",
            "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}",
            **environment,
        }

    def seed(self, *agreements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Migrate, and make an agreement for each list of clauses."""
        return json.loads(self.tell("seed", json.dumps(agreements)))

    def tell(self, *arguments: str) -> bytes:
        """Run the script of `serve.py` to its end; gives what it prints."""
        done = subprocess.run(
            [*self._command(), *arguments], env=self.environment, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "citybrain.gateway.tests.serve"]

    def start(self) -> "Served":
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command(), str(self.port), str(self.workers)],
                env=self.environment,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready()
        return self

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, self.log()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        raise AssertionError(self.log())

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def kill(self) -> None:
        """kill -9, the workers too."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> float:
        """SIGTERM; the seconds until the process is gone."""
        assert self.process is not None
        started = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return time.monotonic() - started

    def uses(self) -> list[UseRecord]:
        folder = self.folder / "journal"
        return [decode(one) for place in slots(folder) for _, one in read(place)]


@dataclass
class Tally:
    """What the client was told: request id → status, each only when it was read whole."""

    told: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    name: str = field(default_factory=lambda: secrets.token_hex(6))

    def count(self, status: int) -> int:
        return sum(one == status for one in self.told.values())


async def load(
    port: int, path: str, token: str, tally: Tally, clients: int, most: int | None = None
) -> None:
    """Call as fast as the answers come on `clients` connections, until `most` calls are
    made or the server is gone."""

    async def client() -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while most is None or tally.asked < most:
                    tally.asked += 1
                    await _call(reader, writer, path, token, f"{tally.name}-{tally.asked}", tally)
            finally:
                writer.close()

    async with asyncio.timeout(LONGEST_LOAD):
        await asyncio.gather(*(client() for _ in range(clients)))


async def _call(reader, writer, path: str, token: str, name: str, tally: Tally) -> None:
    writer.write(
        f"GET {path} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n"
        f"x-request-id: {name}\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    await reader.readexactly(length)
    assert f"x-request-id: {name}" in head, head
    tally.told[name] = int(head.split()[1])
