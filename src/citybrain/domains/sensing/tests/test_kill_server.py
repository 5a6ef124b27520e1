"""A server killed while readings come in over HTTP: what it acknowledged is there, once."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from tests.served import _free_port as free_port

from citybrain.config import HOME
from citybrain.domains.sensing.tests.conftest import MINUTE, T0
from citybrain.engines.facts import Facts

SEED = """
import django, json
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.personas import build_city
from citybrain.domains.sensing.tests.conftest import build_network
made = build_network(build_city())
print(json.dumps({"token": made.token, "numbers": made.numbers[3:]}))
"""


class Server:
    """`./citybrain serve` on a folder of its own; may be killed and started again."""

    def __init__(self, data: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CITYBRAIN_")}
        self.environment = kept | {
            "CITYBRAIN_DATA_DIR": str(data),
            "CITYBRAIN_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "citybrain.settings",
            "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}",
        }
        done = subprocess.run(
            [sys.executable, "-c", SEED], env=self.environment, cwd=HOME, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        self.seed = json.loads(done.stdout.splitlines()[-1])

    def start(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "citybrain.surfaces.cli", "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env=self.environment,
            cwd=HOME,
            start_new_session=True,
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1, trust_env=False)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def send(self, number: int) -> dict:
        reply = httpx.post(
            f"http://127.0.0.1:{self.port}/ingest/v1/columns",
            json=batch(self.seed["numbers"], number),
            headers={"authorization": f"Bearer {self.seed['token']}"},
            timeout=10,
            trust_env=False,
        )
        assert reply.status_code == 200, reply.text
        return reply.json()


def batch(numbers, number):
    return {
        "stream": numbers * 20,
        "time": [T0 + (number * 20 + n // len(numbers)) * MINUTE for n in range(len(numbers) * 20)],
        "result": [float(number % 200)] * len(numbers) * 20,
    }


def caller(server, told, first):
    for number in range(first, 10**6, 4):
        try:
            answer = server.send(number)
        except (httpx.HTTPError, AssertionError):
            return
        told[number] = answer


@pytest.mark.slow
def test_what_a_killed_server_acknowledged_is_there_once_and_recognised_when_sent_again(tmp_path):
    server, told = Server(tmp_path), {}
    for _ in range(2):
        server.start()
        first = max(told, default=-1) + 1
        callers = [
            threading.Thread(target=caller, args=(server, told, first + n)) for n in range(4)
        ]
        for one in callers:
            one.start()
        time.sleep(random.Random(len(told)).uniform(0.5, 1.5))
        server.kill()
        for one in callers:
            one.join()
    assert len(told) > 10
    assert all(one["accepted"] + one["repeated"] == 60 for one in told.values())
    server.start()
    again = [server.send(number) for number in told]
    assert again == [{"accepted": 0, "repeated": 60, "quarantined": 0, "reasons": {}}] * len(told)
    server.kill()
    with Facts(tmp_path / "facts", tend=False) as facts:
        twice = facts.snapshot().sql(
            "SELECT stream, time, sequence FROM readings GROUP BY ALL HAVING count(*) > 1"
        )
        assert twice.num_rows == 0
        assert facts.verify() == []
        assert facts.accepted >= 60 * len(told)
