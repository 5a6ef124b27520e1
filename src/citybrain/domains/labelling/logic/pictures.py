"""What a picture is, by its content: PNG, JPEG or WebP with its size in pixels.

Read from the formats' own structure, so no library decodes what strangers upload. Sources:
PNG (W3C, third edition) §5 and §11.2.2, JPEG (ITU-T T.81) annex B, WebP container (RFC 9649).
"""

import struct
from dataclasses import dataclass

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 20_000
"""Of one side."""
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


class BadPicture(ValueError):  # noqa: N818 - named as what happened
    """Why a file is no picture that is taken, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Measured:
    """Media type and size in pixels."""

    media_type: str
    width: int
    height: int


def measured(data: bytes) -> Measured:
    """Type and size. Raises `BadPicture`."""
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 2**20
        raise BadPicture(f"图片超过{most} MB。", f"The picture is larger than {most} MB.")
    try:
        found = _found(data)
    except (struct.error, IndexError):
        found = None
    if found is None:
        raise BadPicture(
            "不是完整的PNG、JPEG或WebP图片。", "It is no complete PNG, JPEG or WebP picture."
        )
    if not (0 < found.width <= MOST_PIXELS and 0 < found.height <= MOST_PIXELS):
        raise BadPicture(
            f"图片边长应为1至{MOST_PIXELS}像素。", f"Its sides must be 1 to {MOST_PIXELS} pixels."
        )
    return found


def _found(data: bytes) -> Measured | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    return None


def _png(data: bytes) -> Measured | None:
    if data[12:16] != b"IHDR" or not data.endswith(b"IEND\xaeB`\x82"):
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return Measured("image/png", width, height)


def _jpeg(data: bytes) -> Measured | None:
    place = 2
    if b"\xff\xd9" not in data[-1024:]:
        return None
    while place < len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return Measured("image/jpeg", width, height)
        if marker == 0xDA:
            return None
        place += 2 + length
    return None


def _webp(data: bytes) -> Measured | None:
    (size,) = struct.unpack_from("<I", data, 4)
    if size + 8 > len(data):
        return None
    form = data[12:16]
    if form == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif form == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    else:
        return None
    return Measured("image/webp", width, height)
