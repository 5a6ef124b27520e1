"""A city served for clients from outside: a real server with gateway, sealer and own data."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
CARS = "station,district,spaces\n火车站,370202,320\n五四广场,370202,180\n香港中路,370202,95\n"
BUILD = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.personas import build_city
build_city()
"""
PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """Where the city is served and where its data lie."""

    address: str
    data: Path

    def tell(self, script: str) -> str:
        """Run a script in the city's environment, with Django set up; gives what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{script}"],
            env=_environment(self.data) | {"CITYBRAIN_DATABASE_URL": ""},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _environment(data: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CITYBRAIN_") or name == "CITYBRAIN_DATABASE_URL"
    }
    return kept | {
        "CITYBRAIN_DATA_DIR": str(data),
        "CITYBRAIN_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "citybrain.settings",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
    }


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """Migrate, bring in the people of the tests and a table of car parks, serve, stop."""
    files = data / "files"
    files.mkdir(parents=True)
    (files / "cars.csv").write_text(CARS, encoding="utf-8")
    environment = _environment(data)
    environment.pop("CITYBRAIN_DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", BUILD], env=environment, cwd=ROOT, check=True)
    port = _free_port()
    command = [sys.executable, "-m", "citybrain.surfaces.cli", "serve", "--worker"]
    process = subprocess.Popen([*command, "--port", str(port)], env=environment, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield Served(address, data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended while it started"
        try:
            if httpx.get(f"{address}/readyz", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{address} is not ready after {PATIENCE:.0f} s")
