"""One entry of the directory, without what only the platform may know.

Every export reads `Entry` and nothing else, so that no path, host, table or credential
of a source can leak by way of a new format: `of` names what may leave, field by field, and
of the metadata of a kind only what the kind itself declares public.
"""

import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Max, QuerySet

from citybrain.kernel import classes
from citybrain.kernel.models import LedgerRecord, Resource
from citybrain.kernel.queries import described, visible
from citybrain.kernel.queries import lineage as lineage_query

BATCH = 500
SERVED = {"table": "CSV", "verification": "JSON", "api": "JSON"}
"""Form in which each kind's answers come."""


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """One information item 信息项; `type` is a letter of the 2017 guide."""

    name: str
    title_zh: str
    title_en: str
    type: str
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """One form of a resource that is kept elsewhere."""

    url: str
    title: str
    format: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another resource of the published directory."""

    code: str
    ref: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a resource. `modified` is when it was last written."""

    ref: str
    code: str
    kind: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    owner_ref: str
    owner_code: str
    owner_zh: str
    owner_en: str
    share_type: str
    share_scope: str
    share_basis: str
    update_cycle: str
    grade: str
    district: str
    category_class: str
    category_item: str
    category_subject: str
    category_detail: str
    open_type: str
    open_conditions: str
    format_class: str
    source_zh: str
    source_en: str
    source_code: str
    source_ref: str
    version: int
    created: datetime
    issued: datetime
    modified: datetime
    format: str
    media_type: str
    licence: str
    invented: bool
    landing_page: str = ""
    items: tuple[ItemEntry, ...] = ()
    copies: tuple[CopyEntry, ...] = ()
    keywords: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    lineage: tuple[tuple[str, Related], ...] = ()
    """Type of the statement, and the published resource that it names."""

    @property
    def external(self) -> bool:
        """True when it is described here and kept elsewhere."""
        return self.kind == "external"


def format_of(kind: str, metadata: dict[str, Any]) -> str:
    """A short name of the format, such as CSV; empty when nothing says it."""
    if kind == "file":
        return _suffix(str(metadata.get("media_type", "")))
    if kind == "external":
        return str(metadata.get("format", ""))
    return SERVED.get(kind, "")


def _suffix(media_type: str) -> str:
    suffix = mimetypes.guess_extension(media_type) or ""
    return suffix.lstrip(".").upper()


def _media_type(kind: str, metadata: dict[str, Any]) -> str:
    if kind == "file":
        return str(metadata.get("media_type", ""))
    known = {"CSV": "text/csv", "JSON": "application/json"}
    return known.get(SERVED.get(kind, ""), "")


Published = Mapping[str, Related]
"""By directory code: what of the directory is published."""


def of(
    resource: Resource,
    modified: datetime | None = None,
    published: Published | None = None,
    lineage: tuple[tuple[str, Related], ...] = (),
) -> Entry:
    """The entry of a resource whose `owner` and `source_party` are loaded.

    `published` has what it relates to; without it nothing is said of that.
    """
    found, owner = described.public_metadata(resource), resource.owner
    source, near = resource.source_party or owner, published or {}
    return Entry(
        **{name: getattr(resource, name) for name in _SAME},
        **_classes(resource),
        owner_ref=owner.ref,
        owner_code=owner.code or "",
        owner_zh=owner.name_zh,
        owner_en=owner.name_en,
        source_ref=source.ref,
        source_code=source.code or "",
        source_zh=source.name_zh,
        source_en=source.name_en,
        related=tuple(near[one] for one in resource.related if one in near),
        lineage=lineage,
        created=resource.created_at,
        issued=resource.published_at or resource.created_at,
        modified=modified or resource.published_at or resource.created_at,
        format=format_of(resource.kind, found),
        media_type=_media_type(resource.kind, found),
        licence=str(found.get("licence", "")),
        invented=bool(found.get("invented", False)),
        items=tuple(_items(found)),
        **(_external(found) if resource.kind == "external" else {}),
    )


_SAME = (
    *("ref", "code", "kind", "title_zh", "title_en", "summary_zh", "summary_en", "version"),
    *("share_type", "share_scope", "share_basis", "update_cycle", "grade", "district"),
    *("open_type", "open_conditions", "format_class"),
)


def _classes(resource: Resource) -> dict[str, Any]:
    """类, 项, 目, 细目 as the owner says, otherwise as a code of the guide's form tells them."""
    said = {name: getattr(resource, name) for name in classes.PARTS}
    if said["category_class"]:
        return said
    return said | dict(zip(classes.PARTS, classes.of_code(resource.code), strict=False))


def _items(metadata: dict[str, Any]) -> Iterator[ItemEntry]:
    for one in metadata.get("items") or ():
        yield ItemEntry(
            str(one["name"]),
            str(one["title_zh"]),
            str(one["title_en"]),
            str(one["type"]),
            bool(one.get("sensitive", False)),
        )


def _external(metadata: dict[str, Any]) -> dict[str, Any]:
    copies = tuple(
        CopyEntry(one["url"], one.get("title", ""), one.get("format", ""))
        for one in metadata.get("copies") or ()
    )
    return {
        "landing_page": str(metadata.get("landing_page", "")),
        "copies": copies,
        "keywords": tuple(metadata.get("keywords") or ()),
    }


def entries_of(resources: Iterable[Resource]) -> list[Entry]:
    """Their entries, with the time of the last write of each: one query for all."""
    rows = list(resources)
    written = (
        LedgerRecord.objects.filter(subject__in=[one.urn for one in rows])
        .order_by()
        .values_list("subject")
        .annotate(last=Max("at"))
    )
    last = dict(written)
    published = _published({code for one in rows for code in one.related})
    near = _lineage([one.pk for one in rows])
    return [of(one, last.get(one.urn), published, tuple(near.get(one.pk, ()))) for one in rows]


def _lineage(pks: list[int]) -> dict[int, list[tuple[str, Related]]]:
    found: dict[int, list[tuple[str, Related]]] = {}
    for one in lineage_query.of_published(pks):
        other = one.target
        related = Related(other.code, other.ref, other.title_zh, other.title_en)
        found.setdefault(one.source_id, []).append((one.type, related))
    return found


def _published(codes: set[str]) -> Published:
    if not codes:
        return {}
    found = visible.public_resources().order_by().filter(code__in=codes)
    rows = found.values_list("code", "ref", "title_zh", "title_en")
    return {row[0]: Related(*row) for row in rows}


def batches(resources: QuerySet[Resource], size: int = BATCH) -> Iterator[list[Entry]]:
    """All of them in the order of their ids, `size` at a time, by key and not by offset."""
    after = 0
    ordered = resources.select_related("owner", "source_party").order_by("id")
    while rows := list(islice(ordered.filter(id__gt=after), size)):
        after = rows[-1].pk
        yield entries_of(rows)


@dataclass(frozen=True, slots=True)
class Directory:
    """What every export says of the whole. `base` is the platform's address with no slash."""

    base: str
    title_zh: str
    title_en: str
    publisher_ref: str
    publisher_zh: str
    publisher_en: str
    publisher_code: str = ""
    languages: tuple[str, ...] = field(default=("zh", "en"))
