"""A writer killed at any moment: what it was told is there, once."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import citybrain
from citybrain.engines.journal import Journal, read, verify

# Prints each number only after the append returned: what stands in its output was acknowledged.
WRITER = """
import asyncio, os, sys
from pathlib import Path
from citybrain.engines.journal import Journal

async def caller(journal, name):
    n = 0
    while True:
        n += 1
        payload = b"%d-%d" % (name, n)
        number = await journal.append(payload)
        os.write(1, b"%d %s\\n" % (number, payload))

async def main():
    journal = Journal(Path(sys.argv[1]), segment_bytes=20_000)
    await asyncio.gather(*(caller(journal, name) for name in range(16)))

asyncio.run(main())
"""


def run_and_kill(directory: Path, lines: int) -> list[bytes]:
    environment = os.environ | {"PYTHONPATH": str(Path(citybrain.__file__).parents[1])}
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, directory], stdout=subprocess.PIPE, env=environment
    )
    head = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().splitlines(keepends=True)
    child.wait()
    return [line for line in head + rest if line.endswith(b"\n")]


@pytest.mark.parametrize("seed", range(4))
def test_everything_a_killed_writer_acknowledged_is_there_once(tmp_path, seed):
    told: dict[int, bytes] = {}
    for lines in random.Random(seed).sample(range(1, 1500), 2):
        acknowledged = run_and_kill(tmp_path, lines)
        assert len(acknowledged) >= lines
        for line in acknowledged:
            number, payload = line.split()
            assert int(number) not in told
            told[int(number)] = payload
    with Journal(tmp_path) as journal:
        assert journal.recovery.lost == 0
    found = dict(read(tmp_path))
    assert told.items() <= found.items()
    assert list(found) == list(range(1, len(found) + 1))
    assert verify(tmp_path) == []
