"""A copy of the store that is taken while readings come in is a whole store."""

import threading
from pathlib import Path

from citybrain.engines.facts import Facts, Options, make
from citybrain.kernel.backup import _copy

MINUTE = 60_000_000


def test_a_copy_holds_everything_that_was_acknowledged_before_it(tmp_path: Path) -> None:
    source, stop = tmp_path / "facts", threading.Event()
    with Facts(source, Options(), tend=False) as facts:
        facts.define(stream=[1, 2], group=0, decimals=1)

        def write() -> None:
            number = 0
            while not stop.is_set():
                times = [(number + n) * MINUTE for n in range(100)]
                facts.append_blocking(make([1 + number % 2] * 100, times, [20.5] * 100))
                number += 100
                if number % 1000 == 0:
                    facts.flush()

        writer = threading.Thread(target=write)
        writer.start()
        copies = []
        for number in range(5):
            before = facts.accepted
            _copy(source, tmp_path / f"copy{number}")
            copies.append((before, tmp_path / f"copy{number}"))
        stop.set()
        writer.join()
        last = facts.accepted
    for before, copy in copies:
        with Facts(copy, Options(), tend=False) as restored:
            assert before <= restored.accepted <= last
            assert restored.verify() == []
            assert restored.snapshot().count(0, 10**15) == restored.accepted
