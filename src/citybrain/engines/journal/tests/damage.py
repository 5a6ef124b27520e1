"""What tests do to journals: find the places of records, cut, flip and remove bytes."""

import shutil
from pathlib import Path

from citybrain.engines.journal.format import HEADER_SIZE, record_at, segment_path


def ends_of(directory: Path, segment: int = 1) -> list[int]:
    """The offsets behind the header and behind each record."""
    data = segment_path(directory, segment).read_bytes()
    ends = [HEADER_SIZE]
    while record := record_at(data, ends[-1]):
        ends.append(record.end)
    return ends


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 0x40
    path.write_bytes(data)


def append_to(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def copy_of(directory: Path, target: Path, without_mark: bool = False) -> Path:
    """A copy; without the mark it is what a loss of power may leave."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(directory, target)
    if without_mark:
        (target / "committed").unlink()
    return target
