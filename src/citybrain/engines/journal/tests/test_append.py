"""Appending: numbers, groups, segments, one writer, closing."""

import asyncio
import os
import threading
import time

import pytest

from citybrain.engines.journal import (
    Journal,
    JournalBusy,
    JournalClosed,
    JournalFailed,
    claim_slot,
    journal_id,
    read,
    slots,
    verify,
)
from citybrain.engines.journal.format import LARGEST_PAYLOAD


def test_numbers_run_from_one_and_go_on_after_opening_again(tmp_path):
    with Journal(tmp_path) as journal:
        assert [journal.append_blocking(b"a"), journal.append_blocking(b"")] == [1, 2]
        name = journal.id
    with Journal(tmp_path) as journal:
        assert (journal.append_blocking(b"c"), journal.id) == (3, name)
        assert (journal.recovery.records, journal.recovery.cut_bytes) == (2, 0)
    assert list(read(tmp_path)) == [(1, b"a"), (2, b""), (3, b"c")]
    assert journal_id(tmp_path) == name


def test_callers_of_a_loop_share_groups_and_each_gets_its_own_number(tmp_path, monkeypatch):
    syncs = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (syncs.append(1), real(handle)))
    with Journal(tmp_path) as journal:

        async def many():
            return await asyncio.gather(*(journal.append(b"%d" % n) for n in range(500)))

        numbers = asyncio.run(many())
    assert sorted(numbers) == list(range(1, 501))
    found = dict(read(tmp_path))
    assert all(found[number] == b"%d" % n for n, number in enumerate(numbers))
    assert len(syncs) < 100


def test_threads_and_loops_may_append_together(tmp_path):
    with Journal(tmp_path) as journal:

        def work(mark):
            for n in range(50):
                journal.append_blocking(b"%s-%d" % (mark, n))

        async def more():
            await asyncio.gather(*(journal.append(b"c-%d" % n) for n in range(50)))

        threads = [threading.Thread(target=work, args=(mark,)) for mark in (b"a", b"b")]
        for thread in threads:
            thread.start()
        asyncio.run(more())
        for thread in threads:
            thread.join()
    assert len({payload for _, payload in read(tmp_path)}) == 150
    assert verify(tmp_path) == []


def test_a_cancelled_caller_leaves_the_others_alone(tmp_path):
    with Journal(tmp_path) as journal:

        async def run():
            tasks = [asyncio.create_task(journal.append(b"x")) for _ in range(3)]
            await asyncio.sleep(0)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

        first, second, third = asyncio.run(run())
    assert (first, third) == (1, 3)
    assert isinstance(second, asyncio.CancelledError)


def test_segments_roll_and_numbers_run_on(tmp_path):
    with Journal(tmp_path, segment_bytes=400) as journal:
        for n in range(20):
            journal.append_blocking(b"%090d" % n)
    assert len(list(tmp_path.glob("*.cbj"))) == 7
    assert [number for number, _ in read(tmp_path)] == list(range(1, 21))
    assert verify(tmp_path) == []
    with Journal(tmp_path, segment_bytes=400) as journal:
        assert journal.append_blocking(b"on") == 21


def test_a_record_larger_than_a_segment_has_one_for_itself(tmp_path):
    large = os.urandom(3_000_000)
    with Journal(tmp_path, segment_bytes=1000) as journal:
        for payload in (b"a", large, b"c"):
            journal.append_blocking(payload)
    assert [payload for _, payload in read(tmp_path)] == [b"a", large, b"c"]
    assert len(list(tmp_path.glob("*.cbj"))) == 3


def test_a_directory_has_one_writer(tmp_path):
    with Journal(tmp_path), pytest.raises(JournalBusy):
        Journal(tmp_path)
    Journal(tmp_path).close()


def test_each_worker_claims_its_own_slot(tmp_path):
    first, second = claim_slot(tmp_path), claim_slot(tmp_path)
    assert [first.directory.name, second.directory.name] == ["00", "01"]
    first.close()
    third = claim_slot(tmp_path)
    assert third.directory.name == "00"
    second.close()
    third.close()
    assert [path.name for path in slots(tmp_path)] == ["00", "01"]
    assert slots(tmp_path / "none") == []


def test_closing_commits_what_waits_and_takes_nothing_more(tmp_path):
    journal = Journal(tmp_path)

    async def run():
        waiting = [asyncio.ensure_future(journal.append(b"%d" % n)) for n in range(100)]
        await asyncio.sleep(0)
        await asyncio.to_thread(journal.close)
        assert await asyncio.gather(*waiting) == list(range(1, 101))
        with pytest.raises(JournalClosed):
            await journal.append(b"late")

    asyncio.run(run())
    journal.close()
    with pytest.raises(JournalFailed):
        journal.append_blocking(b"late")
    assert len(list(read(tmp_path))) == 100


@pytest.mark.parametrize(
    ("payload", "error"), [("text", TypeError), (bytes(LARGEST_PAYLOAD + 1), ValueError)]
)
def test_what_is_no_record_is_refused(tmp_path, payload, error):
    with Journal(tmp_path) as journal:
        with pytest.raises(error):
            journal.append_blocking(payload)
        assert journal.append_blocking(b"fine") == 1


def test_a_loop_that_is_never_idle_does_not_starve_the_flush_thread(tmp_path):
    with Journal(tmp_path) as journal:

        async def burn(done):
            while not done.is_set():
                end = time.perf_counter() + 0.0005
                while time.perf_counter() < end:
                    pass
                await asyncio.sleep(0)

        async def run():
            done = asyncio.Event()
            burning = asyncio.create_task(burn(done))
            times = []
            for _ in range(40):
                start = time.perf_counter()
                await asyncio.wait_for(journal.append(b"x"), 5)
                times.append(time.perf_counter() - start)
            done.set()
            await burning
            return sorted(times)

        assert asyncio.run(run())[20] < 0.1
