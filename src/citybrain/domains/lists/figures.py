"""What the lists give to the half-year report."""

from citybrain.domains.lists.actions.ratings import GOOD
from citybrain.domains.lists.models import Demand, Rating
from citybrain.kernel.report.period import Period
from citybrain.kernel.report.registry import Value, figure, sql


@figure("answers-satisfied")
def answers_satisfied(period: Period) -> Value:
    """满意率: ratings of 4 and 5 among all that were given, in per cent."""
    given = Rating.objects.filter(created_at__gte=period.start, created_at__lt=period.end)
    good, total = given.filter(score__gte=GOOD), given.count()
    return Value(f"{100 * good.count() / total:.1f}" if total else None, sql(good))


@figure("demands-filed")
def demands_filed(period: Period) -> Value:
    """Demands that were filed."""
    rows = Demand.objects.filter(created_at__gte=period.start, created_at__lt=period.end)
    return Value.count(rows)


@figure("demands-met")
def demands_met(period: Period) -> Value:
    """Demands that a registered resource met."""
    return Value.count(
        Demand.objects.filter(state="met", closed_at__gte=period.start, closed_at__lt=period.end)
    )
