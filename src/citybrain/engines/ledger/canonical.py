"""Canonical JSON (RFC 8785) for text, whole numbers, booleans, null, lists and objects."""

from typing import Any

import orjson

SAFE = 2**53 - 1
"""Whole numbers beyond this are not exact in every JSON reader; RFC 8785 forbids them."""


class NotCanonical(ValueError):  # noqa: N818 - a fault of the value
    """The value has no canonical form; the message names the place in it."""


def canonical(value: Any) -> bytes:
    """The one UTF-8 text of a value. Raises `NotCanonical` for floats, large ints, other types.

    Keys are ordered by their UTF-16 code units, as RFC 8785 demands. `orjson` orders
    by UTF-8 bytes, which is the same unless a key has a character beyond U+FFFF beside
    one from U+E000 on; such keys are refused rather than ordered wrongly.
    """
    _check(value, "$")
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _check(value: Any, place: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if not -SAFE <= value <= SAFE:
            raise NotCanonical(f"{place}: {value} is beyond ±(2^53 - 1)")
    elif isinstance(value, str):
        _check_text(value, place)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            _check(one, f"{place}[{number}]")
    elif isinstance(value, dict):
        for key, one in value.items():
            _check_key(key, place)
            _check(one, f"{place}.{key}")
    else:
        raise NotCanonical(f"{place}: {type(value).__name__} has no canonical form")


def _check_text(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotCanonical(f"{place}: a lone surrogate has no UTF-8 form") from None


def _check_key(key: Any, place: str) -> None:
    if not isinstance(key, str):
        raise NotCanonical(f"{place}: the key {key!r} is not text")
    _check_text(key, place)
    if any(character > "\uffff" for character in key):
        raise NotCanonical(f"{place}: the key {key!r} has a character beyond U+FFFF")
