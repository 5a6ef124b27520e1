"""The board: what each office offers and how it answers, from the records one may see."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import Case, Count, FloatField, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from citybrain.domains.lists.actions.ratings import GOOD
from citybrain.domains.lists.queries import clocks, lists, visible
from citybrain.engines import calendar
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.queries import visible as kernel
from citybrain.kernel.report.period import Period


@dataclass(slots=True)
class Figures:
    """One office's figures; rates are in per cent, None where there is nothing to share out."""

    offered: int = 0
    answered: int = 0
    timely: int = 0
    counted: int = 0
    median_days: float | None = None
    good: int = 0
    rated: int = 0
    problems: int = 0
    corrected: int = 0
    corrections: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def on_time(self) -> float | None:
        """Replies by their due day among those given or overdue (按时办结率)."""
        return share(self.timely, self.counted)

    @property
    def satisfied(self) -> float | None:
        """Ratings of 4 and 5 among all (满意率)."""
        return share(self.good, self.rated)

    @property
    def corrected_on_time(self) -> float | None:
        """Corrections answered by their due day among those answered or overdue."""
        return share(self.corrected, self.corrections)


SHOWN = (
    "offered", "answered", "on_time", "median_days", "satisfied", "problems", "corrected_on_time",
)  # fmt: skip


def share(part: int, whole: int) -> float | None:
    """Per cent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def figures(acting: Acting, period: Period | None = None) -> dict[int, Figures]:
    """Office's key → its figures. Offered resources and open problems are those of now."""
    found: dict[int, Figures] = defaultdict(Figures)
    _offered(found, acting)
    _answered(found, acting, period)
    _replies(found, lists.requests(acting), period, "timely", "counted")
    corrections = lists.issues(acting).filter(type="correction")
    _replies(found, corrections, period, "corrected", "corrections")
    _rated(found, acting, period)
    return found


def _offered(found: dict[int, Figures], acting: Acting) -> None:
    published = kernel.resources(acting).filter(status=Resource.Status.PUBLISHED)
    for key, n in _counted(published, "owner"):
        found[key].offered = n
    for key, n in _counted(kernel.issues(acting).filter(closed_at=None), "resource__owner"):
        found[key].problems = n


def _counted(rows: QuerySet[Any], path: str) -> Iterable[tuple[int, int]]:
    return rows.order_by().values_list(path).annotate(n=Count("pk"))


def _answered(found: dict[int, Figures], acting: Acting, period: Period | None) -> None:
    rows = kernel.requests(acting).filter(decided_at__isnull=False, submitted_at__isnull=False)
    if period:
        rows = rows.filter(decided_at__gte=period.start, decided_at__lt=period.end)
    times = rows.order_by().values_list("resource__owner", "submitted_at", "decided_at")
    for key, asked, decided in times.iterator():
        first, last = timezone.localdate(asked), timezone.localdate(decided)
        found[key].days.append(calendar.working_days_between(first, last) if last > first else 0)
    for one in found.values():
        one.answered = len(one.days)
        one.median_days = float(median(one.days)) if one.days else None


def _replies(
    found: dict[int, Figures], rows: QuerySet[Any], period: Period | None, part: str, whole: str
) -> None:
    if period:
        rows = rows.filter(clocks.within(period.first, period.last))
    counted = Count("pk", filter=clocks.timely() | clocks.late())
    sums = (
        rows.order_by()
        .values_list("resource__owner")
        .annotate(part=Count("pk", filter=clocks.timely()), whole=counted)
    )
    for key, of_part, of_whole in sums:
        setattr(found[key], part, of_part)
        setattr(found[key], whole, of_whole)


def _rated(found: dict[int, Figures], acting: Acting, period: Period | None) -> None:
    rows = visible.ratings(acting)
    if period:
        rows = rows.filter(created_at__gte=period.start, created_at__lt=period.end)
    sums = (
        rows.order_by()
        .values_list("office")
        .annotate(good=Count("pk", filter=Q(score__gte=GOOD)), rated=Count("pk"))
    )
    for key, good, rated in sums:
        found[key].good, found[key].rated = good, rated


def offices(acting: Acting, found: dict[int, Figures]) -> QuerySet[Party]:
    """The offices with their figures as annotations, so that a list sorts by them.

    Whoever does not read all sees the own office alone: of others it would see a part.
    """
    keys = [key for key in found if acting.reads_all or key == acting.party.pk]
    rows = Party.objects.filter(pk__in=keys)
    return rows.annotate(**{name: _column(found, keys, name) for name in SHOWN})


def ranked(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Offices with figures, those that answered most first."""
    return rows.order_by("-answered", "pk")


def _column(found: dict[int, Figures], keys: list[int], name: str) -> Case:
    whens = [
        When(pk=key, then=Value(value))
        for key in keys
        if (value := getattr(found[key], name)) is not None
    ]
    number = IntegerField() if name in ("offered", "answered", "problems") else FloatField()
    return Case(*whens, default=Value(None), output_field=number)
