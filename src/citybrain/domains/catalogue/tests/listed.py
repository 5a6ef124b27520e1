"""Resources for the tests of the exchange formats: the demo's kinds, published by Su's office."""

from pathlib import Path
from typing import Any

from tests.personas import City

from citybrain.domains.catalogue.datasets import datasets
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.models import Resource

SECRET = "s3cret-name"
EXTERNAL: dict[str, Any] = {
    "landing_page": "https://data.example.org/dataset/tide",
    "format": "CSV",
    "publisher": "Harbour Office",
    "copies": [
        {"url": "https://data.example.org/tide.csv", "title": "Tide", "format": "CSV"},
        {"url": "https://data.example.org/tide.foo", "format": "FOO"},
    ],
    "keywords": ["潮汐", "tide"],
    "licence": "CC-BY-4.0",
}
DESCRIPTION: dict[str, Any] = {
    "title_zh": "潮汐表",
    "title_en": "Tide table",
    "share_type": "unconditional",
    "update_cycle": "yearly",
    "grade": "L1",
}


def publish(city: City, code: str, kind: str, metadata: dict[str, Any], **more: Any) -> Resource:
    made = resources.register_resource(
        acting_party=city.su, code=code, kind=kind, metadata=metadata, **(DESCRIPTION | more)
    )
    return resources.publish_resource(acting_party=city.su, resource_ref=made.ref)


def demo_like(city: City) -> list[Resource]:
    """One of each kind as in the demo, and one that is kept elsewhere."""
    wanted = {"streets", "survival-check", "industries-file", "sun-times"}
    found = []
    for one in datasets():
        if one.code in wanted:
            one.build(data_root())
            found.append(_like(city, one))
    return [*found, publish(city, "tide", "external", EXTERNAL, district="370202")]


def _like(city: City, one: Any) -> Resource:
    conditional = one.share_type == "conditional"
    return publish(
        city,
        one.code,
        one.kind,
        one.metadata,
        title_zh=one.title_zh,
        title_en=one.title_en,
        summary_zh=one.summary_zh,
        summary_en=one.summary_en,
        share_type=one.share_type,
        share_scope="用于履行法定职责" if conditional else "",
        grade="L3" if conditional else "L1",
    )


def secrets_of(resource: Resource) -> list[str]:
    """What of a resource's metadata must never leave: its paths and addresses."""
    source = resource.metadata.get("source") or {}
    said = [source.get("path"), resource.metadata.get("path"), resource.metadata.get("base_url")]
    return [one for one in said if one]


DATA = Path(__file__).resolve().parent / "data"
