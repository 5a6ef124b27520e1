"""Text as search terms: the same on every database, whatever its locale.

Chinese is cut into single characters and pairs of neighbours; everything else into
words. A term is written in ASCII letters and digits only, because the word breakers
of SQLite and PostgreSQL disagree on other scripts.
"""

import re
import unicodedata
from collections.abc import Iterator

_RUNS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_]+")
LONGEST_WORD = 40


def _runs(text: str) -> Iterator[str]:
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if "\u3400" <= run[0] <= "\ufaff":
            yield run
        else:
            # A word that runs into Chinese without a blank ("AI算法") is two runs.
            yield from (one for one in re.split(r"([\u3400-\u9fff\uf900-\ufaff]+)", run) if one)


def _encode(term: str) -> str:
    return term if term.isascii() else "x" + "x".join(f"{ord(one):04x}" for one in term)


def _is_chinese(run: str) -> bool:
    return "\u3400" <= run[0] <= "\ufaff"


def index_terms(text: str) -> str:
    """Every term of a text, separated by blanks: what a full-text index is given."""
    terms: list[str] = []
    for run in _runs(text):
        if _is_chinese(run):
            terms += [_encode(one) for one in run]
            terms += [_encode(run[at : at + 2]) for at in range(len(run) - 1)]
        else:
            terms.append(_encode(run[:LONGEST_WORD]))
    return " ".join(terms)


def query_terms(query: str) -> list[str]:
    """The terms that a record must hold all of; empty when the query has no letter or digit."""
    terms: list[str] = []
    for run in _runs(query):
        if _is_chinese(run) and len(run) > 1:
            terms += [_encode(run[at : at + 2]) for at in range(len(run) - 1)]
        else:
            terms.append(_encode(run[:LONGEST_WORD]))
    return list(dict.fromkeys(terms))
