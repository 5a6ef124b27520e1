"""Blocks of quota in the database: taken, given back, and reckoned after a crash.

`QuotaCounter.leased` is what all gateways have ever taken less what they gave back; the
update that raises it is conditional on the limit, so it never goes above. A `QuotaLease`
is held by "<journal id>@<base>": of its `granted` units, those are spent that the
journal's records above number `base` spent, and the rest is still in the holder's hand.
Each refill writes the row anew with a higher base, so that little must be read after a
crash. Every function here is one transaction and runs in a thread.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import orjson
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Length
from django.utils import timezone

from citybrain.kernel.models import QuotaCounter, QuotaLease

Records = Iterator[tuple[int, bytes]]
RecordsAfter = Callable[[int], Records]

FIRST_BLOCK, MOST_OF_A_BLOCK = 64, 8192
SHARE_OF_THE_REST = 8


@dataclass(frozen=True, slots=True)
class Holding:
    """What a gateway holds of a counter at one moment: all uses up to record `base` are
    reckoned, and `units` are free or in the hand of calls not yet recorded."""

    journal: str
    base: int
    units: int

    @property
    def holder(self) -> str:
        """As it stands in `QuotaLease.holder`."""
        return f"{self.journal}@{self.base}"


@dataclass(frozen=True, slots=True)
class Leased:
    """`units` were added when at least `need` were asked for; `others` tells that other
    gateways may hold idle ones."""

    need: int
    units: int
    others: bool


def block(rest: int, need: int, most: int) -> int:
    """How many units to take when `rest` are left: a small share, so that others get some.
    `most` is in calls that need as much."""
    return max(need, min(most * need, rest // SHARE_OF_THE_REST))


def open_counter(agreement: int, operand: str, metric: str, window: str, limit: int) -> int:
    """The counter's primary key."""
    counter, _ = QuotaCounter.objects.get_or_create(
        agreement_id=agreement,
        operand=operand,
        metric=metric,
        window=window,
        defaults={"limit": limit},
    )
    return counter.pk


def lease(
    counter: int,
    need: int,
    most: int,
    holding: Holding,
    records: RecordsAfter | None = None,
    ahead: bool = False,
) -> Leased:
    """Take a block of at least `need` units, or none; then others are asked for theirs,
    unless it is `ahead` of any need.

    `records` is given when an earlier transaction ended in doubt: then the journal tells
    what the row holds beyond `holding`, and that is taken first.
    """
    with transaction.atomic():
        row = QuotaCounter.objects.select_for_update().get(pk=counter)
        mine = _lease_of(counter, holding.journal)
        doubtful = _beyond(mine, holding, records) if mine and records else 0
        rest = row.limit - row.leased + doubtful
        units = block(rest, need, most) if rest >= need else 0
        others = units == 0 and not ahead and _others(counter, holding.journal)
        row.leased += units - doubtful
        if units or others:
            row.wanted_at = timezone.now() if others else None
        row.save(update_fields=["leased", "wanted_at"])
        _write(mine, counter, holding, holding.units + units)
    return Leased(need, units, others)


def _lease_of(counter: int, journal: str) -> QuotaLease | None:
    leases = QuotaLease.objects.select_for_update()
    return leases.filter(counter_id=counter, holder__startswith=f"{journal}@").first()


def _beyond(mine: QuotaLease, holding: Holding, records: RecordsAfter) -> int:
    base = _base(mine)
    spent = sum(
        amount
        for sequence, amounts in _spent(records(base), holding.base)
        for key, amount in amounts
        if key == mine.counter_id
    )
    return max(0, mine.granted - spent - holding.units)


def _others(counter: int, journal: str) -> bool:
    others = QuotaLease.objects.filter(counter_id=counter, granted__gt=0)
    return others.exclude(holder__startswith=f"{journal}@").exists()


