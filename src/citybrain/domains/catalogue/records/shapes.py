"""An entry of the directory as a record: a GeoJSON feature."""

from datetime import UTC, datetime
from typing import Any

from citybrain.domains.catalogue.exchange.entry import Directory, Entry
from citybrain.domains.catalogue.records.asking import SERVICES
from citybrain.domains.catalogue.records.places import bounds_of, geometry_of
from citybrain.kernel import classes

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"
COLLECTION = "directory"


def record(directory: Directory, entry: Entry) -> dict[str, Any]:
    """With the outline of its district; `geometry` is null for the whole city."""
    found: dict[str, Any] = {
        "id": entry.ref,
        "type": "Feature",
        "conformsTo": [CORE],
        "geometry": geometry_of(entry.district),
        "time": None,
        "properties": _properties(directory, entry),
        "links": _links(directory, entry),
    }
    bounds = bounds_of(entry.district)
    return found | ({"bbox": bounds} if bounds else {})


def moment(value: datetime) -> str:
    """RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _properties(directory: Directory, entry: Entry) -> dict[str, Any]:
    found = {
        "type": "service" if entry.kind in SERVICES else "dataset",
        "title": entry.title_zh,
        "title_en": entry.title_en,
        "description": entry.summary_zh or entry.summary_en or entry.title_zh,
        "description_en": entry.summary_en,
        "language": {"code": "zh"},
        "keywords": list(entry.keywords),
        "created": moment(entry.created),
        "updated": moment(entry.modified),
        "issued": moment(entry.issued),
        "externalIds": [{"scheme": f"{directory.base}/directory", "value": entry.code}],
        "themes": _themes(entry),
        "formats": [{"name": entry.format}] if entry.format else [],
        "contacts": _contacts(entry),
        "license": entry.licence,
        "rights": entry.share_scope or entry.share_basis,
        "kind": entry.kind,
        "shareType": entry.share_type,
        "openType": entry.open_type,
        "updateCycle": entry.update_cycle,
        "grade": entry.grade,
        "district": entry.district,
        "invented": entry.invented,
    }
    return {name: value for name, value in found.items() if value}


def _themes(entry: Entry) -> list[dict[str, Any]]:
    if not entry.category_class:
        return []
    code = ".".join(filter(None, (entry.category_class, entry.category_item)))
    title = classes.named(entry.category_class, entry.category_item)[0]
    return [{"concepts": [{"id": code, "title": title}], "scheme": "urn:citybrain:class"}]


def _contacts(entry: Entry) -> list[dict[str, Any]]:
    found = [
        {"organization": entry.owner_zh, "identifier": entry.owner_ref, "roles": ["publisher"]}
    ]
    if entry.source_ref != entry.owner_ref:
        source = {"organization": entry.source_zh, "identifier": entry.source_ref}
        found.append({**source, "roles": ["originator"]})
    return found


def link(rel: str, href: str, type_: str, title: str = "") -> dict[str, str]:
    """A link as OGC's APIs write it."""
    return {"rel": rel, "href": href, "type": type_} | ({"title": title} if title else {})


def _links(directory: Directory, entry: Entry) -> list[dict[str, str]]:
    base, ref = directory.base, entry.ref
    home = f"{base}/ogc/collections/{COLLECTION}"
    found = [
        link("self", f"{home}/items/{ref}", "application/geo+json"),
        link("collection", home, "application/json"),
        link("alternate", f"{base}/dataset/{ref}", "text/html", entry.title_zh),
        link("alternate", f"{base}/dataset/{ref}.ttl", "text/turtle", "DCAT"),
    ]
    if not entry.external:
        found.append(link("service", f"{base}/use/{ref}", entry.media_type or "*/*"))
    for one in entry.copies:
        found.append({"rel": "item", "href": one.url, "title": one.title or entry.title_zh})
    if entry.landing_page:
        found.append(link("about", entry.landing_page, "text/html"))
    return found
