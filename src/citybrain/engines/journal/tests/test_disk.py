"""A disk that refuses: nothing is acknowledged, nothing half stays."""

import asyncio
import errno
import os

import pytest

from citybrain.engines.journal import Journal, JournalFailed, read, verify
from citybrain.engines.journal.format import segment_path


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


def test_a_full_disk_fails_every_waiting_append_and_work_goes_on_when_there_is_room(
    tmp_path, monkeypatch
):
    with Journal(tmp_path) as journal:
        journal.append_blocking(b"before")
        size = segment_path(tmp_path, 1).stat().st_size
        full = Full(monkeypatch, room=30)

        async def several():
            calls = (journal.append(b"x" * 40) for _ in range(10))
            return await asyncio.gather(*calls, return_exceptions=True)

        failed = asyncio.run(several())
        assert all(isinstance(error, JournalFailed) for error in failed)
        assert {error.errno for error in failed} == {errno.ENOSPC}
        assert segment_path(tmp_path, 1).stat().st_size == size
        assert journal.failure is None
        full.room = 10_000
        assert journal.append_blocking(b"after") == 2
    assert list(read(tmp_path)) == [(1, b"before"), (2, b"after")]
    assert verify(tmp_path) == []


def test_no_room_for_a_new_segment_leaves_no_half_one(tmp_path, monkeypatch):
    with Journal(tmp_path, segment_bytes=100) as journal:
        journal.append_blocking(b"x" * 60)
        full = Full(monkeypatch, room=7)
        with pytest.raises(JournalFailed, match="segment"):
            journal.append_blocking(b"y" * 60)
        assert len(list(tmp_path.glob("*.cbj"))) == 1
        full.room = 10_000
        assert journal.append_blocking(b"z" * 60) == 2
    assert verify(tmp_path) == []


def test_after_a_failed_sync_nothing_is_taken_until_it_is_opened_anew(tmp_path, monkeypatch):
    real = os.fdatasync

    def refuse(handle):
        raise OSError(errno.EIO, "Input/output error")

    journal = Journal(tmp_path)
    journal.append_blocking(b"before")
    monkeypatch.setattr(os, "fdatasync", refuse)
    with pytest.raises(JournalFailed, match="did not sync"):
        journal.append_blocking(b"lost")
    monkeypatch.setattr(os, "fdatasync", real)
    with pytest.raises(JournalFailed, match="open the journal anew"):
        journal.append_blocking(b"too early")
    assert "sync" in journal.failure
    journal.close()
    with Journal(tmp_path) as again:
        assert again.append_blocking(b"after") == 2
    assert [payload for _, payload in read(tmp_path)] == [b"before", b"after"]


def test_a_write_that_cannot_be_taken_back_stops_the_journal(tmp_path, monkeypatch):
    journal = Journal(tmp_path)
    Full(monkeypatch, room=5)

    def refuse(handle, size):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", refuse)
        with pytest.raises(JournalFailed):
            journal.append_blocking(b"x")
    assert "taken back" in journal.failure
    with pytest.raises(JournalFailed, match="taken back"):
        journal.append_blocking(b"x")
    monkeypatch.undo()
    journal.close()
    with Journal(tmp_path) as again:
        assert again.recovery.cut_bytes == 5


def test_an_error_that_is_not_the_disks_leaves_nobody_waiting(tmp_path, monkeypatch):
    def refuse(handle, data):
        raise MemoryError

    with Journal(tmp_path) as journal:
        monkeypatch.setattr(os, "write", refuse)
        with pytest.raises(JournalFailed, match="MemoryError"):
            journal.append_blocking(b"x")
