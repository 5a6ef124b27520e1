"""Check characters: the arithmetic that several codes share, and how a check turns out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Result:
    """`ok`; `warning`: the shape is right, something else is not; `error`: not such a code."""

    level: Level
    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        """True unless it is an error: a warning is let pass."""
        return self.level != "error"


OK = Result("ok")


class CodeError(ValueError):
    """A part from which no code can be made, or a text that is not such a code."""


def weighted_sum(text: str, alphabet: str, weights: Sequence[int]) -> int:
    """Σ value × weight; a character's value is its place in the alphabet."""
    return sum(alphabet.index(one) * weight for one, weight in zip(text, weights, strict=True))


def mod_37_36(text: str) -> str:
    """ISO 7064 MOD 37,36 check character of digits and capital letters (GB/T 17710)."""
    product = 36
    for one in text:
        product = (product + ALPHANUMERIC.index(one)) % 36 or 36
        product = product * 2 % 37
    return ALPHANUMERIC[(37 - product) % 36]


def mod_11_2(text: str) -> str:
    """ISO 7064 MOD 11-2 check character of digits: 0–9 or X."""
    total = sum(int(one) * pow(2, len(text) - place, 11) for place, one in enumerate(text))
    return "0123456789X"[(12 - total) % 11]
