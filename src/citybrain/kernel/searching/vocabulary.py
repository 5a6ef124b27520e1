"""The city's own vocabulary: words that ask but name nothing, and other wordings of a thing."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from citybrain.engines.text import folded


@dataclass(frozen=True, slots=True)
class Wording:
    """A query without its asking words.

    `others` are what offices call words of it, each of which weighs `weight`; `variants` the
    whole query in those words.
    """

    text: str
    others: tuple[str, ...]
    variants: tuple[str, ...]
    weight: float


@cache
def _table() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _stops() -> tuple[frozenset[str], tuple[str, ...]]:
    """English ones as whole words; Chinese ones the longest first, found anywhere."""
    words = _table()["stop"]
    chinese = sorted((one for one in words if not one.isascii()), key=len, reverse=True)
    return frozenset(one for one in words if one.isascii()), tuple(chinese)


def read(query: str) -> Wording:
    """The query as the index is asked it. A query of asking words alone is kept as it is."""
    english, chinese = _stops()
    text = folded(query)
    for word in chinese:
        text = text.replace(word, " ")
    kept = " ".join(one for one in text.split() if one not in english)
    wording = kept or folded(query)
    said = [
        (say, other)
        for say, mean in _table()["words"].items()
        if say in wording
        for other in mean
        if other not in wording
    ]
    others = tuple(dict.fromkeys(other for _, other in said))
    variants = tuple(dict.fromkeys(wording.replace(*pair) for pair in said))
    return Wording(wording, others, variants, float(_table()["weight"]))
