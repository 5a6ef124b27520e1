"""Search of resources: what pages, API, command line and CKAN's clients ask.

Ranked by the index (`kernel/searching`), shown from the database: every row that is
returned has passed `visible.resources` once more. Where there is no index to answer from
(it is being made, its folder cannot be written), the plain columns are searched instead,
without ranking by relevance and without counts by facet: never an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from citybrain.engines.text import marked
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.kernel.searching import asking, fresh
from citybrain.kernel.searching.asking import Filters, Found, Sight
from citybrain.kernel.searching.documents import FACETS, OTHER_THEME, item_names, themes
from citybrain.kernel.searching.index import SearchIndexError, Shelf
from citybrain.kernel.searching.vocabulary import read

log = structlog.get_logger(__name__)

COLUMNS = {
    "owner": "owner__ref",
    "kind": "kind",
    "share": "share_type",
    "cycle": "update_cycle",
    "grade": "grade",
    "district": "district",
    "status": "status",
}
"""Facets that are columns of the table; the theme is one of class, item and code."""
SNIPPET = 90
"""Characters of a text that are shown around the first word found."""

Piece = tuple[str, bool]
"""A piece of text, and whether the query's words cover it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A resource and where the words stand in it."""

    resource: Resource
    title_zh: list[Piece]
    title_en: list[Piece]
    snippet: list[Piece]


@dataclass(slots=True)
class Results:
    """One page of hits.

    `partial`: none holds the greater part of the words, these hold some. `ranked`: by relevance.
    """

    hits: list[Hit]
    total: int
    partial: bool = False
    ranked: bool = True
    facets: dict[str, dict[str, int]] = field(default_factory=dict)


def sight_of(acting: Acting | None) -> Sight:
    """What of the index a party may see, as `visible.resources` has it; nobody: what is public."""
    if acting is None:
        return Sight()
    return Sight(all=acting.reads_all, owner=acting.party.ref)


def seen_by(acting: Acting | None) -> QuerySet[Resource]:
    """What a party may see, in the database."""
    return visible.public_resources() if acting is None else visible.resources(acting)


