"""`package_search`: words, filters, order and facets, as far as this catalogue has them."""

import re
import shlex
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT

from citybrain.domains.catalogue.ckan import shapes
from citybrain.domains.catalogue.ckan.errors import bad_query
from citybrain.domains.catalogue.exchange.entry import SERVED, format_of
from citybrain.kernel.kinds import all_kinds
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search

SORTS = {
    "id": "id",
    "name": "code",
    "title": "title_zh",
    "title_string": "title_zh",
    "metadata_created": "created_at",
    "metadata_modified": "published_at",
    "score": "",
}
EVERYTHING = re.compile(r"\s*(\*:\*)?\s*")
_TERM = re.compile(r"\+?(\w+):(.+)", re.DOTALL)
_UNKNOWN = re.compile(r"[()\[\]{}]|(^|\s)(OR|NOT|TO)(\s|$)|(^|\s)[-!]\w")
FILTERS = "organization, owner_org, groups, kind, res_format, tags, name, id"


def words(found: QuerySet[Resource], query: str) -> QuerySet[Resource]:
    """Those that match the words; all for an empty query or `*:*`."""
    if EVERYTHING.fullmatch(query):
        return found
    return search.matching(found, query)


def filtered(found: QuerySet[Resource], query: str) -> QuerySet[Resource]:
    """Those that fit `name:value name:"value"`, joined by "and". Raises `CkanError`."""
    if EVERYTHING.fullmatch(query):
        return found
    for name, value in terms(query):
        condition = _CONDITIONS.get(name)
        if condition is None:
            raise bad_query(f"fq knows {FILTERS}, not {name}")
        found = found.filter(condition(value))
    return found


def terms(query: str) -> list[tuple[str, str]]:
    """The parts of a filter query. Raises `CkanError` for more of Solr's language than that."""
    if _UNKNOWN.search(re.sub(r'"[^"]*"', '""', query)):
        raise bad_query('fq knows name:value and name:"value", joined by AND')
    lexer = shlex.shlex(query, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.quotes, lexer.escape = True, '"', ""
    lexer.commenters = ""
    try:
        parts = [one for one in lexer if one not in {"AND", "+"}]
    except ValueError:
        raise bad_query("fq has a quotation mark without its fellow") from None
    found = [_TERM.fullmatch(one) for one in parts]
    if not all(found):
        raise bad_query('fq knows name:value and name:"value", joined by AND')
    return [(one[1], one[2]) for one in found if one]


def _organization(value: str) -> Q:
    return Q(owner__ref=value) | Q(owner__code=value.upper())


def _name(value: str) -> Q:
    return Q(code=value) | Q(ref=value)


def _format(value: str) -> Q:
    """By the kind for what is served, by the metadata for files and what is kept elsewhere."""
    wanted = value.upper()
    condition = Q(kind__in=[kind for kind, form in SERVED.items() if form == wanted])
    condition |= Q(kind="file", metadata__media_type__in=_media_types(wanted))
    return condition | Q(kind="external", metadata__format__iexact=value)


def _media_types(wanted: str) -> list[str]:
    """Media types of which the format is the short name."""
    import mimetypes

    known = {*mimetypes.types_map.values(), *mimetypes.common_types.values()}
    return [one for one in known if format_of("file", {"media_type": one}) == wanted]


def _tag(value: str) -> Q:
    return Q(share_type=value) | Q(update_cycle=value) | Q(grade=value)


_CONDITIONS: dict[str, Callable[[str], Q]] = {
    "organization": _organization,
    "owner_org": _organization,
    "groups": lambda value: Q(kind=value),
    "kind": lambda value: Q(kind=value),
    "res_format": _format,
    "tags": _tag,
    "name": _name,
    "id": _name,
}


def is_by_score(query: str, sort: str) -> bool:
    """Whether a query is answered by relevance: words, and no other order asked for."""
    first = sort.partition(",")[0].split()
    return not EVERYTHING.fullmatch(query) and (not first or first == ["score", "desc"])


def best(found: QuerySet[Resource], query: str, start: int, rows: int) -> list[Resource]:
    """`rows` of the found from `start`, the most relevant first."""
    ranking = search.ranked_keys(None, query)
    if ranking is None:
        return list(found.order_by("-id")[start : start + rows])
    there = set(found.order_by().values_list("pk", flat=True))
    keys = [key for key in ranking if key in there][start : start + rows]
    by_key = {one.pk: one for one in found.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


def page(found: QuerySet[Resource], query: str, sort: str, start: int, rows: int) -> list[Resource]:
    """`rows` of the found from `start`, in the order asked for. Raises `CkanError`."""
    if is_by_score(query, sort):
        return best(found, query, start, rows)
    return list(ordered(found, sort)[start : start + rows])


def usual_order(query: str) -> str:
    """The order when none is asked for."""
    return "metadata_modified desc" if EVERYTHING.fullmatch(query) else "score desc"


def ordered(found: QuerySet[Resource], sort: str) -> QuerySet[Resource]:
    """By `name asc, name desc, …`; newest first without. Raises `CkanError`."""
    fields = []
    for part in filter(None, (one.strip() for one in sort.split(","))):
        name, _, direction = part.partition(" ")
        if name not in SORTS or direction.strip().lower() not in {"", "asc", "desc"}:
            raise bad_query(f"sort knows {', '.join(SORTS)} with asc or desc, not {part}")
        if SORTS[name]:
            minus = "-" if direction.strip().lower() == "desc" else ""
            fields.append(minus + SORTS[name])
    return found.order_by(*(fields or ["-published_at"]), "-id")


Counted = dict[str, tuple[str, int]]
"""Name of a value → its title and how many have it."""


def facet(found: QuerySet[Resource], name: str) -> Counted:
    """How many of the found have each value. Raises `CkanError` for an unknown facet."""
    count = _FACETS.get(name)
    if count is None:
        raise bad_query(f"facet.field knows {', '.join(_FACETS)}, not {name}")
    return count(found.order_by())


def _by_organization(found: QuerySet[Resource]) -> Counted:
    rows = found.values_list("owner__ref", "owner__code", "owner__name_zh").annotate(n=Count("id"))
    return {
        shapes.organization_name(code or "", ref): (title, number)
        for ref, code, title, number in rows
    }


def _by_kind(found: QuerySet[Resource]) -> Counted:
    titles = {one.code: one.zh for one in all_kinds()}
    rows = found.values_list("kind").annotate(n=Count("id"))
    return {kind: (titles.get(kind, kind), number) for kind, number in rows}


def _by_format(found: QuerySet[Resource]) -> Counted:
    rows = (
        found.annotate(media=KT("metadata__media_type"), form=KT("metadata__format"))
        .values_list("kind", "media", "form")
        .annotate(n=Count("id"))
    )
    sums: Counter[str] = Counter()
    for kind, media, form, number in rows:
        sums[format_of(kind, {"media_type": media or "", "format": form or ""})] += number
    return {name: (name, number) for name, number in sums.items() if name}


def _by_tag(found: QuerySet[Resource]) -> Counted:
    counted: Counted = {}
    for field in ("share_type", "update_cycle", "grade"):
        for value, number in found.values_list(field).annotate(n=Count("id")):
            counted[value] = (value, number)
    return counted


_FACETS: dict[str, Callable[[QuerySet[Resource]], Any]] = {
    "organization": _by_organization,
    "groups": _by_kind,
    "res_format": _by_format,
    "tags": _by_tag,
}
