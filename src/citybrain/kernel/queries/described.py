"""What a party may read of a resource's metadata and facts.

Requesters need columns, limits and licence. Where the source lies and how it is reached
(paths, hosts, addresses, tables, names of credentials) is the owner's and the bureau's.
"""

from typing import Any

from citybrain.kernel.acting import Acting
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible


def reads_source(acting: Acting, resource: Resource) -> bool:
    """Whether the party may read where the source lies."""
    return acting.reads_all or acting.party.pk == resource.owner_id


def metadata(
    acting: Acting, resource: Resource, stored: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The metadata that the party may read; all of them for owner and bureau.

    `stored` are those of an earlier version.
    """
    return _readable(acting, resource, resource.metadata if stored is None else stored, "public")


def facts(acting: Acting, resource: Resource) -> dict[str, Any]:
    """What opening the source found, as far as the party may read it."""
    return _readable(acting, resource, resource.facts, "public_facts")


def related_codes(acting: Acting, resource: Resource) -> list[str]:
    """Directory codes of what it relates to, as far as the party may see them."""
    if not resource.related:
        return []
    found = visible.resources(acting).filter(code__in=resource.related)
    known = set(found.values_list("code", flat=True))
    return [one for one in resource.related if one in known]


def public_metadata(resource: Resource) -> dict[str, Any]:
    """The metadata that anybody may read, without signing in."""
    return _public(resource.kind, resource.metadata, "public")


def _readable(
    acting: Acting, resource: Resource, stored: dict[str, Any], which: str
) -> dict[str, Any]:
    if reads_source(acting, resource):
        return stored
    return _public(resource.kind, stored, which)


def _public(kind: str, stored: dict[str, Any], which: str) -> dict[str, Any]:
    try:
        names: frozenset[str] = getattr(kind_of(kind), which)
    except KeyError:
        # A kind that is no longer installed cannot say what is public.
        return {}
    return {name: value for name, value in stored.items() if name in names}
