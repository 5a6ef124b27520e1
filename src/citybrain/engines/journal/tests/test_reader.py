"""Reading while it is written: committed records, each once, in order."""

import os
import threading

import pytest

from citybrain.engines.journal import Journal, JournalDamaged, Reader, discard, read, verify
from citybrain.engines.journal.format import encode_group, segment_path
from citybrain.engines.journal.mark import read_mark
from citybrain.engines.journal.tests.damage import append_to, copy_of


def test_a_reader_follows_the_writer_over_segments(tmp_path):
    reader = Reader(tmp_path)
    assert list(reader.read()) == []
    seen = []
    with Journal(tmp_path, segment_bytes=300) as journal:
        for n in range(1, 40):
            journal.append_blocking(b"%d" % n * 10)
            seen += [number for number, _ in reader.read()]
            assert seen[-1] == n
    assert seen == list(range(1, 40))


def test_a_limit_is_kept_and_the_next_call_goes_on(tmp_path):
    with Journal(tmp_path, segment_bytes=200) as journal:
        for _ in range(10):
            journal.append_blocking(b"x" * 50)
    reader = Reader(tmp_path, after=2)
    assert [number for number, _ in reader.read(3)] == [3, 4, 5]
    assert [number for number, _ in reader.read(0)] == []
    for number, _ in reader.read():
        if number == 7:
            break
    assert [number for number, _ in reader.read()] == [8, 9, 10]
    assert [number for number, _ in read(tmp_path, after=9)] == [10]


def test_what_is_written_but_not_yet_synced_is_not_read(tmp_path, monkeypatch):
    with Journal(tmp_path) as journal:
        journal.append_blocking(b"committed")
        real, reached, go_on = os.fdatasync, threading.Event(), threading.Event()

        def slow(handle):
            reached.set()
            go_on.wait(10)
            real(handle)

        monkeypatch.setattr(os, "fdatasync", slow)
        thread = threading.Thread(target=journal.append_blocking, args=(b"on its way",))
        thread.start()
        assert reached.wait(10)
        assert [payload for _, payload in read(tmp_path)] == [b"committed"]
        go_on.set()
        thread.join()
        assert len(list(read(tmp_path))) == 2


def test_without_a_writer_good_records_behind_the_mark_are_read(tmp_path):
    with Journal(tmp_path) as journal:
        journal.append_blocking(b"one")
        position = journal._segments._position
    group, _ = encode_group([b"two"], position.sequence, position.checksum)
    append_to(segment_path(tmp_path, 1), group + group[:9])
    assert read_mark(tmp_path).sequence == 1
    reader = Reader(tmp_path)
    assert [payload for _, payload in reader.read()] == [b"one", b"two"]
    assert list(reader.read()) == []
    with Journal(tmp_path) as journal:
        assert journal.append_blocking(b"three") == 3
        assert [payload for _, payload in reader.read()] == [b"three"]


def test_a_reader_in_a_thread_misses_nothing_and_sees_nothing_twice(tmp_path):
    done, seen = threading.Event(), []

    def follow():
        reader = Reader(tmp_path)
        while not done.is_set():
            seen.extend(reader.read())
        seen.extend(reader.read())

    thread = threading.Thread(target=follow)
    with Journal(tmp_path, segment_bytes=2000) as journal:
        thread.start()
        for n in range(1, 301):
            journal.append_blocking(b"%d" % n * 7)
        done.set()
        thread.join()
    assert seen == [(n, b"%d" % n * 7) for n in range(1, 301)]


def test_discarding_removes_whole_segments_below_and_stays_verifiable(tmp_path):
    with Journal(tmp_path, segment_bytes=200) as journal:
        for _ in range(10):
            journal.append_blocking(b"x" * 50)
        reader = Reader(tmp_path, after=4)
        assert discard(tmp_path, before=6) == 2
        assert discard(tmp_path, before=6) == 0
        assert verify(tmp_path) == []
        assert [number for number, _ in reader.read()] == [5, 6, 7, 8, 9, 10]
        assert next(read(tmp_path))[0] == 5
        assert discard(tmp_path, before=10**9) == 2
        assert journal.append_blocking(b"on") == 11
    assert verify(tmp_path) == []
    segment_path(tmp_path, 5).unlink()
    assert verify(tmp_path)[0].segment == 5


def test_records_that_were_discarded_unread_are_not_passed_over_in_silence(tmp_path):
    with Journal(tmp_path, segment_bytes=200) as journal:
        for _ in range(10):
            journal.append_blocking(b"x" * 50)
    discard(tmp_path, before=6)
    with pytest.raises(JournalDamaged, match=r"record 3.*discarded"):
        list(read(tmp_path, after=2))


def test_a_journal_shorter_than_what_was_read_is_noticed(tmp_path):
    with Journal(tmp_path) as journal:
        journal.append_blocking(b"one")
    with pytest.raises(JournalDamaged, match="7 was read before"):
        list(read(tmp_path, after=7))


def test_a_copy_whose_last_segment_was_just_being_made_is_read_to_its_end(tmp_path):
    with Journal(tmp_path / "journal") as journal:
        journal.append_blocking(b"one")
    copy = copy_of(tmp_path / "journal", tmp_path / "copy", without_mark=True)
    segment_path(copy, 2).write_bytes(b"CBJ")
    (copy / "lock").unlink()
    assert list(read(copy)) == [(1, b"one")]
