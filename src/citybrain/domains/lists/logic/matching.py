"""How well a registered resource fits what somebody asks for, and why.

Texts are cut into words and pairs of neighbouring Chinese characters. A term weighs the more
the fewer records of the directory hold it (inverse document frequency), and more in the title
of the demand than in its text. The score is the share of the demand's weight that the
resource covers, so that it can be read: 0.6 means that three fifths of what was asked for,
rare words first, stand in the resource.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

THRESHOLD = 0.35
"""Below it nothing is proposed: about a third of what was asked for must be there."""
FEWEST_TERMS = 2
"""One common term is chance."""
SHOWN_TERMS = 8
IN_TITLE, IN_TEXT = 3.0, 1.0
COVERED_BY_TITLE, COVERED_BY_TEXT = 1.0, 0.7

_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_EVERYDAY = frozenset("数据 信息 全市 本市 情况 资源 需要 查询 用于".split()) | frozenset(  # noqa: SIM905
    "the and for with data of in to".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Text:
    """A title and all else that is said."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """`score` from 0 to 1; `terms` are what both have, heaviest first."""

    score: float
    terms: tuple[str, ...]

    @property
    def is_worth_proposing(self) -> bool:
        """Whether a person should look at it."""
        return self.score >= THRESHOLD and len(self.terms) >= FEWEST_TERMS


def terms(text: str) -> frozenset[str]:
    """Words, and pairs of Chinese characters, without everyday ones."""
    found: set[str] = set()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] >= "\u3400":
            found.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
        elif len(run) > 1:
            found.add(run)
    return frozenset(found - _EVERYDAY)


def asked(demand: Text) -> dict[str, float]:
    """Term → how much it matters in the demand."""
    weights = dict.fromkeys(terms(demand.text), IN_TEXT)
    return weights | dict.fromkeys(terms(demand.title), IN_TITLE)


def rarities(holding: Mapping[str, int], all_records: int) -> dict[str, float]:
    """Term → its inverse document frequency, 1 for what every record holds.

    A term that no record holds counts as the average of the others: it may be what is new in
    the demand, or two characters that only happen to stand side by side.
    """
    known = {term: 1 + math.log((all_records + 1) / (n + 1)) for term, n in holding.items() if n}
    usual = sum(known.values()) / len(known) if known else 1.0
    return {term: known.get(term, usual) for term in holding}


def common(demand: Text, resource: Text) -> frozenset[str]:
    """The terms that both have: a cheap look before anything is weighed."""
    return frozenset(asked(demand)) & (terms(resource.title) | terms(resource.text))


def fit(demand: Text, resource: Text, rarities: Mapping[str, float]) -> Fit:
    """How much of the demand the resource covers. Terms without a rarity weigh nothing."""
    title, text = terms(resource.title), terms(resource.text)
    weights = {term: of * rarities.get(term, 0.0) for term, of in asked(demand).items()}
    whole = sum(weights.values())
    if not whole:
        return Fit(0.0, ())
    covered = {
        term: weight * (COVERED_BY_TITLE if term in title else COVERED_BY_TEXT)
        for term, weight in weights.items()
        if weight and (term in title or term in text)
    }
    heaviest = sorted(covered, key=lambda term: (-covered[term], term))
    return Fit(min(1.0, sum(covered.values()) / whole), tuple(heaviest[:SHOWN_TERMS]))
