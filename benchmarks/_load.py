"""A load generator: keep-alive connections that each send the next request when the answer
to the last one has been read (closed loop). Python, so it needs a core of its own."""

import asyncio
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop


@dataclass
class Measured:
    """Seconds of each answered call, and how many were not 2xx."""

    seconds: list[float] = field(default_factory=list)
    bad: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    """Seconds of processor time that the server took for all of them."""

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.seconds) / self.wall

    def quantile(self, share: float) -> float:
        """Milliseconds that this share of the calls took at most."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Client(asyncio.Protocol):
    def __init__(self, request: bytes, measured: Measured, until: float) -> None:
        self.request, self.measured, self.until = request, measured, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.started = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer = self.buffer + data if self.buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = buffer.lower().find(b"content-length: ", 0, end)
        length = int(buffer[at + 16 : buffer.find(b"\r\n", at)])
        if len(buffer) < end + 4 + length:
            return
        now = time.perf_counter()
        self.measured.seconds.append(now - self.started)
        self.measured.bad += not buffer.startswith(b"HTTP/1.1 2")
        self.buffer = b""
        if now < self.until:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def measure(pid: int, port: int, request: bytes, clients: int, seconds: float) -> Measured:
    """Load the server process for some seconds."""
    before = cpu_seconds(pid)
    measured = uvloop.run(_measure(port, request, clients, seconds))
    measured.cpu = cpu_seconds(pid) - before
    return measured


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _measure(port: int, request: bytes, clients: int, seconds: float) -> Measured:
    measured = Measured()
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    until = started + seconds
    made = [
        await loop.create_connection(lambda: _Client(request, measured, until), "127.0.0.1", port)
        for _ in range(clients)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    measured.wall = time.perf_counter() - started
    return measured


def request_of(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
