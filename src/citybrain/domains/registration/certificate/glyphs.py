"""Which characters the certificate's font draws; none may vanish from an official paper."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent.parent / "fonts"
STAND_IN = "〓"
"""The geta mark, which has stood for a missing type since movable type."""


@cache
def drawn() -> frozenset[int]:
    """The code points of the regular weight, read from its `cmap` table (format 4 and 12)."""
    data = (FONTS / "NotoSerifSC-Regular.ttf").read_bytes()
    start = _table(data, b"cmap")
    found: set[int] = set()
    for number in range(_short(data, start + 2)):
        place = start + _long(data, start + 4 + 8 * number + 4)
        if _short(data, place) == 12:
            for group in range(_long(data, place + 12)):
                first, last, _glyph = struct.unpack_from(">III", data, place + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)


def _table(data: bytes, tag: bytes) -> int:
    for number in range(_short(data, 4)):
        record = 12 + 16 * number
        if data[record : record + 4] == tag:
            return _long(data, record + 8)
    raise ValueError(f"the font has no table {tag!r}")


def _short(data: bytes, place: int) -> int:
    return int(struct.unpack_from(">H", data, place)[0])


def _long(data: bytes, place: int) -> int:
    return int(struct.unpack_from(">I", data, place)[0])


def missing(text: str) -> list[str]:
    """The characters that the font lacks, each once, in order."""
    lacking = (one for one in text if ord(one) not in drawn() and not _is_control(one))
    return list(dict.fromkeys(lacking))


def drawable(text: str) -> str:
    """The text with a mark in place of what the font lacks, and no control characters."""
    shown = "".join(" " if _is_control(one) else one for one in text)
    return "".join(one if ord(one) in drawn() else STAND_IN for one in shown)


def _is_control(one: str) -> bool:
    """Controls and line ends. A character newer than this Python's Unicode is none of them."""
    return unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")
