"""What a capability's records say: who uses it, how often, what it saved, how it is rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Avg, Count, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from citybrain.domains.lists.models import Rating
from citybrain.kernel import clock
from citybrain.kernel.models import Agreement, Entry, Party, Resource, Scenario, Use

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Achievement:
    """Figures of one capability. Enterprises and persons are counted, not named."""

    departments: list[Party]
    others: int
    scenarios: list[Scenario]
    purposes: list[str]
    uses: int
    saved_fen: int
    score: float | None
    rated: int


def achievement(resource: Resource) -> Achievement:
    """All figures of one capability, from agreements, uses, entries and ratings."""
    signed = Agreement.objects.filter(resource=resource, signed_at__isnull=False)
    consumers = Party.objects.filter(pk__in=signed.values("consumer")).order_by("name_zh")
    named = [one for one in consumers if one.type == Party.Type.DEPARTMENT]
    rated = _ratings([resource]).get(resource.pk, (None, 0))
    return Achievement(
        departments=named,
        others=len(consumers) - len(named),
        scenarios=list(Scenario.objects.filter(pk__in=signed.values("scenario"))),
        purposes=sorted(set(signed.order_by().values_list("purpose", flat=True))),
        uses=_granted([resource]).get(resource.pk, 0),
        saved_fen=_saved([resource]).get(resource.pk, 0),
        score=rated[0],
        rated=rated[1],
    )


@dataclass(frozen=True, slots=True)
class Card:
    """The figures that a card shows."""

    users: int
    uses: int
    saved_fen: int


def cards(resources: Sequence[Resource]) -> dict[int, Card]:
    """Resource's key → the figures of its card, in three queries for all."""
    signed = Agreement.objects.filter(resource__in=resources, signed_at__isnull=False)
    users = dict(
        signed.order_by().values_list("resource").annotate(n=Count("consumer", distinct=True))
    )
    uses, saved = _granted(resources), _saved(resources)
    return {
        one.pk: Card(users.get(one.pk, 0), uses.get(one.pk, 0), saved.get(one.pk, 0))
        for one in resources
    }


def _granted(resources: Sequence[Resource]) -> dict[int, int]:
    rows = Use.objects.filter(resource__in=resources, outcome=Use.Outcome.GRANTED)
    return dict(rows.order_by().values_list("resource").annotate(n=Count("pk")))


def _saved(resources: Sequence[Resource]) -> dict[int, int]:
    rows = Entry.objects.filter(agreement__resource__in=resources, type=Entry.Type.SAVING)
    sums = rows.order_by().values_list("agreement__resource").annotate(n=Sum("amount_fen"))
    return dict(sums)


def _ratings(resources: Sequence[Resource]) -> dict[int, tuple[float | None, int]]:
    rows = Rating.objects.filter(request__resource__in=resources)
    sums = (
        rows.order_by().values_list("request__resource").annotate(mean=Avg("score"), n=Count("pk"))
    )
    return {key: (round(mean, 1), n) for key, mean, n in sums}


def uses_by_month(resource: Resource) -> list[tuple[date, int]]:
    """Granted uses of each of the last twelve months, this one included."""
    today = clock.today()
    months = [_months_back(today, n) for n in reversed(range(MONTHS))]
    start = timezone.make_aware(datetime.combine(months[0], time.min))
    rows = Use.objects.filter(resource=resource, outcome=Use.Outcome.GRANTED, at__gte=start)
    counted = rows.order_by().annotate(month=TruncMonth("at")).values_list("month")
    by_month = {timezone.localdate(month): n for month, n in counted.annotate(n=Count("pk"))}
    return [(one, by_month.get(one, 0)) for one in months]


def _months_back(today: date, n: int) -> date:
    serial = today.year * 12 + today.month - 1 - n
    return date(serial // 12, serial % 12 + 1, 1)
