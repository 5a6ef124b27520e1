"""Each record's own clock, annotated in the database so that lists sort and filter by it."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from citybrain.domains.lists.models import Escalation
from citybrain.domains.lists.rules import soon_limit
from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.models import Deadline

RUNNING = (Deadline.State.OPEN, Deadline.State.PAUSED)
REPLY, CORRECTION = "reply", "correction"
"""How the rules begin that a request's and a correction's answer are held to."""


def _urn(model: Any) -> Concat:
    return Concat(Value(f"urn:citybrain:{model.urn_type}:"), OuterRef("ref"))


def clocks_of(model: Any) -> QuerySet[Deadline]:
    """The clocks of the outer query's record."""
    return Deadline.objects.filter(subject=_urn(model))


def with_clock(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `due` (the soonest running clock's day), `due_state`, `due_left`, `escalated`."""
    first = clocks_of(rows.model).filter(state__in=RUNNING).order_by("due_on", "id")
    return rows.annotate(
        due=Subquery(first.values("due_on")[:1]),
        due_state=Subquery(first.values("state")[:1]),
        due_left=Subquery(first.values("days_left")[:1]),
        due_unit=Subquery(first.values("unit")[:1]),
        escalated=Exists(Escalation.objects.filter(subject=_urn(rows.model))),
    )


def narrowed(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """Rows `with_clock` whose clock stands so: soon, overdue, running, paused, escalated."""
    today = clock.today()
    running = rows.filter(due_state=Deadline.State.OPEN)
    choices = {
        "running": lambda: running,
        "soon": lambda: running.filter(due__gte=today, due__lte=soon_limit(today)),
        "overdue": lambda: running.filter(due__lt=today),
        "paused": lambda: rows.filter(due_state=Deadline.State.PAUSED),
        "escalated": lambda: rows.filter(escalated=True),
    }
    return choices[value]()


def days_left(row: Any, today: date | None = None) -> int | None:
    """Working days to the due day of a row `with_clock`; negative when overdue, None without."""
    today = today or clock.today()
    if row.due is None:
        return None
    if row.due_state == Deadline.State.PAUSED:
        left: int | None = row.due_left
        return left
    if row.due_unit != "working_day":
        return (row.due - today).days
    if row.due >= today:
        return calendar.working_days_between(today, row.due)
    return min(-1, -calendar.working_days_between(row.due, today))


def replied(rows: QuerySet[Any], rule: str) -> QuerySet[Any]:
    """Adds `reply_met` and `reply_due`: the answer's clock that was met or still runs."""
    found = clocks_of(rows.model).filter(rule__startswith=rule)
    counted = found.exclude(state=Deadline.State.CANCELLED).order_by("-id")
    return rows.annotate(
        reply_state=Subquery(counted.values("state")[:1]),
        reply_met=Subquery(counted.values("met_on")[:1]),
        reply_due=Subquery(counted.values("due_on")[:1]),
    )


def timely() -> Q:
    """Answered by the due day (rows with `replied`)."""
    return Q(reply_state=Deadline.State.MET, reply_met__lte=F("reply_due"))


def late() -> Q:
    """Answered late, or overdue now."""
    was = Q(reply_state=Deadline.State.MET, reply_met__gt=F("reply_due"))
    return was | Q(reply_state=Deadline.State.OPEN, reply_due__lt=clock.today())


def within(first: date, last: date) -> Q:
    """The answer's clock was met, or fell due unanswered, on these days (rows with `replied`)."""
    ended = Q(reply_state=Deadline.State.MET, reply_met__gte=first, reply_met__lte=last)
    return ended | Q(~Q(reply_state=Deadline.State.MET), reply_due__gte=first, reply_due__lte=last)


def sort_by_due(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `due_rank`: records without a clock come last in either database."""
    return rows.annotate(due_rank=Coalesce("due", Value(date(9999, 12, 31))))
