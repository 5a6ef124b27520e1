"""From the words of a query to ranked resources, counts and facets.

A query is cut into pairs of Chinese characters and words. First come resources that hold
all of them; when these are few, resources follow that hold the greater part, and when there
are still few, any of the telling ones. Terms that a large share of all resources hold tell
nothing and cannot alone make a match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import tantivy

from citybrain.engines.text import is_single, query_terms, single_terms
from citybrain.kernel.searching.documents import FACETS, WEIGHTS, exact_code
from citybrain.kernel.searching.index import SCHEMA, Shelf, translated
from citybrain.kernel.searching.vocabulary import Wording, read

MOST_TERMS = 40
ENOUGH = 10
"""So many results holding every word are enough: weaker ones would only hide them."""
COMMON = 0.2
"""A term in more than this share of all resources says little about any of them."""
FEW = 25
"""In a directory of up to so many resources no term counts as common."""
GREATER_PART = 0.6
SINGLES = 0.4
"""Weight of a single character beside a pair."""
TIE = 0.3
"""How much the weaker fields add to the strongest one for the same term."""
ALL_BONUS, EXACT_BONUS, PREFIX_BONUS = 1_000.0, 9_000.0, 4_000.0
WINDOW = 200
"""Results that are put in order among equals: newest first."""

LONGEST_CODE = 40
_MEANT = frozenset(r"\.+*?()|[]{}^$#&-~")
"""What means something in a regular expression."""

Query = tantivy.Query
Must, Should = tantivy.Occur.Must, tantivy.Occur.Should
Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the index a party may see: everything, or what is published and one's own."""

    all: bool = False
    owner: str = ""


@dataclass(slots=True)
class Found:
    """A ranked window of primary keys; `partial`: none holds the greater part of the words."""

    keys: list[int]
    total: int
    partial: bool = False
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


def has(name: str, value: str) -> Query:
    option = "freq" if name in WEIGHTS else "basic"
    return Query.term_query(SCHEMA, name, value, index_option=option)


def is_code(text: str) -> bool:
    """Whether a text could be a directory code or the beginning of one."""
    return 0 < len(text) <= LONGEST_CODE and text.isprintable() and " " not in text


def beginning(name: str, start: str) -> Query:
    """A term of the field that begins so."""
    escaped = "".join(f"\\{one}" if one in _MEANT else one for one in start)
    with translated():
        return Query.regex_query(SCHEMA, name, escaped + ".*")


def any_of(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Should, one) for one in queries])


def all_of(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Must, one) for one in queries])


