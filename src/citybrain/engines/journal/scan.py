"""Walking over a segment's records, and telling a torn tail from damage."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from citybrain.engines.journal.format import (
    HEADER_SIZE,
    LARGEST_PAYLOAD,
    RECORD_SIZE,
    Header,
    Record,
    record_at,
    wanted_size,
)

_BLOCK = 1 << 20


@dataclass(slots=True)
class Position:
    """Behind a good record: where the next one begins, and what it must follow."""

    offset: int
    sequence: int
    checksum: int

    @classmethod
    def at_start(cls, header: Header) -> "Position":
        return cls(HEADER_SIZE, header.first - 1, header.checksum)


def walk(handle: int, position: Position, end: int) -> Iterator[Record]:
    """The good records from `position` up to the offset `end`; moves `position` along.

    Ends at the first record that is not good; then `position.offset` is below `end`.
    """
    while position.offset < end:
        data = _block(handle, position.offset, end)
        start = at = 0
        base = position.offset
        while (record := record_at(data, at)) and _follows(record, position):
            at = record.end
            position.offset = base + at
            position.sequence, position.checksum = record.sequence, record.checksum
            yield record
        if at == start:
            return


def _follows(record: Record, position: Position) -> bool:
    return (record.sequence, record.previous) == (position.sequence + 1, position.checksum)


def _block(handle: int, offset: int, end: int) -> bytes:
    data = os.pread(handle, min(_BLOCK, end - offset), offset)
    wanted = wanted_size(data, 0)
    if len(data) < wanted <= min(end - offset, LARGEST_PAYLOAD + RECORD_SIZE):
        data = os.pread(handle, wanted, offset)
    return data


def is_damage(handle: int, position: Position, end: int, acknowledged: int) -> bool:
    """True when a record behind the bad one at `position` proves that it was once good.

    Proof is the first record of a later group, or one numbered up to `acknowledged`.
    """
    tail = os.pread(handle, end - position.offset, position.offset).rstrip(b"\0")
    # A payload may end with zeros that rstrip took; they are given back for the check.
    tail += bytes(min(end - position.offset - len(tail), _BLOCK))
    for record in _later_records(tail, position.sequence):
        if record.starts_group or record.sequence <= acknowledged:
            return True
    return False


def _later_records(tail: bytes, sequence: int) -> Iterator[Record]:
    """Good records anywhere in `tail`, found by their numbers: lengths cannot be trusted."""
    most = sequence + len(tail) // RECORD_SIZE + 1
    at_number = RECORD_SIZE - 8
    for upper in range((sequence + 1) >> 16, (most >> 16) + 1):
        pattern = re.compile(rb"(?=[\s\S]{2}" + re.escape(upper.to_bytes(6, "little")) + rb")")
        for match in pattern.finditer(tail, at_number):
            record = record_at(tail, match.start() - at_number)
            if record and sequence < record.sequence <= most:
                yield record
