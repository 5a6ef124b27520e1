"""Disks that refuse, files that are torn or changed: named, and nothing acknowledged lost."""

import errno
import os

import pytest

from citybrain.engines.facts import Facts, StoreDamaged, StoreFailed, make, segments
from citybrain.engines.facts import manifest as m

T0, DAY = 1_751_299_200_000_000, 86_400_000_000


@pytest.fixture
def facts(tmp_path):
    with Facts(tmp_path, tend=False) as store:
        store.define([1, 2], [0, 1], 1)
        yield store


def put(facts, number):
    return facts.append_blocking(make([1, 2], [T0 + number] * 2, [number, number]))


def count(facts):
    return facts.snapshot().count(T0, T0 + DAY)


class Full:
    """An `os.write` that takes `room` bytes and then says that the disk is full."""

    def __init__(self, monkeypatch, room):
        self.room, self.real = room, os.write
        monkeypatch.setattr(os, "write", self)

    def __call__(self, handle, data):
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self.real(handle, bytes(data)[: self.room])
        self.room -= taken
        return taken


def test_a_full_disk_refuses_the_batch_and_takes_it_when_there_is_room(facts, monkeypatch):
    put(facts, 1)
    full = Full(monkeypatch, room=20)
    with pytest.raises(StoreFailed) as refused:
        put(facts, 2)
    assert refused.value.errno == errno.ENOSPC
    assert count(facts) == 2
    full.room = 10**9
    assert put(facts, 2) == (2, 0, 0)
    assert count(facts) == 4


def test_a_full_disk_during_a_flush_keeps_the_readings_in_journal_and_memory(
    facts, monkeypatch, tmp_path
):
    put(facts, 1)
    real = segments.write

    def half(path, table, like=None):
        real(path, table, like)
        os.truncate(path, 50)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(segments, "write", half)
        with pytest.raises(OSError, match="space"):
            facts.flush()
    put(facts, 2)
    assert count(facts) == 4
    assert not list((tmp_path / "segments").rglob("*.parquet*"))
    assert facts.flush() == 4
    assert count(facts) == 4
    assert facts.verify() == []


def test_no_room_for_the_manifest_leaves_the_old_one(facts, monkeypatch):
    put(facts, 1)
    facts.flush()
    put(facts, 2)
    full = Full(monkeypatch, room=10)
    with pytest.raises(OSError, match="space"):
        facts.flush()
    assert count(facts) == 4
    full.room = 10**9
    facts.flush()
    assert count(facts) == 4
    assert facts.verify() == []


def test_a_manifest_that_the_disk_did_not_confirm_counts_but_keeps_the_journal(
    facts, monkeypatch, tmp_path
):
    from citybrain.engines.facts import places

    real, calls = places.sync_directory, []

    def refuse(folder):
        calls.append(folder)
        if (tmp_path / "segments" / m.NAME).exists():
            raise OSError(errno.EIO, "Input/output error")
        real(folder)

    put(facts, 1)
    with monkeypatch.context() as patched:
        patched.setattr(places, "sync_directory", refuse)
        facts.flush()
    assert count(facts) == 2
    assert facts.verify() == []
    facts.close()
    with Facts(tmp_path, tend=False) as again:
        assert count(again) == 2
        assert put(again, 1) == (0, 2, 0)


def test_after_a_sync_that_failed_nothing_is_taken_until_the_store_is_opened_anew(
    facts, monkeypatch, tmp_path
):
    put(facts, 1)

    def refuse(handle):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)
        with pytest.raises(StoreFailed):
            put(facts, 2)
    with pytest.raises(StoreFailed, match="anew"):
        put(facts, 3)
    assert facts.failure
    facts.close()
    with Facts(tmp_path, tend=False) as again:
        assert put(again, 2) == (2, 0, 0)
        assert count(again) == 4


def test_a_torn_journal_tail_is_cut_off_and_what_was_acknowledged_stays(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], [0, 1], 1)
        put(facts, 1)
    (journal,) = (tmp_path / "journal").glob("*.cbj")
    with journal.open("ab") as file:
        file.write(b"half a record")
    with Facts(tmp_path, tend=False) as facts:
        assert count(facts) == 2
        assert put(facts, 2) == (2, 0, 0)


def segment_file(facts, kind=m.RAW):
    one = facts.snapshot().manifest.of_kind(kind)[0]
    return facts.state.place.root / one.name, one


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("kind", [m.RAW, m.HOUR, m.DAY])
def test_a_changed_segment_is_named_by_verify(facts, kind):
    put(facts, 1)
    facts.flush()
    path, one = segment_file(facts, kind)
    flip(path, 60)
    assert [fault.name for fault in facts.verify()] == [one.name]


def test_a_torn_segment_is_named_when_the_store_is_opened(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], [0, 1], 1)
        put(facts, 1)
        facts.flush()
        path, one = segment_file(facts)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(StoreDamaged, match=one.name):
        Facts(tmp_path)
    path.unlink()
    with pytest.raises(StoreDamaged, match="gone"):
        Facts(tmp_path)
    path.write_bytes(whole)
    with Facts(tmp_path, tend=False) as facts:
        assert count(facts) == 2


def test_a_segment_that_cannot_be_read_is_named_by_the_question(facts):
    put(facts, 1)
    facts.flush()
    path, one = segment_file(facts)
    path.write_bytes(b"\0" * one.bytes)
    with pytest.raises(StoreDamaged, match=one.name):
        facts.snapshot().raw([1], T0, T0 + DAY)


def test_a_changed_segment_is_never_carried_into_a_new_one(facts):
    for number in (1, 2):
        put(facts, number)
        facts.flush()
    path, one = segment_file(facts)
    flip(path, 60)
    with pytest.raises(StoreDamaged, match=one.name):
        facts.compact(everything=True)
    assert path.exists()


def test_a_changed_manifest_is_refused(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], [0, 1], 1)
        put(facts, 1)
        facts.flush()
    path = tmp_path / "segments" / m.NAME
    path.write_text(path.read_text().replace('\\"accepted\\":2', '\\"accepted\\":3'))
    with pytest.raises(StoreDamaged, match="hash"):
        Facts(tmp_path)


def test_what_a_killed_flush_left_behind_is_removed(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], [0, 1], 1)
        put(facts, 1)
        facts.flush()
        kept = set(facts.state.place.names())
    (tmp_path / "segments" / "9999").mkdir()
    (tmp_path / "segments" / "9999" / "0-abc-raw.parquet.1234.new").write_bytes(b"half")
    (tmp_path / "segments" / "9999" / "0-abc-raw.parquet").write_bytes(b"whole but not named")
    with Facts(tmp_path, tend=False) as facts:
        assert set(facts.state.place.names()) == kept
        assert count(facts) == 2


def test_another_journal_than_the_manifest_names_is_refused(tmp_path):
    for name in ("a", "b"):
        with Facts(tmp_path / name, tend=False) as facts:
            facts.define([1, 2], [0, 1], 1)
            put(facts, 1)
            facts.flush()
    (tmp_path / "a" / "journal").rename(tmp_path / "old")
    (tmp_path / "b" / "journal").rename(tmp_path / "a" / "journal")
    with pytest.raises(StoreDamaged, match="journal"):
        Facts(tmp_path / "a")
