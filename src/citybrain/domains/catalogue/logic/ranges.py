"""Range requests (RFC 9110 §14): which part of a representation is asked for."""

import re
from collections.abc import Mapping

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class UnsatisfiableError(Exception):
    """The range begins after the end: 416."""


def wanted(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """First byte and length, or None for the whole.

    A malformed or multiple range is ignored, as RFC 9110 allows; so is one whose If-Range
    is not this representation's strong ETag (a date never is). Raises `UnsatisfiableError`.
    """
    text = headers.get("range")
    if text is None or headers.get("if-range", etag) != etag:
        return None
    match = _ONE.fullmatch(text.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(size - int(match[2]), 0), size - 1
        if int(match[2]) == 0:
            raise UnsatisfiableError
    else:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
        if match[2] and int(match[2]) < first:
            return None
    if first >= size:
        raise UnsatisfiableError
    return first, last - first + 1


def is_unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """True when If-None-Match names this representation: 304."""
    named = {tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")}
    return etag in named or "*" in named
