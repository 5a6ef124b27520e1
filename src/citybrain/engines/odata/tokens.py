"""From text to tokens."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from citybrain.engines.odata import values
from citybrain.engines.odata.errors import ODataError

MOST_TEXT = 8_000
NAME = r"[A-Za-z_@$\u0080-\uffff][\w@.\u0080-\uffff]*"
PATTERN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<geography>(?:geography|geometry)'(?:[^']|'')*')"
    r"|(?P<duration>duration'[^']*')"
    rf"|(?P<interval>{values.MOMENT.pattern}/{values.MOMENT.pattern})"
    rf"|(?P<moment>{values.MOMENT.pattern})"
    r"|(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<time>\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<text>'(?:[^']|'')*')"
    rf"|(?P<name>{NAME}(?:/{NAME})*)"
    r"|(?P<sign>[(),\-])",
)
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: "value", "name" (with slashes), "sign", or "end". `place` counts characters."""

    kind: str
    value: Any
    place: int


def tokens(text: str) -> list[Token]:
    """All tokens with a last one of kind "end". Raises `ODataError`."""
    if len(text) > MOST_TEXT:
        raise ODataError(f"an expression has at most {MOST_TEXT} characters")
    found, place = [], 0
    while place < len(text):
        match = PATTERN.match(text, place)
        if match is None:
            raise ODataError(f"cannot read {text[place : place + 20]!r}", place)
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(_token(kind, match[0], place))
        place = match.end()
    return [*found, Token("end", "", len(text))]


def _token(kind: str, text: str, place: int) -> Token:
    if kind == "sign":
        return Token("sign", text, place)
    if kind == "name":
        lower = text.lower()
        return Token("value", CONSTANTS[lower], place) if lower in CONSTANTS else _name(text, place)
    try:
        return Token("value", _value(kind, text), place)
    except ODataError as error:
        raise ODataError(error.message, place) from None
    except (ValueError, OverflowError):
        raise ODataError(f"{text[:40]!r} is no {kind}", place) from None


def _name(text: str, place: int) -> Token:
    return Token("name", text, place)


def _value(kind: str, text: str) -> Any:
    quoted = text.partition("'")[2][:-1].replace("''", "'")
    if kind == "geography":
        return values.geometry(quoted)
    if kind == "duration":
        return values.duration(quoted)
    if kind == "text":
        return quoted
    readers = {
        "interval": values.parse_interval,
        "moment": values.as_time,
        "date": date.fromisoformat,
        "time": time.fromisoformat,
        "number": _number,
    }
    return readers[kind](text)


def _number(text: str) -> int | float:
    if not text.isdigit():
        return float(text)
    if len(text) > 19:
        raise ValueError("too many digits")
    return int(text)
