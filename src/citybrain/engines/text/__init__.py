"""Text as search terms: the same on every database, whatever its locale.

Chinese is cut into single characters and pairs of neighbours; everything else into
words, English ones without the ending of their plural. Terms are cut here and handed over
separated by blanks, because the word breakers of databases disagree.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_]+")
_CHINESE = re.compile(r"([\u3400-\u9fff\uf900-\ufaff]+)")
LONGEST_WORD = 40
VERSION = 3
"""Raised whenever the same text gives other terms: indexes of the old ones are built anew."""


def folded(text: str) -> str:
    """The text with full-width and compatibility forms and upper case made plain."""
    return unicodedata.normalize("NFKC", text).lower()


def _runs(text: str) -> Iterator[str]:
    for run in _RUNS.findall(folded(text)):
        if is_chinese(run):
            yield run
        else:
            # A word that runs into Chinese without a blank ("AI算法") is two runs.
            yield from (one for one in _CHINESE.split(run) if one)


def is_chinese(run: str) -> bool:
    """Whether a run of letters is Chinese, by its first character."""
    return "\u3400" <= run[0] <= "\ufaff"


def is_single(term: str) -> bool:
    """Whether a term is a single Chinese character."""
    return len(term) == 1 and is_chinese(term)


def _singular(word: str) -> str:
    """An English word without its plural ending; Harman's S-stemmer (JASIS 42, 1991)."""
    if not word.isascii() or len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]


def _word(run: str) -> str:
    return _singular(run)[:LONGEST_WORD]


def index_terms(text: str) -> str:
    """Every term of a text, separated by blanks: what a full-text index is given."""
    terms: list[str] = []
    for run in _runs(text):
        if is_chinese(run):
            terms += run
            terms += [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            terms.append(_word(run))
    return " ".join(terms)


def query_terms(query: str) -> list[str]:
    """Pairs and words of a query, each once; empty when it has no letter or digit.

    A run of a single Chinese character is its own term.
    """
    terms: list[str] = []
    for run in _runs(query):
        if is_chinese(run) and len(run) > 1:
            terms += [run[at : at + 2] for at in range(len(run) - 1)]
        else:
            terms.append(_word(run))
    return list(dict.fromkeys(terms))


def single_terms(query: str) -> list[str]:
    """The single Chinese characters of runs of two and more, each once: they only add weight."""
    runs = (run for run in _runs(query) if is_chinese(run) and len(run) > 1)
    return list(dict.fromkeys(one for run in runs for one in run))


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether the query's terms cover it; joined they are the text.

    Folding may change a text's length (ligatures); such a text comes back in one piece.
    """
    plain = folded(text)
    if len(plain) != len(text):
        return [(text, False)] if text else []
    wanted = set(query_terms(query))
    hit = bytearray(len(text))
    for match in _RUNS.finditer(plain):
        for start, end, term in _places(match[0], match.start()):
            if term in wanted:
                hit[start:end] = b"\1" * (end - start)
    cuts = [0, *(at for at in range(1, len(text)) if hit[at] != hit[at - 1]), len(text)]
    spans = ((start, end) for start, end in pairwise(cuts) if start < end)
    return [(text[start:end], bool(hit[start])) for start, end in spans]


def _places(run: str, at: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and term of every pair, single character and word of a run that begins at `at`."""
    for part in _CHINESE.split(run):
        if part and is_chinese(part):
            for n in range(len(part)):
                yield at + n, at + n + 1, part[n]
                yield at + n, min(at + n + 2, at + len(part)), part[n : n + 2]
        elif part:
            yield at, at + len(part), _word(part)
        at += len(part)
