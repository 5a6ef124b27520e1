"""Claim: one process takes in a million readings a second through HTTP, durably.

Run it as `./citybrain bench ingest` (`--quick` for CI; `--readings` for another amount). A
server of the product with 20,000 registered streams; each batch has a device token, every
reading is looked up in the registry, checked against the range of its class and for repeats,
and is on disk (fdatasync) before the answer. Bodies are made beforehand, so that the client
takes little of the second core.

Beside it, in the same run, the same door with its store replaced by PostgreSQL (COPY in one
transaction a batch, synchronous commit, no index), when CITYBRAIN_TEST_POSTGRES names one.
"""

import argparse
import asyncio
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

HOME = Path(__file__).resolve().parents[1]
STREAMS = 20_000
T0 = 1_735_660_800_000_000
STEP = 60_000_000
JSON, ARROW = "application/json", "application/vnd.apache.arrow.stream"


def seed() -> None:
    """Migrate, register a class and the streams; prints token and seconds of registering."""
    import django

    django.setup()
    from django.core.management import call_command
    from tests.personas import build_city

    from citybrain.domains.sensing import actions

    call_command("migrate", verbosity=0)
    city = build_city()
    actions.register_class(
        acting_party=city.lin,
        code="speed",
        name_zh="车速",
        name_en="Speed",
        observed_property="speed",
        unit="km/h",
        decimals=1,
        interval_seconds=60,
        minimum=-1000.0,
        maximum=1000.0,
    )
    wanted = [
        actions.WantedStream(f"s-{n:05d}", "speed", f"测点{n}", "", f"3702{n % 10:02d}")
        for n in range(STREAMS)
    ]
    begun = time.perf_counter()
    actions.register_streams(acting_party=city.su, wanted=wanted)
    seconds = time.perf_counter() - begun
    _, token = actions.issue_device_token(acting_party=city.su, party=city.transport, label="bench")
    print(json.dumps({"token": token, "seconds": seconds}))


def serve(port: int, postgres: str) -> None:
    """The product's server; with `postgres` its store takes in by COPY instead."""
    import django

    django.setup()
    from citybrain.gateway.server import run_server

    if postgres:
        _with_postgres(postgres)
    run_server("127.0.0.1", port)


def _with_postgres(address: str) -> None:
    import psycopg

    from citybrain.engines.facts import Facts, Receipt

    connection = psycopg.connect(address, autocommit=False)
    connection.execute("SET synchronous_commit = on")
    connection.execute("DROP TABLE IF EXISTS bench_readings")
    connection.execute(
        "CREATE TABLE bench_readings "
        "(stream int4, time int8, result float8, quality int2, sequence int8)"
    )
    connection.commit()
    lock = asyncio.Lock()

    def copy(rows: Any) -> Receipt:
        table = pa.table(rows._asdict())
        text = io.BytesIO()
        pa.csv.write_csv(table, text, pa.csv.WriteOptions(include_header=False))
        statement = "COPY bench_readings FROM STDIN (FORMAT csv)"
        with connection.cursor() as cursor, cursor.copy(statement) as out:
            out.write(text.getvalue())
        connection.commit()
        return Receipt(rows.size)

    async def append(self: Facts, rows: Any) -> Receipt:
        async with lock:
            return await asyncio.get_running_loop().run_in_executor(None, copy, rows)

    import pyarrow.csv  # noqa: F401 - makes pa.csv known

    Facts.append = append  # type: ignore[method-assign]


def columns(batch: int, size: int) -> dict[str, np.ndarray]:
    """A batch: the next readings of all streams in turn, as a gateway sends them."""
    chance = np.random.default_rng(batch)
    place = np.arange(batch * size, (batch + 1) * size)
    return {
        "stream": (place % STREAMS + 1).astype(np.int32),
        "time": T0 + place // STREAMS * STEP,
        "result": np.round(chance.normal(50, 10, size), 1),
        "sequence": place // STREAMS,
    }


def as_json(batch: dict[str, np.ndarray]) -> bytes:
    return json.dumps({name: column.tolist() for name, column in batch.items()}).encode()


def as_arrow(batch: dict[str, np.ndarray]) -> bytes:
    sink = io.BytesIO()
    table = pa.table(batch)
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return sink.getvalue()


