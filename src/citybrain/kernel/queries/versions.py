"""The versions of a resource, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import Resource, ResourceVersion
from citybrain.kernel.queries import described, visible

MOST = 200
"""Newest versions that are listed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after; None where it was not there.

    `field` is a name of the description, `status`, `metadata.NAME`, or `items.NAME` for an
    information item, whose values are dictionaries.
    """

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A version as the reader may see it, and how it differs from the one before."""

    row: ResourceVersion
    snapshot: dict[str, Any]
    differences: tuple[Difference, ...]
    first: bool


def of(acting: Acting, resource: Resource) -> list[Seen]:
    """The newest versions, newest first.

    Owner and bureau see all; others those that were published, and of the metadata what the
    kind shows to them.
    """
    rows = list(resource.versions.select_related("party").order_by("number"))
    if not described.reads_source(acting, resource):
        rows = [one for one in rows if one.snapshot.get("status") == Resource.Status.PUBLISHED]
    codes = _seen_codes(acting, rows)
    found: list[Seen] = []
    before: dict[str, Any] = {}
    for row in rows:
        now = _readable(acting, resource, row.snapshot, codes)
        changes = tuple(differences(before, now)) if found else ()
        found.append(Seen(row, now, changes, not found))
        before = now
    return found[::-1][:MOST]


def one(acting: Acting, resource: Resource, number: int) -> Seen:
    """One version. Raises `NotFound` also for one that the reader may not see."""
    for seen in of(acting, resource):
        if seen.row.number == number:
            return seen
    raise NotFound("not-found", "没有此版本。", "There is no such version.")


def _seen_codes(acting: Acting, rows: list[ResourceVersion]) -> set[str]:
    codes = {code for row in rows for code in row.snapshot.get("related", ())}
    found = visible.resources(acting).filter(code__in=codes) if codes else Resource.objects.none()
    return set(found.values_list("code", flat=True))


def _readable(
    acting: Acting, resource: Resource, snapshot: Mapping[str, Any], codes: set[str]
) -> dict[str, Any]:
    metadata = described.metadata(acting, resource, snapshot.get("metadata", {}))
    related = [code for code in snapshot.get("related", ()) if code in codes]
    return {**snapshot, "metadata": metadata, "related": related}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Field by field, in the order of the later one; items by their names."""
    old, new = dict(_flat(before)), dict(_flat(after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        Difference(name, old.get(name), new.get(name))
        for name in names
        if (old.get(name) or None) != (new.get(name) or None)
    ]


def _flat(snapshot: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = [(name, value) for name, value in snapshot.items() if name != "metadata"]
    for name, value in snapshot.get("metadata", {}).items():
        if name == "items" and isinstance(value, list):
            found += [(f"items.{one.get('name')}", one) for one in value if isinstance(one, dict)]
        else:
            found.append((f"metadata.{name}", value))
    return found
