"""File formats that can carry a watermark inside, and where in the bytes it goes.

A watermark is laid over the file as it leaves: the stored file never changes. Formats:
text and CSV (a last line), ZIP (the archive comment), PNG (an iTXt chunk before IEND).
Others (PDF, JPEG, video) would need to be written anew, which could damage them, so a
policy with a watermark refuses them rather than pretend.
"""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from citybrain.domains.catalogue.logic.watermark import one_line, trailing_line

TEXT = {"text/plain", "text/csv", "text/tab-separated-values"}
CARRIERS = TEXT | {"application/zip", "image/png"}
_END_OF_ZIP, _END_OF_ZIP_SIZE = b"PK\x05\x06", 22
_IEND = bytes.fromhex("0000000049454e44ae426082")


class NoPlaceError(Exception):
    """The file is not what its media type says, so there is no place for the watermark."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """The file up to `cut`, then `tail`."""

    cut: int
    tail: bytes

    @property
    def size(self) -> int:
        """Length of what leaves."""
        return self.cut + len(self.tail)


def lay_over(path: Path, size: int, media_type: str, encoding: str, text: str) -> Overlay:
    """Where the watermark goes in this file. Raises `NoPlaceError`."""
    if media_type in TEXT:
        return _text(path, size, encoding, text)
    with path.open("rb") as file:
        begin = max(size - 70_000, 0)
        file.seek(begin)
        end = file.read(70_000)
    return _zip(end, begin, text) if media_type == "application/zip" else _png(end, size, text)


def _text(path: Path, size: int, encoding: str, text: str) -> Overlay:
    with path.open("rb") as file:
        file.seek(max(size - 1, 0))
        broken = file.read(1) not in {b"\n", b""}
    line = ("\n" if broken else "") + trailing_line(text) + "\n"
    return Overlay(size, line.encode(encoding, "replace"))


def _zip(end: bytes, begin: int, text: str) -> Overlay:
    place = end.rfind(_END_OF_ZIP)
    if place < 0 or place + _END_OF_ZIP_SIZE > len(end):
        raise NoPlaceError
    (known,) = struct.unpack_from("<H", end, place + 20)
    if place + _END_OF_ZIP_SIZE + known != len(end):
        raise NoPlaceError
    old = end[place + _END_OF_ZIP_SIZE :]
    comment = old + (b"\n" if old else b"") + f"watermark: {one_line(text)}".encode()
    if len(comment) > 0xFFFF:
        raise NoPlaceError
    return Overlay(begin + place + 20, struct.pack("<H", len(comment)) + comment)


def _png(end: bytes, size: int, text: str) -> Overlay:
    if not end.endswith(_IEND):
        raise NoPlaceError
    data = b"iTXtWatermark\x00\x00\x00\x00\x00" + one_line(text).encode()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return Overlay(size - len(_IEND), chunk + _IEND)
