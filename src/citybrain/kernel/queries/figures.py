"""Figures that follow from the kernel's records alone, for home page and report."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement, Deadline, Entry, Request, Resource
from citybrain.kernel.queries import visible


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home page shows; counts of records that the acting party may see."""

    resources: int
    kinds: dict[str, int]
    requests_open: int
    requests_agreed: int
    agreements_active: int
    issues_open: int
    overdue: int
    due_soon: int
    saved_fen: int


def saved_fen(acting: Acting, start: date | None = None, end: date | None = None) -> int:
    """节省财政资金: the sum of the savings booked from `start` to `end`, both included."""
    found = visible.entries(acting).filter(type=Entry.Type.SAVING)
    if start:
        found = found.filter(day__gte=start)
    if end:
        found = found.filter(day__lte=end)
    return found.aggregate(total=Sum("amount_fen"))["total"] or 0


def overview(acting: Acting) -> Overview:
    """The three lists and the money, in numbers."""
    published = visible.resources(acting).filter(status=Resource.Status.PUBLISHED)
    by_kind = {
        row["kind"]: row["n"] for row in published.order_by().values("kind").annotate(n=Count("id"))
    }
    asked = visible.requests(acting).aggregate(
        open=Count("id", filter=Q(state__in=OPEN_REQUEST_STATES)),
        agreed=Count("id", filter=Q(state__in=AGREED_REQUEST_STATES)),
    )
    today = clock.today()
    running = visible.deadlines(acting).filter(state=Deadline.State.OPEN)
    clocks = running.aggregate(
        overdue=Count("id", filter=Q(due_on__lt=today)),
        soon=Count("id", filter=Q(due_on__gte=today, due_on__lte=calendar.soon_limit(today))),
    )
    return Overview(
        resources=sum(by_kind.values()),
        kinds=by_kind,
        requests_open=asked["open"],
        requests_agreed=asked["agreed"],
        agreements_active=visible.agreements(acting).filter(state=Agreement.State.ACTIVE).count(),
        issues_open=visible.issues(acting).filter(closed_at=None).count(),
        overdue=clocks["overdue"],
        due_soon=clocks["soon"],
        saved_fen=saved_fen(acting),
    )


OPEN_REQUEST_STATES = ("submitted", "supplement", "accepted", "review", "extended")
AGREED_REQUEST_STATES = ("agreed", "delivered", "suspended", "ended")


def satisfaction(requests: "list[Request]") -> float | None:
    """共享需求满足率: agreed among decided requests, 0 to 1; None when none is decided."""
    decided = [one for one in requests if one.state in (*AGREED_REQUEST_STATES, "refused")]
    if not decided:
        return None
    agreed = sum(one.state in AGREED_REQUEST_STATES for one in decided)
    return agreed / len(decided)
