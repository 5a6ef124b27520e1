"""How gateways hear of changes: one counter, in the order of commits."""

from django.db.models import F

from citybrain.kernel.models import Epoch


def next_epoch() -> int:
    """Raise the epoch and return it. Inside a transaction: the row stays locked to its end."""
    if not Epoch.objects.filter(pk=1).update(value=F("value") + 1):
        Epoch.objects.get_or_create(pk=1)
        Epoch.objects.filter(pk=1).update(value=F("value") + 1)
    return Epoch.objects.values_list("value", flat=True).get(pk=1)


def current_epoch() -> int:
    """The last epoch that was committed; 0 before the first change."""
    return Epoch.objects.filter(pk=1).values_list("value", flat=True).first() or 0
