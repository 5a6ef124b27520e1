"""Opening after a crash: torn tails are cut and reported, damage is named and kept."""

import re

import pytest

from citybrain.engines.journal import Journal, JournalDamaged, read, verify
from citybrain.engines.journal.format import HEADER_SIZE, encode_group, record_at, segment_path
from citybrain.engines.journal.tests.damage import append_to, copy_of, ends_of, flip


@pytest.fixture
def journal(tmp_path):
    """Five records in five groups, then closed."""
    directory = tmp_path / "journal"
    with Journal(directory) as journal:
        for n in range(1, 6):
            journal.append_blocking(b"record %d" % n)
    return directory


def next_group(directory, *payloads):
    """The bytes a writer would write next."""
    data = segment_path(directory, 1).read_bytes()
    last = record_at(data, ends_of(directory)[-2])
    return encode_group(list(payloads), last.sequence, last.checksum)[0]


def test_a_tail_torn_at_any_byte_is_cut_kept_aside_and_reported(journal, tmp_path):
    group = next_group(journal, b"never told")
    for size in range(1, len(group)):
        directory = copy_of(journal, tmp_path / "copy")
        append_to(segment_path(directory, 1), group[:size])
        with Journal(directory) as opened:
            recovery = opened.recovery
            assert (recovery.segment, recovery.records, recovery.cut_bytes) == (1, 5, size)
            assert recovery.lost == 0
            assert recovery.kept_aside.read_bytes() == group[:size]
            assert recovery.kept_aside.name.startswith("torn-")
            assert opened.append_blocking(b"on") == 6
        assert verify(directory) == []


def test_a_record_cut_off_by_a_loss_of_power_leaves_the_others(journal, tmp_path):
    start, end = ends_of(journal)[-2:]
    for size in range(start + 1, end):
        directory = copy_of(journal, tmp_path / "copy", without_mark=True)
        with segment_path(directory, 1).open("r+b") as file:
            file.truncate(size)
        with Journal(directory) as opened:
            assert opened.recovery.cut_bytes == size - start
            assert opened.sequence == 4
        assert len(list(read(directory))) == 4


def test_a_group_of_which_a_middle_page_is_missing_is_torn_not_damaged(journal):
    group = bytearray(next_group(journal, b"a" * 50, b"b" * 50, b"c" * 50, b"d" * 50))
    group[70:140] = bytes(70)
    append_to(segment_path(journal, 1), bytes(group))
    with Journal(journal) as opened:
        assert opened.recovery.cut_bytes == len(group) - 70
        assert opened.sequence == 6


def test_zeros_and_noise_behind_the_end_are_cut(journal):
    append_to(segment_path(journal, 1), bytes(5000) + b"\xff" * 300)
    with Journal(journal) as opened:
        assert (opened.recovery.cut_bytes, opened.sequence) == (5300, 5)


def test_a_flipped_byte_in_the_middle_is_damage_and_nothing_is_cut(journal, tmp_path):
    ends = ends_of(journal)
    for offset in range(ends[1], ends[2]):
        directory = copy_of(journal, tmp_path / "copy", without_mark=True)
        flip(segment_path(directory, 1), offset)
        before = segment_path(directory, 1).read_bytes()
        expected = f"segment 00000001, offset {ends[1]}, record 2"
        with pytest.raises(JournalDamaged, match=re.escape(expected)):
            Journal(directory)
        assert segment_path(directory, 1).read_bytes() == before
        (found,) = verify(directory)
        assert (found.segment, found.offset, found.sequence) == (1, ends[1], 2)
        with pytest.raises(JournalDamaged):
            list(read(directory))


def test_a_removed_record_is_damage(journal):
    ends = ends_of(journal)
    path = segment_path(journal, 1)
    data = path.read_bytes()
    path.write_bytes(data[: ends[1]] + data[ends[2] :])
    with pytest.raises(JournalDamaged, match="record 2"):
        Journal(journal)
    assert verify(journal)[0].sequence == 2


def test_a_record_exchanged_together_with_its_checksum_is_damage(journal):
    path, ends = segment_path(journal, 1), ends_of(journal)
    data = path.read_bytes()
    before = record_at(data, ends[0])
    forged, _ = encode_group([b"Record 2"], before.sequence, before.checksum)
    path.write_bytes(data[: ends[1]] + forged + data[ends[2] :])
    with pytest.raises(JournalDamaged, match="record 3"):
        Journal(journal)


def test_damage_within_the_last_acknowledged_group_is_damage(tmp_path):
    with Journal(tmp_path) as journal:
        journal._segments.commit([b"one", b"two", b"three"])
    flip(segment_path(tmp_path, 1), ends_of(tmp_path)[0] + 21)
    with pytest.raises(JournalDamaged, match="record 1"):
        Journal(tmp_path)


def test_lost_acknowledged_records_are_counted_and_their_numbers_never_given_again(journal):
    start, end = ends_of(journal)[-3::2]
    with segment_path(journal, 1).open("r+b") as file:
        file.truncate(start + 5)
    assert verify(journal)[0].sequence == 4
    with Journal(journal) as opened:
        assert (opened.recovery.lost, opened.recovery.cut_bytes) == (2, 5)
        assert opened.append_blocking(b"after the loss") == 6
    assert [number for number, _ in read(journal)] == [1, 2, 3, 6]
    (damage,) = verify(journal)
    assert (damage.segment, damage.sequence) == (2, 4)
    assert "2 acknowledged records" in damage.reason
    assert end > start


def test_a_segment_whose_making_was_broken_off_is_put_aside(journal):
    header = segment_path(journal, 1).read_bytes()[: HEADER_SIZE - 9]
    segment_path(journal, 2).write_bytes(header)
    with Journal(journal) as opened:
        assert opened.recovery.cut_bytes == HEADER_SIZE - 9
        assert opened.append_blocking(b"on") == 6
    assert len(list(read(journal))) == 6


def test_a_bad_header_before_records_is_damage(journal):
    flip(segment_path(journal, 1), 10)
    with pytest.raises(JournalDamaged, match="header"):
        Journal(journal)
    with pytest.raises(JournalDamaged, match="header"):
        list(read(journal))
    assert verify(journal)[0].offset == 0


def test_a_missing_segment_is_damage(tmp_path):
    with Journal(tmp_path, segment_bytes=100) as journal:
        for _ in range(4):
            journal.append_blocking(b"x" * 50)
    segment_path(tmp_path, 2).unlink()
    with pytest.raises(JournalDamaged, match=r"00000002.*missing"):
        Journal(tmp_path)
    assert [damage.segment for damage in verify(tmp_path)] == [2, 3]
    with pytest.raises(JournalDamaged):
        list(read(tmp_path, after=1))


def test_verify_names_the_first_bad_record_of_each_segment(tmp_path):
    with Journal(tmp_path, segment_bytes=200) as journal:
        for _ in range(9):
            journal.append_blocking(b"x" * 30)
    for number in (1, 3):
        flip(segment_path(tmp_path, number), HEADER_SIZE + 25)
    assert [(damage.segment, damage.sequence) for damage in verify(tmp_path)] == [(1, 1), (3, 5)]
