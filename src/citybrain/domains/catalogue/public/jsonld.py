"""A resource in schema.org's words, as search engines for data sets read it."""

import json
from typing import Any

from django.utils.safestring import SafeString

from citybrain.domains.catalogue.exchange.entry import Directory, Entry
from citybrain.engines.codes import area

_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def dataset(directory: Directory, entry: Entry) -> dict[str, Any]:
    """`Dataset`, without what is empty."""
    address = f"{directory.base}/dataset/{entry.ref}"
    found = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": address,
        "url": address,
        "name": entry.title_zh,
        "alternateName": entry.title_en,
        "description": entry.summary_zh or entry.summary_en or entry.title_zh,
        "identifier": entry.code,
        "version": str(entry.version),
        "keywords": list(entry.keywords),
        "license": entry.licence,
        "datePublished": entry.issued.date().isoformat(),
        "dateModified": entry.modified.date().isoformat(),
        "conditionsOfAccess": entry.share_scope or entry.share_basis,
        "publisher": _office(entry.owner_zh, entry.owner_en, entry.owner_code),
        "creator": _office(entry.source_zh, entry.source_en, entry.source_code),
        "spatialCoverage": _place(entry.district),
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": one.title_zh,
                "alternateName": one.title_en,
                "propertyID": one.name,
            }
            for one in entry.items
        ],
        "distribution": _downloads(directory, entry),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": directory.title_zh,
            "url": f"{directory.base}/directory",
        },
        "isBasedOn": _lineage(directory, entry, "derived-from"),
        "isPartOf": _lineage(directory, entry, "part-of"),
    }
    return {name: value for name, value in found.items() if value}


def _office(zh: str, en: str, code: str) -> dict[str, str]:
    found = {"@type": "GovernmentOrganization", "name": zh, "alternateName": en}
    return found | ({"identifier": code} if code else {})


def _place(district: str) -> dict[str, str]:
    if not district:
        return {}
    name = area.name(district, "zh") or district
    return {"@type": "Place", "name": name, "identifier": district}


def _lineage(directory: Directory, entry: Entry, type_: str) -> list[str]:
    return [f"{directory.base}/dataset/{one.ref}" for kind, one in entry.lineage if kind == type_]


def _downloads(directory: Directory, entry: Entry) -> list[dict[str, str]]:
    """Copies elsewhere; what the gateway serves takes an agreement, so it is no download."""
    return [
        {
            "@type": "DataDownload",
            "contentUrl": one.url,
            "name": one.title or entry.title_zh,
            "encodingFormat": one.format,
        }
        for one in entry.copies
    ]


def in_script(directory: Directory, entry: Entry) -> SafeString:
    """The same as text that cannot end the script element that it stands in."""
    text = json.dumps(dataset(directory, entry), ensure_ascii=False).translate(_ESCAPED)
    return SafeString(text)
