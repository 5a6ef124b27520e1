"""Keeping every version of a resource; called by the actions that make one."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F

from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.description import DESCRIPTION
from citybrain.kernel.models import Resource, ResourceVersion

FOUND = "resource.found"


def snapshot_of(resource: Resource) -> dict[str, Any]:
    """What is described, as JSON: the description, the kind's metadata, the status."""
    source = resource.source_party
    described = {name: getattr(resource, name) for name in DESCRIPTION if name != "source_party"}
    return {
        **{name: str(one) if isinstance(one, str) else one for name, one in described.items()},
        "source_party": source.ref if source else "",
        "status": str(resource.status),
        "metadata": resource.metadata,
    }


def keep(resources: Sequence[Resource], verb: str, acting: Acting | None, why: str = "") -> None:
    """Keep the version that each of them now is, with a ledger record of its own."""
    made = [
        ResourceVersion(
            resource=one,
            number=one.version,
            verb=verb,
            party=acting.party if acting else None,
            account=acting.account if acting else "",
            reasons=why,
            snapshot=snapshot_of(one),
        )
        for one in resources
    ]
    ResourceVersion.objects.bulk_create(made, batch_size=ledger.CHUNK)
    ledger.write_many("resource.version", made, acting)


def keep_missing(resources: Sequence[Resource]) -> None:
    """Keep what they are before a change, where nobody has: registered before versions were."""
    for start in range(0, len(resources), ledger.CHUNK):
        part = resources[start : start + ledger.CHUNK]
        kept = set(
            ResourceVersion.objects.filter(
                resource__in=[one.pk for one in part], number=F("resource__version")
            ).values_list("resource_id", flat=True)
        )
        keep([one for one in part if one.pk not in kept], FOUND, None)
