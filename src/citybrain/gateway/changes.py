"""What the background of a gateway asks the database."""

from typing import NamedTuple

from citybrain.kernel.epochs import current_epoch
from citybrain.kernel.models import Agreement, Resource
from citybrain.kernel.policy import window_key

KEPT_SECONDS = {"PT1M": 3600, "PT1H": 7200, "P1D": 2 * 86400, "P1M": 62 * 86400}
"""How long the counters of ended windows stay, for gateways whose clocks are behind."""


class Changes(NamedTuple):
    """Agreements and resources (primary keys) that changed, up to this epoch."""

    epoch: int
    agreements: list[int]
    resources: list[int]


def changes_since(epoch: int) -> Changes:
    """What was committed after an epoch."""
    current = current_epoch()
    if current <= epoch:
        return Changes(current, [], [])
    agreements = Agreement.objects.filter(epoch__gt=epoch).order_by()
    resources = Resource.objects.filter(epoch__gt=epoch).order_by()
    return Changes(
        current,
        list(agreements.values_list("pk", flat=True)),
        list(resources.values_list("pk", flat=True)),
    )


def oldest_windows(now: float) -> dict[int, str]:
    """Length of a window's key → the oldest key to keep."""
    keys = (window_key(window, now - kept) for window, kept in KEPT_SECONDS.items())
    return {len(key): key for key in keys}
