"""The bytes of a journal segment (all integers little-endian).

    header  magic and version 8 · journal id 16 · segment u32 · lost u32 ·
            first sequence u64 · created u64 (Unix microseconds) · previous u32 · crc u32
    record  crc u32 · length u32 (top bit: first of its commit group) · previous u32 ·
            sequence u64 · payload

A crc is CRC-32 (IEEE 802.3) over everything that follows it in the record, or precedes
it in the header. `previous` is the crc of the record before, for the first record of a
segment that of the header, and for a header that of the last record of the segment
before. So every record can be checked alone, and one that was changed or taken out
breaks the chain. CRC finds accidents; who forges a journal on purpose is found by the
ledger. `lost` counts acknowledged records that a damaged disk had lost at the end of
the segment before: their numbers are never given again.

The first record of a group is written only when all groups before it are on disk;
hence a bad record with a later group behind it is damage and not a torn tail.
"""

import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

MAGIC = b"CBJRNL\x00\x01"
SUFFIX = ".cbj"
LARGEST_PAYLOAD = 16 * 1024 * 1024
STARTS_GROUP = 1 << 31

_HEADER = struct.Struct("<8s16sIIQQI")
_CRC = struct.Struct("<I")
_BODY = struct.Struct("<IIQ")
_RECORD = struct.Struct("<IIIQ")
HEADER_SIZE = _HEADER.size + _CRC.size
RECORD_SIZE = _RECORD.size


@dataclass(frozen=True, slots=True)
class Header:
    """What a segment says of itself; `checksum` is its own crc."""

    journal: bytes
    segment: int
    lost: int
    first: int
    previous: int
    checksum: int = 0


class Record(NamedTuple):
    """One good record; `end` is the offset of the next one."""

    sequence: int
    payload: bytes
    checksum: int
    end: int
    previous: int
    starts_group: bool


def encode_header(header: Header) -> bytes:
    """The segment's first bytes."""
    created = time.time_ns() // 1000
    fields = (header.journal, header.segment, header.lost, header.first, created)
    data = _HEADER.pack(MAGIC, *fields, header.previous)
    return data + _CRC.pack(crc32(data))


def decode_header(data: bytes) -> Header | None:
    """The header at the start of `data`, or None when it is not a good one."""
    if len(data) < HEADER_SIZE:
        return None
    magic, journal, segment, lost, first, _, previous = _HEADER.unpack_from(data)
    (checksum,) = _CRC.unpack_from(data, _HEADER.size)
    if magic != MAGIC or checksum != crc32(data[: _HEADER.size]):
        return None
    return Header(journal, segment, lost, first, previous, checksum)


def group_size(payloads: list[bytes]) -> int:
    """How many bytes `encode_group` will give."""
    return sum(map(len, payloads)) + RECORD_SIZE * len(payloads)


def encode_group(payloads: list[bytes], sequence: int, previous: int) -> tuple[bytes, int]:
    """The bytes of one commit group, and the crc of its last record.

    `sequence` and `previous` are the number and crc of the record before the group.
    """
    parts: list[bytes] = []
    flag = STARTS_GROUP
    for payload in payloads:
        sequence += 1
        body = _BODY.pack(len(payload) | flag, previous, sequence)
        previous = crc32(payload, crc32(body))
        parts += (_CRC.pack(previous), body, payload)
        flag = 0
    return b"".join(parts), previous


def wanted_size(data: bytes, offset: int) -> int:
    """How many bytes the record at `offset` claims to have; 0 when that cannot be told."""
    if len(data) < offset + RECORD_SIZE:
        return 0
    _, length, _, _ = _RECORD.unpack_from(data, offset)
    return RECORD_SIZE + (length & ~STARTS_GROUP)


def record_at(data: bytes, offset: int) -> Record | None:
    """The record at `offset` if it is whole and its checksum right, else None."""
    start = offset + RECORD_SIZE
    if len(data) < start:
        return None
    checksum, length, previous, sequence = _RECORD.unpack_from(data, offset)
    end = start + (length & ~STARTS_GROUP)
    if end > len(data) or checksum != crc32(memoryview(data)[offset + 4 : end]):
        return None
    starts_group = bool(length & STARTS_GROUP)
    return Record(sequence, data[start:end], checksum, end, previous, starts_group)


def segment_path(directory: Path, number: int) -> Path:
    return directory / f"{number:08d}{SUFFIX}"


def segment_numbers(directory: Path) -> list[int]:
    """The segments that are there, in order."""
    stems = (path.stem for path in directory.glob(f"*{SUFFIX}"))
    return sorted(int(stem) for stem in stems if stem.isdecimal() and len(stem) >= 8)


def read_header(directory: Path, number: int) -> Header | None:
    """The header of a segment, or None when it is not good or belongs to another number."""
    with segment_path(directory, number).open("rb") as file:
        header = decode_header(file.read(HEADER_SIZE))
    return header if header and header.segment == number else None


def journal_id(directory: Path) -> str | None:
    """The 32 hex digits that name the journal in a directory; None while it has no segment."""
    for number in segment_numbers(directory):
        if header := read_header(directory, number):
            return header.journal.hex()
    return None
