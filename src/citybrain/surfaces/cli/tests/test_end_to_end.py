"""The whole main job as an operator types it: an empty folder, a server, a proved use."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from citybrain.config import HOME

PATIENCE = 30.0
COMMAND = [sys.executable, "-m", "citybrain.surfaces.cli"]
METADATA = {
    "source": {"type": "file", "path": "lines.csv", "format": "csv"},
    "items": [
        {"name": "line", "title_zh": "线路", "title_en": "Line", "type": "N"},
        {"name": "stops", "title_zh": "站数", "title_en": "Stops", "type": "N"},
    ],
}
POLICY = {
    "action": "use",
    "constraints": [{"operand": "count", "operator": "lteq", "value": 2}],
}


DRIVER = """
import json, sys
from click.testing import CliRunner
from citybrain.surfaces.cli.root import citybrain
for line in sys.stdin:
    done = CliRunner().invoke(citybrain, json.loads(line))
    print(json.dumps([done.exit_code, done.stdout, done.stderr]), file=sys.__stdout__, flush=True)
"""
"""Runs many commands in one process: starting Python for each would take most of the test."""


class Terminal:
    """Runs commands in an installation of its own."""

    def __init__(self, folder: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CITYBRAIN_", "LC_"))}
        self.folder = folder
        self.environment = kept | {
            "CITYBRAIN_DATA_DIR": str(folder),
            "CITYBRAIN_LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(HOME / "src"),
            "LANG": "en_US.UTF-8",
        }
        self.driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=folder,
        )

    def type(self, *arguments: str, status: int = 0) -> str:
        """Run a command; its output, or its error when it is meant to fail."""
        self.driver.stdin.write(json.dumps(arguments) + "\n")
        self.driver.stdin.flush()
        exit_code, out, err = json.loads(self.driver.stdout.readline())
        assert exit_code == status, (arguments, out, err)
        return err if status else out

    def json(self, *arguments: str) -> Any:
        return json.loads(self.type(*arguments, "--json"))

    def close(self) -> None:
        self.driver.stdin.close()
        self.driver.wait(timeout=10)
        self.driver.stdout.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/lines.csv").write_text("line,stops\n1,20\n2,31\n")
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.close()


@pytest.fixture
def server(terminal: Terminal) -> Iterator[str]:
    """A server with its worker, ended by SIGTERM."""
    terminal.type("migrate")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), "--worker"], env=terminal.environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: httpx.get(f"{address}/readyz", trust_env=False).is_success)
        yield address
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=10) in (0, -signal.SIGTERM)


def wait_for(ready: Any) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def two_parties(terminal: Terminal) -> None:
    """Su is steward of an owner, Ci of a user."""
    terminal.type("account", "found", "lin", "--password", "Kite-over-1-Sea")
    for name, zh in (("su", "交通运输局"), ("ci", "民政局")):
        kind = ("--type", "department", "--name-zh", zh, "--name-en", name)
        party = terminal.json("party", "register", *kind, "--as", "lin")
        terminal.type("account", "create", name, "--password", "Kite-over-1-Sea", "--as", "lin")
        terminal.type("account", "grant", name, party["ref"], "steward", "--as", "lin")


def agreement_on_lines(terminal: Terminal) -> tuple[str, str]:
    """Register, offer, request, agree; the resource's reference and the token."""
    resource = terminal.json(
        "resource", "register", "--code", "T-1", "--kind", "table", "--title-zh", "公交线路",
        "--title-en", "Bus lines", "--share-type", "unconditional", "--update-cycle", "daily",
        "--metadata", json.dumps(METADATA), "--as", "su",
    )["ref"]  # fmt: skip
    terminal.type("resource", "publish", resource, "--as", "su")
    titles = ("--title-zh", "甲", "--title-en", "A", "--policy", json.dumps(POLICY))
    offer = terminal.json("offer", "make", resource, *titles, "--as", "su")["ref"]
    why = ("--purpose", "public-service", "--basis", "甲", "--use-scope", "乙")
    request = terminal.json("request", "draft", offer, *why, "--as", "ci")["ref"]
    terminal.type("request", "move", request, "submit", "--as", "ci")
    for move in ("accept", "review", "agree"):
        answered = terminal.json("request", "move", request, move, "--as", "su")
    signed = terminal.json("agreement", "countersign", answered["agreement"], "--as", "ci")
    return resource, signed["token"]


def test_the_main_job_runs_from_an_empty_folder_to_a_verified_receipt(
    terminal: Terminal, server: str
):
    two_parties(terminal)
    resource, token = agreement_on_lines(terminal)
    door = ("--base", server, "--token", token)
    for _ in range(2):
        assert "31" in terminal.type("use", "call", resource, *door)
    refused = terminal.type("use", "call", resource, *door, status=1)
    assert "(429" in refused or "(403" in refused
    assert "urn:citybrain:problem:" in refused

    wait_for(lambda: terminal.json("use", "list", "--as", "ci")["count"] == 3)
    uses = terminal.json("use", "list", "--as", "ci")["items"]
    assert [one["outcome"] for one in uses] == ["refused", "granted", "granted"]
    receipt = terminal.folder / "receipt.json"
    name = uses[-1]["request_id"]
    terminal.type("ledger", "receipt", name, "--output", str(receipt), "--as", "ci")
    verify = [sys.executable, str(HOME / "tools/verify.py"), str(receipt)]
    assert subprocess.run(verify, capture_output=True).returncode == 0
    assert "all agree" in terminal.type("audit")
    assert terminal.json("entry", "savings", "--as", "lin")["saved_fen"] > 0
