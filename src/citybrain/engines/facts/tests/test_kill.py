"""A writer killed at any moment, amid a flush too: what it was told is there, once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import citybrain
from citybrain.engines.facts import Facts, Follower, make

STREAMS, T0, MINUTE = 30, 1_751_299_200_000_000, 60_000_000

# Prints each batch's number only after the append returned: what stands there was acknowledged.
WRITER = """
import os, sys, threading
from pathlib import Path
from citybrain.engines.facts import Facts
from citybrain.engines.facts.tests.test_kill import batch, STREAMS

facts = Facts(Path(sys.argv[1]), tend=False)
facts.define(list(range(STREAMS)), [n % 3 for n in range(STREAMS)], 1)

def tend():
    while True:
        facts.flush()
        facts.compact()

threading.Thread(target=tend, daemon=True).start()
number = int(sys.argv[2])
while True:
    facts.append_blocking(batch(number))
    os.write(1, b"%d\\n" % number)
    number += 1
"""


def batch(number):
    """Rows that are known by their number; every seventh batch is three days late."""
    late = 3 * 24 * 60 if number % 7 == 3 else 0
    streams = np.arange(STREAMS, dtype=np.int32)
    times = np.full(STREAMS, T0 + (number * 13 - late) * MINUTE)
    return make(streams, times, streams + number / 10, None, np.full(STREAMS, number))


def run_and_kill(directory, first, seconds):
    environment = os.environ | {
        "PYTHONPATH": f"{Path(citybrain.__file__).parents[1]}",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, directory, str(first)],
        stdout=subprocess.PIPE,
        env=environment,
    )
    head = child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().splitlines(keepends=True)
    child.wait()
    return [int(line) for line in [head, *rest] if line.endswith(b"\n")]


@pytest.mark.parametrize("seed", range(3))
def test_what_a_killed_writer_acknowledged_is_there_once_and_recognised_when_it_is_repeated(
    tmp_path, seed
):
    told = []
    chance = random.Random(seed)
    for _ in range(3):
        first = told[-1] + 1 if told else 0
        told += run_and_kill(tmp_path, first, chance.uniform(0.02, 0.5))
    with Follower(tmp_path) as follower:
        check(follower.snapshot(), told)
    with Facts(tmp_path, tend=False) as facts:
        check(facts.snapshot(), told)
        for number in told:
            assert facts.append_blocking(batch(number)) == (0, STREAMS, 0)
        assert facts.verify() == []
        facts.flush()
        facts.compact(everything=True)
        check(facts.snapshot(), told)
        assert facts.verify() == []


def check(snapshot, told):
    """Each told batch is there once, at most one other (that was never told) whole or not."""
    table = snapshot.sql(
        "SELECT sequence, count(*) AS rows, count(DISTINCT stream) AS streams, "
        "bool_and(abs(result - (stream + sequence / 10)) < 1e-9) AS true_to_life "
        "FROM readings GROUP BY sequence"
    ).to_pylist()
    found = {row["sequence"]: row for row in table}
    assert set(told) <= set(found)
    assert len(found) - len(told) <= 3
    for row in table:
        assert (row["rows"], row["streams"], row["true_to_life"]) == (STREAMS, STREAMS, True)
    hours = snapshot.sql("SELECT sum(count) AS rows FROM hourly").to_pylist()
    assert hours == [{"rows": len(found) * STREAMS}]
    newest = snapshot.latest()
    assert set(newest.sequence.tolist()) == {max(n for n in found if n % 7 != 3)}