def _write(mine: QuotaLease | None, counter: int, holding: Holding, units: int) -> None:
    if mine is None:
        if units:
            QuotaLease.objects.create(counter_id=counter, holder=holding.holder, granted=units)
    elif units:
        mine.holder, mine.granted = holding.holder, units
        mine.save(update_fields=["holder", "granted"])
    else:
        mine.delete()


def give_back(returns: Iterable[tuple[int, int, Holding]]) -> None:
    """Return units: (counter, units, what is held without them) for each, all or none."""
    with transaction.atomic():
        # One order for everybody, so that two gateways never wait for each other's rows.
        for counter, units, holding in sorted(returns, key=lambda one: one[0]):
            if units:
                QuotaCounter.objects.filter(pk=counter).update(leased=F("leased") - units)
            _write(_lease_of(counter, holding.journal), counter, holding, holding.units)


def reckon(journal: str, records: RecordsAfter) -> int:
    """Return what a gateway that is no more had leased and not spent; gives the units.

    Only for the owner of the journal's slot, or while nobody can own it.
    """
    leases = list(QuotaLease.objects.filter(holder__startswith=f"{journal}@").order_by("counter"))
    if not leases:
        return 0
    bases = {one.counter_id: _base(one) for one in leases}
    spent: Tally[int] = Tally()
    for sequence, amounts in _spent(records(min(bases.values())), None):
        for key, amount in amounts:
            if sequence > bases.get(key, sequence):
                spent[key] += amount
    returned = 0
    for one in leases:
        returned += _settle(one, max(0, one.granted - spent[one.counter_id]))
    return returned


def _settle(one: QuotaLease, unspent: int) -> int:
    with transaction.atomic():
        gone, _ = QuotaLease.objects.filter(
            pk=one.pk, holder=one.holder, granted=one.granted
        ).delete()
        if not gone:
            return 0
        QuotaCounter.objects.filter(pk=one.counter_id).update(leased=F("leased") - unspent)
    return unspent


def _base(one: QuotaLease) -> int:
    return int(one.holder.rpartition("@")[2])


def _spent(records: Records, last: int | None) -> Iterator[tuple[int, list[list[int]]]]:
    for sequence, payload in records:
        if last is not None and sequence > last:
            return
        amounts = orjson.loads(payload).get("spent")
        if amounts:
            yield sequence, amounts


def holders(but: str) -> set[str]:
    """The journals of other gateways that hold leases."""
    names = QuotaLease.objects.exclude(holder__startswith=f"{but}@").values_list("holder")
    return {holder.rpartition("@")[0] for (holder,) in names.distinct()}


def wanted(counters: list[int]) -> list[int]:
    """Which of these counters another gateway has asked for in the last two seconds."""
    since = timezone.now() - timedelta(seconds=2)
    found: list[int] = []
    for start in range(0, len(counters), 500):
        some = QuotaCounter.objects.filter(pk__in=counters[start : start + 500])
        found += some.filter(wanted_at__gt=since).values_list("pk", flat=True)
    return found


def state_of(agreement: int, windows: list[tuple[str, str, str]]) -> list[tuple[int, int, int]]:
    """(counter, leased, held by all gateways) of each (operand, metric, window); zeros if new."""
    states = []
    for operand, metric, window in windows:
        row = QuotaCounter.objects.filter(
            agreement_id=agreement, operand=operand, metric=metric, window=window
        ).first()
        held = row.leases.aggregate(held=Sum("granted"))["held"] if row else 0
        states.append((row.pk, row.leased, held or 0) if row else (0, 0, 0))
    return states


def drop_windows(oldest: dict[int, str]) -> int:
    """Remove counters of windows that ended long ago; `oldest` maps key length → first kept."""
    removed = 0
    for length, key in oldest.items():
        same = QuotaCounter.objects.annotate(length=Length("window")).filter(length=length)
        removed += same.exclude(window="agreement").filter(window__lt=key).delete()[0]
    return removed
