"""The figures that the kernel's own records give to the report."""

from typing import Any

from django.db.models import F, QuerySet, Sum

from citybrain.kernel.models import Agreement, Deadline, Entry, Issue, Request, Resource, Use
from citybrain.kernel.queries.figures import AGREED_REQUEST_STATES
from citybrain.kernel.report.period import Period
from citybrain.kernel.report.registry import Value, figure, sql


@figure("saved-by-sharing")
def saved(period: Period) -> Value:
    """节省财政资金, in yuan with two decimals."""
    rows = Entry.objects.filter(type=Entry.Type.SAVING, day__gte=period.first, day__lte=period.last)
    fen = rows.aggregate(total=Sum("amount_fen"))["total"] or 0
    return Value(f"{fen // 100}.{fen % 100:02d}", sql(rows.values("amount_fen")))


@figure("resources-published")
def resources_published(period: Period) -> Value:
    """Resources that came into the directory and still stand there."""
    return Value.count(
        Resource.objects.filter(
            status=Resource.Status.PUBLISHED,
            published_at__gte=period.start,
            published_at__lt=period.end,
        )
    )


@figure("requests-decided")
def requests_decided(period: Period) -> Value:
    """Requests that were agreed to or refused."""
    return Value.count(_decided(period))


def _decided(period: Period) -> QuerySet[Request]:
    return Request.objects.filter(decided_at__gte=period.start, decided_at__lt=period.end)


@figure("requests-satisfied")
def requests_satisfied(period: Period) -> Value:
    """共享需求满足率: agreed among decided."""
    decided = _decided(period)
    return _share(decided.filter(state__in=AGREED_REQUEST_STATES), decided)


@figure("requests-on-time")
def requests_on_time(period: Period) -> Value:
    """Replies whose clock was met by its due day, among all that were met."""
    met = Deadline.objects.filter(
        rule__startswith="reply",
        state=Deadline.State.MET,
        met_on__gte=period.first,
        met_on__lte=period.last,
    )
    return _share(met.filter(met_on__lte=F("due_on")), met)


def _share(part: QuerySet[Any], whole: QuerySet[Any]) -> Value:
    total = whole.count()
    amount = f"{100 * part.count() / total:.1f}" if total else None
    return Value(amount, sql(part))


@figure("agreements-signed")
def agreements_signed(period: Period) -> Value:
    """Agreements that both sides signed."""
    return Value.count(
        Agreement.objects.filter(signed_at__gte=period.start, signed_at__lt=period.end)
    )


@figure("uses-granted")
def uses_granted(period: Period) -> Value:
    """Calls that the gateway served."""
    return Value.count(_uses(period).filter(outcome=Use.Outcome.GRANTED))


@figure("uses-refused")
def uses_refused(period: Period) -> Value:
    """Calls that a policy forbade."""
    return Value.count(_uses(period).filter(outcome=Use.Outcome.REFUSED))


def _uses(period: Period) -> QuerySet[Use]:
    return Use.objects.filter(at__gte=period.start, at__lt=period.end)


@figure("issues-closed")
def issues_closed(period: Period) -> Value:
    """Correction requests and disputes that were brought to an end."""
    return Value.count(Issue.objects.filter(closed_at__gte=period.start, closed_at__lt=period.end))
