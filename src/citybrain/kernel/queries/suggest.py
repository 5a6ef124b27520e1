"""While somebody types: titles and codes; and when nothing was found: other ways to ask."""

from dataclasses import dataclass

from citybrain.engines.text import folded
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource
from citybrain.kernel.queries.search import seen_by, sight_of
from citybrain.kernel.searching import fresh, suggesting
from citybrain.kernel.searching.index import SearchIndexError

MOST = 8
"""Completions shown; more than fit under a field on a telephone are not read."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion, and the resource whose title (or title with code) it is."""

    text: str
    ref: str
    code: str


def suggest(acting: Acting | None, typed: str, most: int = MOST) -> list[Suggestion]:
    """Completions of what is typed, of resources one may see; each text once."""
    if not folded(typed).strip():
        return []
    try:
        here = fresh.level()
        with here.lock:
            keys = suggesting.completing_keys(here, typed, sight_of(acting), most * 3)
    except SearchIndexError:
        return []
    rows = {one.pk: one for one in seen_by(acting).filter(pk__in=keys)}
    found: dict[str, Suggestion] = {}
    for one in (rows[key] for key in keys if key in rows):
        text = _title_for(one, typed)
        found.setdefault(text, Suggestion(text, one.ref, one.code))
    return list(found.values())[:most]


def _title_for(resource: Resource, typed: str) -> str:
    """The English title for what is typed in English, when that is where it stands."""
    if typed.isascii() and folded(typed).strip() in folded(resource.title_en):
        return resource.title_en
    return resource.title_zh


def other_ways(acting: Acting | None, text: str) -> list[str]:
    """Queries close to one that found nothing, each of which finds something one may see."""
    try:
        here = fresh.level()
        with here.lock:
            return suggesting.near(here, text, sight_of(acting))
    except SearchIndexError:
        return []
