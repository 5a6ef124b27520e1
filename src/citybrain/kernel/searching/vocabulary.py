"""The city's own vocabulary: words that ask but name nothing, and other wordings of a thing."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from citybrain.engines.text import folded


@dataclass(frozen=True, slots=True)
class Wording:
    """A query without its asking words, and other wordings, which weigh `weight` of it."""

    text: str
    others: tuple[str, ...]
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
    others = [other for say, mean in _table()["words"].items() if say in wording for other in mean]
    known = tuple(dict.fromkeys(one for one in others if one not in wording))
    return Wording(wording, known, float(_table()["weight"]))
