"""kill -9 again and again while 100 cases run: each ends right, each message exists once."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from citybrain.config import HOME

CASES = 100
ROUNDS = int(os.environ.get("CITYBRAIN_TEST_KILL_ROUNDS", "4"))
PROGRAM = [sys.executable, "-m", "citybrain.flows.tests.crash_worker"]


class Worker:
    """The program, in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CITYBRAIN_")}
        self.environment = kept | {
            "CITYBRAIN_DATA_DIR": str(folder),
            "CITYBRAIN_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "citybrain.settings",
            "PYTHONPATH": f"{HOME / 'src'}:{HOME}",
        }

    def ask(self, *command: str) -> dict[str, Any]:
        done = subprocess.run(
            [*PROGRAM, *command], env=self.environment, cwd=HOME, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def work_and_die(self, seconds: float) -> None:
        """Two workers at once, killed in the midst of it."""
        both = [
            subprocess.Popen([*PROGRAM, "work"], env=self.environment, cwd=HOME,
                             stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]  # fmt: skip
        for one in both:
            assert one.stdout is not None
            assert one.stdout.readline() == "working\n"
        time.sleep(seconds)
        for one in both:
            one.kill()
            one.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_after_kill_nine_every_case_ends_right_and_every_message_exists_once(
    tmp_path: Path,
) -> None:
    worker, chance = Worker(tmp_path), random.Random(4)
    worker.ask("seed", str(CASES))
    for _ in range(ROUNDS):
        worker.work_and_die(chance.uniform(0.2, 1.2))
    assert list((tmp_path / "outbox").rglob("*.json")), "nothing was under way when it was killed"
    told = worker.ask("finish")
    with_person = sum(number % 3 == 2 for number in range(CASES))
    assert told["states"].count("human look ") == with_person
    assert told["states"].count("ended end arrived") == CASES - with_person
    for path in told["paths"].values():
        assert len(path) == len(set(path))
        assert path[:5] == ["apply", "fare", "lines", "hello", "who"]
    stops = sum(number % 3 for number in range(CASES) if number % 3 != 2)
    keys = [key for key, _, _ in told["messages"]]
    assert len(keys) == len(set(keys)) == CASES + stops + (CASES - with_person)
    assert {state for _, _, state in told["messages"]} == {"sent"}
    files = sorted(path.stem for path in (tmp_path / "outbox").rglob("*.json"))
    assert files == sorted(keys)
    assert told["papers"] == stops + CASES - with_person
    assert told["waivers"] == CASES
    # A use that was made when the worker died is made again under the next number, and both
    # are in the ledger: the data did leave twice.
    runs_used = {name.split(".")[0] for name in told["uses"]}
    assert len(runs_used) == CASES and len(told["uses"]) == len(set(told["uses"]))
    assert told["findings"] == []