def search(
    acting: Acting | None,
    text: str,
    filters: Filters | None = None,
    *,
    start: int = 0,
    size: int = 25,
    facets: Sequence[str] = (),
) -> Results:
    """Resources by relevance: `size` from `start`, with counts by `facets` (see `FACETS`)."""
    filters, sight = filters or {}, sight_of(acting)
    try:
        here = fresh.level()
        with here.lock:
            found, match = asking.ask(here, text, sight, filters, start, size)
            if facets:
                found.facets = asking.count_facets(here, match, sight, filters, facets)
    except SearchIndexError as trouble:
        return _plain(acting, text, filters, start, size, trouble)
    rows = {one.pk: one for one in seen_by(acting).filter(pk__in=found.keys)}
    hits = [hit(rows[key], text) for key in found.keys if key in rows]
    return Results(hits, found.total, found.partial, True, found.facets)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Everything that matches, best first, read a page at a time like a query set."""

    acting: Acting | None
    text: str
    filters: Filters
    facets: Sequence[str] = ()

    def page(self, start: int, size: int) -> Results:
        """`size` results from `start`, with the counts that were asked for."""
        return search(
            self.acting, self.text, self.filters, start=start, size=size, facets=self.facets
        )


def facets(acting: Acting | None, filters: Filters, names: Sequence[str] = FACETS) -> Found:
    """Counts of everything one may see, without words."""
    try:
        here = fresh.level()
        with here.lock:
            counted = asking.count_facets(here, asking.EVERYTHING, sight_of(acting), filters, names)
    except SearchIndexError:
        counted = {}
    return Found([], 0, facets=counted)


def matching(
    rows: QuerySet[Resource], text: str, acting: Acting | None = None
) -> QuerySet[Resource]:
    """The rows that match, in whatever order; all of them when the text has no word."""
    if not text.strip():
        return rows
    keys = ranked_keys(acting, text)
    if keys is None:
        return _holding(rows, text)
    return rows.filter(_among(keys))


def ranked_keys(acting: Acting | None, text: str) -> list[int] | None:
    """Keys of everything that matches, best first; None when there is no index to say it."""
    try:
        here: Shelf = fresh.level()
        with here.lock:
            return asking.matching_keys(here, text, sight_of(acting))
    except SearchIndexError as trouble:
        log.warning("searched without the index", reason=str(trouble))
        return None


def term_counts(terms: Sequence[str]) -> dict[str, int]:
    """Term → how many published resources hold it, as words and pairs of characters."""
    try:
        here = fresh.level()
        with here.lock:
            return asking.count_terms(here, terms, Sight())
    except SearchIndexError as trouble:
        log.warning("counted without the index", reason=str(trouble))
        return {one: _holding(seen_by(None), one).order_by().count() for one in terms}


def _among(keys: list[int]) -> Any:
    """A condition that takes any number of keys as one parameter."""
    if connection.vendor == "sqlite":
        # The numbers are ours, from the index; SQLite would count each as a parameter.
        sql, given = "kernel_resource.id IN (SELECT value FROM json_each(%s))", str(keys)
        return RawSQL(sql, [given], output_field=BooleanField())  # noqa: S611
    sql = "kernel_resource.id = ANY(%s)"
    return RawSQL(sql, [keys], output_field=BooleanField())  # noqa: S611


def _holding(rows: QuerySet[Resource], text: str) -> QuerySet[Resource]:
    """Rows whose plain columns hold every word of the text."""
    names = ("title_zh", "title_en", "code", "summary_zh", "owner__name_zh")
    for word in read(text).text.split()[:10]:
        holds = Q()
        for name in names:
            holds |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(holds)
    return rows


def _plain(
    acting: Acting | None, text: str, filters: Filters, start: int, size: int, why: Exception
) -> Results:
    log.warning("searched without the index", reason=str(why))
    rows = narrowed(_holding(seen_by(acting), text), filters).order_by("-pk")
    hits = [hit(one, text) for one in rows[start : start + size]]
    return Results(hits, rows.count(), ranked=False)


def narrowed(rows: QuerySet[Resource], filters: Mapping[str, Sequence[str]]) -> QuerySet[Resource]:
    """The rows that have one of the values of each filter."""
    for name, values in filters.items():
        if values and name == "theme":
            rows = rows.filter(_of_themes(values))
        elif values:
            rows = rows.filter(**{f"{COLUMNS[name]}__in": list(values)})
    return rows


def _of_themes(values: Sequence[str]) -> Q:
    """The same as `documents.theme_of`, for the database."""
    condition, none = Q(pk__in=[]), Q()
    for code in themes():
        of_code = _of_theme(code, [one for one in themes() if one.startswith(f"{code}.")])
        none &= ~of_code
        if code in values:
            condition |= of_code
    return condition | none if OTHER_THEME in values else condition


def _of_theme(code: str, narrower: Sequence[str]) -> Q:
    chosen, _, item = code.partition(".")
    own = Q(category_class=chosen)
    told = Q(category_class="") & Q(
        code__regex=rf"^{chosen}{item}[0-9]{{{6 - len(item)},}}(/[0-9]+)?$"
    )
    if item:
        return Q(category_class=chosen, category_item=item) | told
    found = own | told
    for one in narrower:
        found &= ~_of_theme(one, ())
    return found


def hit(resource: Resource, text: str) -> Hit:
    """The resource with the words marked, and the text around them that is not the title."""
    words = read(text)
    wanted = " ".join((words.text, *words.others, *words.variants))
    return Hit(
        resource,
        marked(resource.title_zh, wanted),
        marked(resource.title_en, wanted),
        snippet(_prose(resource), wanted),
    )


def _prose(resource: Resource) -> list[str]:
    items = "、".join(dict.fromkeys(item_names(resource)))
    return [one for one in (resource.summary_zh, items, resource.summary_en) if one]


def snippet(texts: list[str], wanted: str) -> list[Piece]:
    """The part of the text with most of the words; the beginning of the first without any."""
    best: list[Piece] = []
    for text in texts:
        pieces = marked(text, wanted)
        if not best or _covered(pieces) > _covered(best):
            best = pieces
    return _cut(best)


def _covered(pieces: list[Piece]) -> int:
    return sum(len(text) for text, is_hit in pieces if is_hit)


def _cut(pieces: list[Piece]) -> list[Piece]:
    """`SNIPPET` characters that begin a little before the first word found."""
    before = len(pieces[0][0]) if pieces and not pieces[0][1] and len(pieces) > 1 else 0
    skip = max(0, before - SNIPPET // 4)
    shown: list[Piece] = [("…", False)] if skip else []
    left = SNIPPET
    for text, is_hit in pieces:
        part = text[skip : skip + left]
        skip = max(0, skip - len(text))
        if part:
            shown.append((part, is_hit))
            left -= len(part)
    rest = sum(len(text) for text, _ in pieces) - sum(len(text) for text, _ in shown)
    return [*shown, ("…", False)] if rest > 1 and left <= 0 else shown
