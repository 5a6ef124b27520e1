"""CKAN's reading actions, each as a function of its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Count, Q, QuerySet

from citybrain.domains.catalogue.ckan import search, shapes
from citybrain.domains.catalogue.ckan.errors import bad_query, invalid, not_found
from citybrain.domains.catalogue.exchange.entry import entries_of
from citybrain.kernel.kinds import all_kinds
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.queries import visible

MOST_ROWS = 1000
MOST_NAMES = 100_000
CKAN_VERSION = "2.10.0"
"""The version whose reading API this is modelled on; clients look at it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Parameters of a call, and the address of the platform without a slash."""

    given: Mapping[str, Any]
    base: str

    def text(self, name: str, default: str | None = None) -> str:
        """A text. Raises `CkanError` when it is missing and has no default."""
        value = self.given.get(name)
        if value is None or value == "":
            if default is None:
                raise invalid(name, "Missing value")
            return default
        if not isinstance(value, str | int) or "\x00" in str(value):
            raise invalid(name, "Must be a text")
        return str(value)

    def number(self, name: str, default: int, most: int) -> int:
        """A count from 0 to `most`; more is cut to that, as CKAN does."""
        text = self.text(name, str(default))
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise invalid(name, "Must be a natural number")
        return min(int(text), most)

    def yes(self, name: str) -> bool:
        """A truth value; false without."""
        value = self.given.get(name)
        return value is True or str(value).lower() in {"true", "1", "yes"}

    def names(self, name: str) -> list[str]:
        """A list of names: JSON's, or its text in a query string."""
        value = self.given.get(name, [])
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise bad_query(f"{name} must be a list of names") from None
        texts = isinstance(value, list) and all(
            isinstance(one, str) and "\x00" not in one for one in value
        )
        if not texts:
            raise bad_query(f"{name} must be a list of names")
        return value[:20]


def status_show(asked: Asked) -> Any:
    """What kind of site this is."""
    city = settings.CITYBRAIN
    return {
        "ckan_version": CKAN_VERSION,
        "site_url": asked.base,
        "site_title": f"{city.city_zh}政务数据目录",
        "site_description": f"CityBrain: directory of {city.city_en}, CKAN's reading API",
        "locale_default": "zh_Hans_CN",
        "extensions": [],
    }


def site_read(asked: Asked) -> Any:
    """Whoever can ask may read."""
    return True


def package_list(asked: Asked) -> Any:
    """Names of all packages."""
    start = asked.number("offset", 0, 10**8)
    rows = visible.public_resources().order_by("code").values_list("code", "ref")
    most = asked.number("limit", MOST_NAMES, MOST_NAMES)
    return [shapes.package_name(*row) for row in rows[start : start + most]]


def package_show(asked: Asked) -> Any:
    """One package, by id or name."""
    return _packages([_resource(asked.text("id"))], asked.base)[0]


def _resource(name: str) -> Resource:
    found = visible.public_resources()
    resource = found.filter(ref=name).first() or found.filter(code=name).first()
    if resource is None:
        raise not_found()
    return resource


def _packages(rows: Any, base: str) -> list[dict[str, Any]]:
    return [shapes.package(entry, base) for entry in entries_of(rows)]


def package_search(asked: Asked) -> Any:
    """Packages by words and filters, with facets."""
    words = asked.text("q", "")
    found = search.words(visible.public_resources(), words)
    for query in (asked.text("fq", ""), *asked.names("fq_list")):
        found = search.filtered(found, query)
    start, rows = asked.number("start", 0, 10**8), asked.number("rows", 10, MOST_ROWS)
    sort = asked.text("sort", "")
    page = search.page(found, words, sort, start, rows)
    facets = {one: search.facet(found, one) for one in asked.names("facet.field")}
    return {
        "count": found.count(),
        "sort": sort or search.usual_order(words),
        "results": _packages(page, asked.base) if rows else [],
        "facets": {
            name: {one: number for one, (_, number) in values.items()}
            for name, values in facets.items()
        },
        "search_facets": {
            name: {"title": name, "items": _facet_items(values, asked)}
            for name, values in facets.items()
        },
    }


def _facet_items(values: search.Counted, asked: Asked) -> list[dict[str, Any]]:
    most = asked.number("facet.limit", 50, MOST_ROWS)
    ranked = sorted(values.items(), key=lambda one: (-one[1][1], one[0]))
    return [
        {"name": name, "display_name": title, "count": number}
        for name, (title, number) in ranked[:most]
    ]


def current_package_list_with_resources(asked: Asked) -> Any:
    """Whole packages, page by page."""
    start = asked.number("offset", 0, 10**8)
    most = asked.number("limit", 10, MOST_ROWS)
    rows = visible.public_resources().order_by("-published_at", "-id")[start : start + most]
    return _packages(rows, asked.base)


def _organizations() -> QuerySet[Party]:
    published = Q(resources__status=Resource.Status.PUBLISHED)
    counted = Party.objects.annotate(packages=Count("resources", filter=published))
    return counted.filter(packages__gt=0).order_by("name_zh", "id")


def organization_list(asked: Asked) -> Any:
    """Offices that have something in the directory."""
    found = [shapes.organization(one, one.packages) for one in _organizations()]  # type: ignore[attr-defined]
    return found if asked.yes("all_fields") else [one["name"] for one in found]


def organization_show(asked: Asked) -> Any:
    """One office, by id or name; its newest packages with `include_datasets`."""
    name = asked.text("id")
    party = _organizations().filter(Q(ref=name) | Q(code=name.upper())).first()
    if party is None:
        raise not_found()
    found = shapes.organization(party, party.packages)  # type: ignore[attr-defined]
    if asked.yes("include_datasets"):
        rows = visible.public_resources().filter(owner=party).order_by("-published_at", "-id")
        found["packages"] = _packages(rows[:10], asked.base)
    return found


def group_list(asked: Asked) -> Any:
    """Kinds of resources that there are any of."""
    counted = search.facet(visible.public_resources(), "groups")
    kinds = [one.code for one in all_kinds() if one.code in counted]
    if not asked.yes("all_fields"):
        return kinds
    return [shapes.group(one) | {"package_count": counted[one][1]} for one in kinds]


def tag_list(asked: Asked) -> Any:
    """Share types, update cycles and grades that there are; keywords are not listed."""
    return sorted(search.facet(visible.public_resources(), "tags"))


def resource_show(asked: Asked) -> Any:
    """One form of a package."""
    name = asked.text("id")
    ref, _, _ = name.partition("-")
    found = [one for one in package_forms(ref, asked.base) if one["id"] == name]
    if not found:
        raise not_found()
    return found[0]


def package_forms(ref: str, base: str) -> list[dict[str, Any]]:
    """The forms of a published package. Raises `CkanError` when there is none."""
    forms: list[dict[str, Any]] = _packages([_resource(ref)], base)[0]["resources"]
    return forms


ANSWERS: dict[str, Callable[[Asked], Any]] = {
    one.__name__: one
    for one in (
        *(status_show, site_read, package_list, package_show, package_search),
        *(current_package_list_with_resources, organization_list, organization_show),
        *(group_list, tag_list, resource_show),
    )
}
WRITING = ("_create", "_update", "_delete", "_patch", "_revise", "_upsert", "_purge")
