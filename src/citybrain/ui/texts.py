"""What differs within two texts, for people: pieces that stayed, went, came."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_WORDS = 4_000
"""Words of both texts; longer ones are compared line by line."""
_WORD = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text."""

    text: str
    state: Literal["same", "gone", "new"]


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of both texts. Words of Latin letters are one piece, Chinese characters too.

    Texts that have little in common are told as wholly gone and wholly new.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        old, new = _LINE.findall(before), _LINE.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.quick_ratio() < 0.3 or matcher.ratio() < 0.3:
        return whole(before, after)
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        same = tag == "equal"
        if b > a:
            left.append(Piece("".join(old[a:b]), "same" if same else "gone"))
        if d > c:
            right.append(Piece("".join(new[c:d]), "same" if same else "new"))
    return left, right


def whole(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """One text gone, the other new."""
    return [Piece(before, "gone")] if before else [], [Piece(after, "new")] if after else []
