"""Canonical JSON (RFC 8785, JCS) of str, int, bool, None, list and dict.

Floats are refused: money is integer fen, time integer microseconds, and a float written
by two programs need not be the same text. Integers must lie within ±(2**53 - 1), what
every JSON reader keeps exactly.

orjson orders keys by code point, RFC 8785 by UTF-16 code units. The two differ only
where one key has a character above U+FFFF and another one from U+E000 on at the same
place; records with characters above U+FFFF therefore take a slower way.
"""

from collections.abc import Iterable
from typing import Any

import orjson

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
)


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 bytes.

    Raises `TypeError` for another type (naming the place) and `ValueError` for an integer
    out of range, text with a lone surrogate, or nesting beyond 254 levels.
    """
    _check(value, "$", 0)
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"no canonical JSON: {error}") from None
    # Characters above U+FFFF begin with one of these bytes in UTF-8.
    if any(lead in data for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")):
        return _ordered_by_utf16(value)
    return data


_PLAIN = frozenset((str, int, bool, type(None)))
_DEEPEST = 254


def _check(value: Any, place: str, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"no canonical JSON: nested deeper than {_DEEPEST} levels")
    for key, item in _members(value, place):
        if type(item) not in _PLAIN:
            inner = f"{place}.{key}" if type(key) is str else f"{place}[{key}]"
            _check(item, inner, depth + 1)


def _members(value: Any, place: str) -> Iterable[tuple[Any, Any]]:
    kind = type(value)
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise TypeError(f"{place}: the key {key!r} is no text")
        return value.items()
    if kind is list or kind is tuple:
        return enumerate(value)
    # A subclass of str or int, such as a member of an enumeration, is written as its value.
    if value is None or isinstance(value, str | int):
        return ()
    advice = "use an integer in a smaller unit" if kind is float else "convert it first"
    raise TypeError(f"{place}: {kind.__name__} has no canonical form: {advice}")


def _ordered_by_utf16(value: Any) -> bytes:
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        pairs = (orjson.dumps(key) + b":" + _ordered_by_utf16(item) for key, item in items)
        return b"{" + b",".join(pairs) + b"}"
    if isinstance(value, list | tuple):
        return b"[" + b",".join(map(_ordered_by_utf16, value)) + b"]"
    return orjson.dumps(value, option=_OPTIONS)
