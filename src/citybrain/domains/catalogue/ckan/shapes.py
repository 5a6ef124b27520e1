"""The directory in CKAN's shapes: packages, resources, organizations, groups, tags."""

import re
from datetime import UTC, datetime
from typing import Any

from citybrain.domains.catalogue.exchange.entry import Entry
from citybrain.domains.catalogue.exchange.foreign import GUIDE
from citybrain.kernel.kinds import all_kinds
from citybrain.kernel.models import Party

NAME = re.compile(r"[a-z0-9_-]{2,100}")
"""What CKAN allows as a name."""


def package_name(code: str, ref: str) -> str:
    """The directory code where CKAN allows it as a name, otherwise the reference."""
    return code if NAME.fullmatch(code) else ref


def package(entry: Entry, base: str) -> dict[str, Any]:
    """A resource of ours as CKAN's package."""
    resources = forms(entry, base)
    found = tags(entry)
    return {
        "id": entry.ref,
        "name": package_name(entry.code, entry.ref),
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": False,
        "title": entry.title_zh,
        "title_translated": {"zh_Hans_CN": entry.title_zh, "en": entry.title_en},
        "notes": entry.summary_zh or entry.summary_en,
        "notes_translated": {"zh_Hans_CN": entry.summary_zh, "en": entry.summary_en},
        "url": entry.landing_page,
        "version": str(entry.version),
        "author": entry.owner_zh,
        "license_title": entry.licence,
        "license_id": "",
        "metadata_created": _moment(entry.created),
        "metadata_modified": _moment(entry.modified),
        "organization": owner(entry),
        "owner_org": entry.owner_ref,
        "groups": [group(entry.kind)],
        "tags": found,
        "num_tags": len(found),
        "resources": resources,
        "num_resources": len(resources),
        "extras": extras(entry, base),
    }


def _moment(value: datetime) -> str:
    """CKAN's times: UTC without an offset."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def owner(entry: Entry) -> dict[str, Any]:
    """The office as the organization within a package."""
    return {
        "id": entry.owner_ref,
        "name": organization_name(entry.owner_code, entry.owner_ref),
        "title": entry.owner_zh,
        "type": "organization",
        "is_organization": True,
        "state": "active",
    }


def organization_name(code: str, ref: str) -> str:
    """The unified social credit code in small letters, otherwise the reference."""
    return code.lower() if NAME.fullmatch(code.lower()) else ref


def organization(party: Party, count: int) -> dict[str, Any]:
    """An office that has something in the directory."""
    name = organization_name(party.code or "", party.ref)
    return {
        "id": party.ref,
        "name": name,
        "title": party.name_zh,
        "display_name": party.name_zh,
        "description": party.name_en,
        "type": "organization",
        "is_organization": True,
        "state": "active",
        "package_count": count,
    }


def group(kind: str) -> dict[str, Any]:
    """A kind of resource as CKAN's group."""
    names = {one.code: one.zh for one in all_kinds()}
    title = names.get(kind, kind)
    return {"id": kind, "name": kind, "title": title, "display_name": title}


def tags(entry: Entry) -> list[dict[str, Any]]:
    """Share type, update cycle and grade, which can be searched for, and given keywords."""
    names = [entry.share_type, entry.update_cycle, entry.grade, *entry.keywords]
    return [
        {"id": one, "name": one, "display_name": one, "state": "active", "vocabulary_id": None}
        for one in dict.fromkeys(names)
    ]


def extras(entry: Entry, base: str) -> list[dict[str, str]]:
    """What CKAN has no field for."""
    values = {
        "code": entry.code,
        "kind": entry.kind,
        "share_type": entry.share_type,
        "share_scope": entry.share_scope,
        "share_basis": entry.share_basis,
        "update_cycle": entry.update_cycle,
        "grade": entry.grade,
        "district": entry.district,
        "owner_code": entry.owner_code,
        **{name: getattr(entry, name) for name in GUIDE},
        "source_office": entry.source_zh,
        "source_code": entry.source_code,
        "related": "; ".join(one.code for one in entry.related),
        "issued": _moment(entry.issued),
        "invented": "true" if entry.invented else "",
        "dcat": f"{base}/dataset/{entry.ref}",
    }
    return [{"key": key, "value": value} for key, value in values.items() if value]


def forms(entry: Entry, base: str) -> list[dict[str, Any]]:
    """CKAN's resources: how the data are had. Through the gateway it takes an agreement."""
    if not entry.external:
        media = entry.media_type
        return [_form(entry, 1, f"{base}/use/{entry.ref}", entry.title_zh, entry.format, media)]
    copies = [(one.url, one.title, one.format) for one in entry.copies]
    found = copies or [(entry.landing_page, "", entry.format)]
    return [
        _form(entry, number, url, title or entry.title_zh, form)
        for number, (url, title, form) in enumerate(found, 1)
    ]


def _form(
    entry: Entry, number: int, url: str, name: str, form: str, media_type: str = ""
) -> dict[str, Any]:
    return {
        "id": f"{entry.ref}-{number}",
        "package_id": entry.ref,
        "position": number - 1,
        "name": name,
        "description": entry.summary_zh,
        "url": url,
        "url_type": None,
        "format": form,
        "mimetype": media_type or None,
        "state": "active",
        "datastore_active": entry.kind == "table",
        "created": _moment(entry.created),
        "metadata_modified": _moment(entry.modified),
    }