def silent(query: Query) -> Query:
    """The same matches, adding nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _seen(sight: Sight) -> Query:
    if sight.all:
        return Query.all_query()
    published = has("status", "published")
    return any_of([published, has("owner", sight.owner)]) if sight.owner else published


def limits(sight: Sight, filters: Filters, without: str = "") -> list[Query]:
    """The conditions of sight and filters, each silent."""
    chosen = [
        any_of([has(name, value) for value in values])
        for name, values in filters.items()
        if values and name != without
    ]
    resources = Query.boolean_query(
        [(Must, _seen(sight)), (tantivy.Occur.MustNot, has("mark", "mark"))]
    )
    return [silent(one) for one in (resources, *chosen)]


class Question:
    """A query in words, ready to be asked of an index."""

    def __init__(self, text: str, searcher: tantivy.Searcher) -> None:
        self.code = exact_code(text)
        self.wording: Wording = read(text)
        self.terms = query_terms(self.wording.text)[:MOST_TERMS]
        self.singles = single_terms(self.wording.text)[:MOST_TERMS]
        with translated():
            self.telling = self._telling(searcher)

    def _telling(self, searcher: tantivy.Searcher) -> list[str]:
        """The terms that some resource holds and not too many do.

        A single character that stands alone beside other words ("开饭店 证") tells nothing.
        """
        most = max(FEW, searcher.num_docs * COMMON)
        several = [one for one in self.terms if not is_single(one)] or self.terms
        counts = {term: searcher.doc_freq("all", term) for term in several}
        return [term for term, count in counts.items() if 0 < count <= most]

    def _held(self, term: str) -> Query:
        return has("all", term)

    def by_code(self) -> list[Query]:
        """Resources with this code, and with codes that begin so."""
        if not is_code(self.code) or not any(one.isdigit() for one in self.code):
            return []
        exact = Query.const_score_query(has("exact", self.code), EXACT_BONUS)
        return [exact, Query.const_score_query(beginning("exact", self.code), PREFIX_BONUS)]

    def in_words(self) -> list[Query]:
        """What counts as a match, step by step: all terms, the greater part, any telling one."""
        codes = self.by_code()
        found = [any_of([*self._every(), *codes])]
        telling = [self._held(term) for term in self.telling]
        least = ceil(len(self.telling) * GREATER_PART)
        if len(telling) > 1:
            part = Query.boolean_query(
                [(Should, one) for one in telling], minimum_number_should_match=least
            )
            found.append(any_of([part, *found[:1], *self._expanded()]))
        if telling or self._expanded():
            found.append(any_of([*telling, *found[:1], *self._expanded()]))
        return found

    def in_characters(self) -> list[Query]:
        """Resources that hold most of the characters, wherever: 养狗证 finds 犬类准养证."""
        lone = [one for one in self.terms if is_single(one)]
        characters = list(dict.fromkeys([*self.singles, *lone]))
        least = max(2, ceil(len(characters) * GREATER_PART))
        if len(characters) < least:
            return []
        held = [(Should, self._held(one)) for one in characters]
        return [Query.boolean_query(held, minimum_number_should_match=least)]

    def _every(self) -> list[Query]:
        """Resources that hold all the words, as they are asked or as offices say them."""
        texts = [self.terms, *(query_terms(one) for one in self.wording.variants)]
        return [all_of([self._held(term) for term in terms]) for terms in texts if terms]

    def _expanded(self) -> list[Query]:
        """Resources that hold all of another wording of the same thing."""
        return [
            all_of([self._held(term) for term in query_terms(other)])
            for other in self.wording.others
            if query_terms(other)
        ]

    def score(self) -> Query:
        """BM25 of each term in its best field, and bonuses for all words and for the code."""
        parts = [self._scored(term, 1.0) for term in self.terms]
        parts += [self._scored(term, SINGLES) for term in self.singles]
        for other in self.wording.others:
            terms = query_terms(other)
            # A long official name shall not outweigh the short word that it stands for.
            weight = self.wording.weight * min(1.0, 2 / max(1, len(terms)))
            parts += [self._scored(term, weight) for term in terms]
        if len(self.terms) > 1:
            parts.append(Query.const_score_query(any_of(self._every()), ALL_BONUS))
        return any_of(parts + self.by_code())

    @staticmethod
    def _scored(term: str, weight: float) -> Query:
        fields = [
            Query.boost_query(has(name, term), boost * weight) for name, boost in WEIGHTS.items()
        ]
        return Query.disjunction_max_query(fields, tie_breaker=TIE)

    @property
    def is_empty(self) -> bool:
        """Whether the query has no letter and no digit."""
        return not self.terms and not self.by_code()


def ask(
    here: Shelf, text: str, sight: Sight, filters: Filters, start: int, size: int
) -> tuple[Found, Query]:
    """The ranked keys from `start`, and the query that counts as a match, for facets."""
    searcher = here.searcher
    question = Question(text, searcher)
    if question.is_empty:
        return Found([], 0), Query.empty_query()
    matched, count, partial = _widest_needed(searcher, question, limits(sight, filters))
    scored = Query.boolean_query([(Must, one) for one in matched] + [(Should, question.score())])
    keys = ranked(searcher, scored, start, size) if size and count else []
    return Found(keys, count, partial=partial), matched[-1]


def _count(searcher: tantivy.Searcher, query: Query) -> int:
    # The library's type stubs leave `count` out.
    return int(searcher.search(query, limit=1, count=True).count or 0)  # type: ignore[attr-defined]


def _widest_needed(
    searcher: tantivy.Searcher, question: Question, within: list[Query]
) -> tuple[list[Query], int, bool]:
    """The first step with enough results, its count, and whether all better ones were empty."""
    steps = question.in_words()
    last, better = len(steps) - 1, 0
    with translated():
        for at, match in enumerate(steps):
            count = _count(searcher, all_of([*within, silent(match)]))
            if count >= ENOUGH or (count and at == last):
                return [*within, silent(match)], count, at == last > 0 and not better
            better += count
        # Characters without their order are for those who would find nothing at all.
        for match in question.in_characters() or steps[-1:]:
            count = _count(searcher, all_of([*within, silent(match)]))
    return [*within, silent(match)], count, True


def ranked(searcher: tantivy.Searcher, query: Query, start: int, size: int) -> list[int]:
    """Keys from `start`; among equal scores the newest first."""
    with translated():
        window = max(WINDOW, start + size)
        hits = searcher.search(query, limit=window, count=False).hits
        keys = searcher.fast_field_values("pk", [place for _, place in hits])
    pairs = [(-round(score, 3), -int(key or 0)) for (score, _), key in zip(hits, keys, strict=True)]
    return [-key for _, key in sorted(pairs)[start : start + size]]


def matching_keys(here: Shelf, text: str, sight: Sight) -> list[int]:
    """The keys of everything that matches, best first."""
    found, match = ask(here, text, sight, {}, 0, 0)
    if not found.total:
        return []
    question = Question(text, here.searcher)
    within = [*limits(sight, {}), silent(match)]
    scored = Query.boolean_query([(Must, one) for one in within] + [(Should, question.score())])
    return ranked(here.searcher, scored, 0, found.total)


def count_terms(here: Shelf, terms: Sequence[str], sight: Sight) -> dict[str, int]:
    """How many resources hold each of the terms whole."""
    found = {}
    with translated():
        for term in terms:
            parts = [has("all", one) for one in query_terms(term)]
            query = all_of([*limits(sight, {}), *parts])
            found[term] = _count(here.searcher, query) if parts else 0
    return found


def count_facets(
    here: Shelf, match: Query, sight: Sight, filters: Filters, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    """How many matches have each value, for each facet.

    A facet with a chosen value is counted without that choice, so that the others can be chosen.
    """
    found: dict[str, dict[str, int]] = {}
    free = [name for name in names if not filters.get(name)]
    for without, wanted in [("", free), *((name, [name]) for name in names if name not in free)]:
        if wanted:
            query = all_of([*limits(sight, filters, without), silent(match)])
            found |= _buckets(here.searcher, query, wanted)
    return {name: found[name] for name in names}


def _buckets(
    searcher: tantivy.Searcher, query: Query, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    wanted = {name: {"terms": {"field": name, "size": 500}} for name in names}
    with translated():
        answer = searcher.aggregate(query, wanted)
    return {
        name: {str(one["key"]): int(one["doc_count"]) for one in answer[name]["buckets"]}
        for name in names
    }


EVERYTHING = Query.all_query()
ALL_FACETS = FACETS
