"""What the views share: refusals, ledger history, days of uses for charts, clocks as faces."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from citybrain.engines import calendar
from citybrain.kernel.models import Deadline, LedgerRecord, Party, Use
from citybrain.surfaces.console.rules import rule_source, rule_title
from citybrain.ui.shapes import Clock

CHART_DAYS = 30
HISTORY = 50
"""Newest ledger records shown on a record's own page; the ledger's list has all."""


def refused(request: HttpRequest, status: int, reason: str) -> HttpResponseBase:
    """A page that says why and leads home."""
    return render(request, "console/refused.html", {"reason": reason}, status=status)


def history(urn: str) -> list[LedgerRecord]:
    """The ledger records about one subject, newest first."""
    return list(LedgerRecord.objects.filter(subject=urn).order_by("-id")[:HISTORY])


def uses_by_day(uses: QuerySet[Use]) -> JsonResponse:
    """Granted and other uses on each of the last 30 days, for a chart."""
    last = timezone.localdate()
    first = last - timedelta(days=CHART_DAYS - 1)
    start = timezone.make_aware(timezone.datetime(first.year, first.month, first.day))  # type: ignore[attr-defined]
    rows = (
        uses.order_by()
        .filter(at__gte=start)
        .annotate(day=TruncDate("at"))
        .values("day", "outcome")
        .annotate(n=Count("id"))
    )
    counted = {(row["day"], row["outcome"]): row["n"] for row in rows}
    days = [first + timedelta(days=n) for n in range(CHART_DAYS)]
    names = ((Use.Outcome.GRANTED, _("Granted")), (Use.Outcome.REFUSED, _("Refused")))
    names = (*names, (Use.Outcome.FAILED, _("Failed")))
    return JsonResponse(
        {
            "type": "stacked",
            "title": _("Uses of the last 30 days"),
            "unit": _("times"),
            "categories": [day.strftime("%m-%d") for day in days],
            "series": [
                {"name": name, "data": [counted.get((day, outcome), 0) for day in days]}
                for outcome, name in names
            ],
        }
    )


def clock_face(row: Deadline, today: date | None = None) -> Clock:
    """A deadline as the component shows it, with its rule's source and status."""
    source, status = rule_source(row.rule)
    return Clock(
        title=rule_title(row.rule),
        due=row.due_on,
        days_left=_days_left(row, today or timezone.localdate()),
        provisional=row.provisional,
        source=source,
        source_status=status,  # type: ignore[arg-type]
        stopped=_stopped(row),
    )


def _days_left(row: Deadline, today: date) -> int | None:
    """Working days to the due day (calendar days where the rule counts those)."""
    if row.state != Deadline.State.OPEN:
        return None
    if row.unit != "working_day":
        return (row.due_on - today).days
    if row.due_on >= today:
        return calendar.working_days_between(today, row.due_on)
    return min(-1, -calendar.working_days_between(row.due_on, today))


def _stopped(row: Deadline) -> str:
    if row.state == Deadline.State.MET:
        on_time = row.met_on is not None and row.met_on <= row.due_on
        text = _("met on %(day)s, in time") if on_time else _("met on %(day)s, late")
        return text % {"day": row.met_on}
    if row.state == Deadline.State.PAUSED:
        return _("paused until it is supplemented")
    return str(row.get_state_display())


def clocks_of(urn: str) -> list[Clock]:
    """The clocks that one record started, those that run first."""
    rows = list(Deadline.objects.filter(subject=urn).select_related("party"))
    rows.sort(key=lambda row: (row.state != Deadline.State.OPEN, row.due_on, row.pk))
    return [clock_face(row) for row in rows]


def refs_of(urns: Iterable[str]) -> dict[str, list[str]]:
    """References by type of URN (`urn:citybrain:<type>:<ref>`)."""
    found: dict[str, list[str]] = {}
    for urn in urns:
        *_prefix, kind, ref = urn.split(":")
        found.setdefault(kind, []).append(ref)
    return found


def parties_by_urn(urns: Sequence[str]) -> dict[str, Party]:
    """The parties that signatures and ledger records name."""
    rows = Party.objects.filter(ref__in=refs_of(urns).get("party", []))
    return {row.urn: row for row in rows}


def pick(values: dict[str, Any], *names: str) -> dict[str, str]:
    """Some names of a dictionary, as text."""
    return {name: str(values.get(name, "")) for name in names}
