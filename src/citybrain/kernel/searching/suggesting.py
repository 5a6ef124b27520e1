"""Completions of what is being typed, and queries near to one that found nothing."""

import tantivy

from citybrain.engines.text import folded, is_chinese, query_terms
from citybrain.kernel.searching.asking import (
    Must,
    Query,
    Should,
    Sight,
    all_of,
    any_of,
    beginning,
    has,
    is_code,
    limits,
    ranked,
    silent,
)
from citybrain.kernel.searching.documents import exact_code
from citybrain.kernel.searching.index import Shelf, translated
from citybrain.kernel.searching.vocabulary import read

MOST_WAYS = 5
MOST_WORDS = 8
FARTHEST = 2
"""Letters by which a misspelt word may differ."""


def completing_keys(here: Shelf, typed: str, sight: Sight, most: int) -> list[int]:
    """Keys of resources whose title or code what is typed may become, best first."""
    terms = query_terms(typed)[:20]
    last = terms.pop() if terms and not is_chinese(folded(typed).strip()[-1]) else ""
    wanted = [has("title", term) for term in terms]
    if last:
        wanted.append(beginning("title", last))
    titles = [all_of(wanted)] if wanted else []
    scored = [has("title", term) for term in [*terms, *([last] if last else [])]]
    match = any_of([*titles, *_codes(typed)])
    parts = [(Must, one) for one in [*limits(sight, {}), silent(match)]]
    parts += [(Should, one) for one in [*scored, *_codes(typed)]]
    return ranked(here.searcher, Query.boolean_query(parts), 0, most)


def _codes(typed: str) -> list[Query]:
    code = exact_code(typed)
    return [beginning("exact", code)] if is_code(code) else []


def near(here: Shelf, text: str, sight: Sight) -> list[str]:
    """Other queries: fewer of the words, and English words spelt as some title has them."""
    words = read(text).text.split()[:MOST_WORDS]
    tried = [" ".join(words[:at] + words[at + 1 :]) for at in range(len(words))] + words
    tried += [_spelt(here.searcher, words)]
    found = []
    for query in dict.fromkeys(tried):
        if query and folded(query) != folded(text).strip() and _finds(here.searcher, query, sight):
            found.append(query)
    return found[:MOST_WAYS]


def _finds(searcher: tantivy.Searcher, query: str, sight: Sight) -> bool:
    terms = query_terms(query)
    if not terms:
        return False
    match = all_of([*limits(sight, {}), *(has("all", one) for one in terms)])
    with translated():
        return bool(searcher.search(match, limit=1, count=False).hits)


def _spelt(searcher: tantivy.Searcher, words: list[str]) -> str:
    return " ".join(
        (_nearest(searcher, one) or one) if one.isascii() and one.isalpha() else one
        for one in words
    )


def _nearest(searcher: tantivy.Searcher, word: str) -> str:
    """The commonest term with the same first letter that is at most `FARTHEST` letters off."""
    with translated():
        known = searcher.terms_with_prefix("all", word[0])
    close = [
        (_distance(word, term), -count, term)
        for term, count in known
        if abs(len(term) - len(word)) <= FARTHEST and term.isalpha()
    ]
    best = min(close, default=(FARTHEST + 1, 0, ""))
    return best[2] if 0 < best[0] <= min(FARTHEST, len(word) // 3) else ""


def _distance(one: str, other: str) -> int:
    """Levenshtein's: letters to put in, take out or change."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, wanted in enumerate(other, 1):
            before, row[to] = (
                row[to],
                min(row[to] + 1, row[to - 1] + 1, before + (letter != wanted)),
            )
    return row[-1]
