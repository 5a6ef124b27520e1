"""Addresses: `Things(1)/Datastreams('a')/Observations/$ref`."""

import re
from dataclasses import dataclass

from citybrain.engines.odata.errors import ODataError

MOST_SEGMENTS, MOST_ID = 10, 200
SEGMENT = re.compile(r"(?P<name>[A-Za-z@$][\w.@]*)(?:\((?P<id>'(?:[^']|'')*'|-?\d+)\))?")


@dataclass(frozen=True, slots=True)
class Segment:
    """One step. `id` is a number, a text, or None for a whole collection or a property."""

    name: str
    id: int | str | None = None


def parse_path(text: str) -> tuple[Segment, ...]:
    """The steps of an address below the service's root. Raises `ODataError`."""
    text = text.strip("/")
    if not text:
        return ()
    found, place = [], 0
    while place <= len(text):
        match = SEGMENT.match(text, place)
        if match is None or (match.end() < len(text) and text[match.end()] != "/"):
            raise ODataError(f"there is nothing at {text[place : place + 40]!r}", place)
        found.append(Segment(match["name"], _id(match["id"])))
        if len(found) > MOST_SEGMENTS:
            raise ODataError(f"an address has at most {MOST_SEGMENTS} steps")
        place = match.end() + 1
    return tuple(found)


def _id(text: str | None) -> int | str | None:
    if text is None:
        return None
    if len(text) > MOST_ID:
        raise ODataError("the id is too long")
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    return int(text) if len(text) <= 19 else text
