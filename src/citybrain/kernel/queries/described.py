"""What a party may read of a resource's metadata and facts.

Requesters need columns, limits and licence. Where the source lies and how it is reached
(paths, hosts, addresses, tables, names of credentials) is the owner's and the bureau's.
"""

from typing import Any

from citybrain.kernel.acting import Acting
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource


def reads_source(acting: Acting, resource: Resource) -> bool:
    """Whether the party may read where the source lies."""
    return acting.reads_all or acting.party.pk == resource.owner_id


def metadata(acting: Acting, resource: Resource) -> dict[str, Any]:
    """The metadata that the party may read; all of them for owner and bureau."""
    return _readable(acting, resource, resource.metadata, "public")


def facts(acting: Acting, resource: Resource) -> dict[str, Any]:
    """What opening the source found, as far as the party may read it."""
    return _readable(acting, resource, resource.facts, "public_facts")


def _readable(
    acting: Acting, resource: Resource, stored: dict[str, Any], which: str
) -> dict[str, Any]:
    if reads_source(acting, resource):
        return stored
    try:
        names: frozenset[str] = getattr(kind_of(resource.kind), which)
    except KeyError:
        # A kind that is no longer installed cannot say what is public.
        return {}
    return {name: value for name, value in stored.items() if name in names}