class Served:
    """A server of its own folder."""

    def __init__(self, postgres: str = "") -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="bench-ingest-")
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CITYBRAIN_")}
        self.environment = kept | {
            "CITYBRAIN_DATA_DIR": self.folder.name,
            "CITYBRAIN_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "citybrain.settings",
            "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}",
        }
        self.told = json.loads(self._run("seed"))
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        command = [sys.executable, __file__, "serve", str(self.port), postgres]
        self.process = subprocess.Popen(command, env=self.environment, cwd=HOME)
        self._wait()

    def _run(self, *arguments: str) -> bytes:
        command = [sys.executable, __file__, *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=HOME, check=True, stdout=subprocess.PIPE
        ).stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def cpu(self) -> float:
        """Seconds of processor time that the server took so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.folder.cleanup()


async def send(served: Served, bodies: list[bytes], kind: str, connections: int) -> int:
    """Post all bodies over some connections; gives the readings that were acknowledged."""
    waiting = list(reversed(bodies))
    accepted = 0

    async def client() -> None:
        nonlocal accepted
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        while waiting:
            body = waiting.pop()
            head = (
                f"POST /ingest/v1/columns HTTP/1.1\r\nhost: h\r\ncontent-type: {kind}\r\n"
                f"authorization: Bearer {served.told['token']}\r\n"
                f"content-length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode())
            writer.write(body)
            await writer.drain()
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
            told = await reader.readexactly(length)
            if " 200 " not in answer[:16]:
                raise RuntimeError(told.decode())
            counted = json.loads(told)
            if counted["repeated"] or counted["quarantined"]:
                raise RuntimeError(told.decode())
            accepted += counted["accepted"]
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return accepted


Form = tuple[str, str, Callable[[dict[str, np.ndarray]], bytes], int, int]


def measure(served: Served, form: Form, readings: int, start: int) -> int:
    """Send one form's batches and print its row; gives the number of the next reading."""
    name, kind, make, size, connections = form
    count = max(2, readings // size)
    first = -(-start // size)
    bodies = [make(columns(first + n, size)) for n in range(count)]
    cpu, begun = served.cpu(), time.perf_counter()
    accepted = asyncio.run(send(served, bodies, kind, connections))
    wall, used = time.perf_counter() - begun, served.cpu() - cpu
    if accepted != count * size:
        raise RuntimeError(f"{accepted} of {count * size} were acknowledged")
    mib = sum(map(len, bodies)) / count / 2**20
    print(
        f"{name:<34}{size:>9,}{mib:>8.2f}{connections:>6}{accepted:>13,}"
        f"{accepted / wall:>14,.0f}{1e6 * used / accepted:>10.3f}",
        flush=True,
    )
    return (first + count) * size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--readings", type=int, default=0)
    given = parser.parse_args()
    readings = given.readings or (400_000 if given.quick else 10_000_000)
    forms: list[Form] = [
        ("Arrow IPC", ARROW, as_arrow, 200_000, 4),
        ("columnar JSON", JSON, as_json, 200_000, 4),
        ("columnar JSON", JSON, as_json, 20_000, 8),
        ("columnar JSON", JSON, as_json, 1_000, 16),
        ("columnar JSON, one reading", JSON, as_json, 1, 64),
    ]
    served = Served()
    print(f"{STREAMS:,} streams registered in {served.told['seconds']:.1f} s")
    print(
        f"{'form':<34}{'batch':>9}{'MiB':>8}{'conns':>6}{'readings':>13}"
        f"{'readings/s':>14}{'CPU µs':>10}"
    )
    try:
        start = 0
        for form in forms:
            share = {1: 1000, 1_000: 8, 20_000: 2}.get(form[3], 1)
            start = measure(served, form, readings // share, start)
    finally:
        served.close()
    postgres = os.environ.get("CITYBRAIN_TEST_POSTGRES", "")
    if not postgres:
        print("PostgreSQL: not measured (CITYBRAIN_TEST_POSTGRES names none)")
        return
    served = Served(postgres)
    try:
        arrow = ("PostgreSQL, COPY, Arrow", ARROW, as_arrow, 200_000, 4)
        text = ("PostgreSQL, COPY, columnar JSON", JSON, as_json, 20_000, 8)
        start = measure(served, arrow, readings // 4, 0)
        measure(served, text, readings // 8, start)
    finally:
        served.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["seed"]:
        seed()
    elif sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), sys.argv[3])
    else:
        main()
