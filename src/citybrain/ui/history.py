"""What the views share: refusals, ledger history, days of uses for charts, clocks as faces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline, LedgerRecord, Party, Use
from citybrain.ui.labels import party_name
from citybrain.ui.processes import verb_name
from citybrain.ui.rules import rule_source, rule_title
from citybrain.ui.shapes import Clock
from citybrain.ui.subjects import account_names

CHART_DAYS = 30
HISTORY = 50
"""Newest ledger records shown on a record's own page; the ledger's list has all."""


def refused(request: HttpRequest, status: int, reason: str) -> HttpResponseBase:
    """A page that says why and leads home."""
    return render(request, "ui/refused.html", {"reason": reason}, status=status)


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a record's history, out of the ledger."""

    at: Any
    what: str
    who: str
    reasons: str
    index: int | None


def history_of(urn: str, acting: Acting) -> list[Happened]:
    """What the ledger says about one subject, newest first.

    The names of people are for their own party and those who read all; others see the party.
    """
    return told(records_about(urn), acting)


def records_about(urn: str) -> list[LedgerRecord]:
    """The newest ledger records about one subject."""
    return list(LedgerRecord.objects.filter(subject=urn).order_by("-id")[:HISTORY])


def told(records: Sequence[LedgerRecord], acting: Acting) -> list[Happened]:
    """Ledger records as a history for people."""
    bodies = [_body(one) for one in records]
    parties = parties_by_urn([body.get("party", "") for body in bodies])
    names = account_names(body.get("account", "") for body in bodies)
    return [
        Happened(
            at=one.at,
            what=verb_name(one.verb),
            who=_who(body, parties, names, acting),
            reasons=str((body.get("detail") or {}).get("reasons") or ""),
            index=one.index,
        )
        for one, body in zip(records, bodies, strict=True)
    ]


def _body(record: LedgerRecord) -> dict[str, Any]:
    body = orjson.loads(record.body)
    return body if isinstance(body, dict) else {}


def _who(
    body: dict[str, Any], parties: dict[str, Party], names: dict[str, str], acting: Acting
) -> str:
    party = parties.get(str(body.get("party", "")))
    if party is None:
        return names["system"]
    name = names.get(str(body.get("account", "")), "")
    shown = name and (acting.reads_all or party.pk == acting.party.pk)
    return f"{party_name(party)} · {name}" if shown else party_name(party)


def uses_by_day(uses: QuerySet[Use]) -> JsonResponse:
    """Granted and other uses on each of the last 30 days, for a chart."""
    last = clock.today()
    first = last - timedelta(days=CHART_DAYS - 1)
    start = timezone.make_aware(datetime.combine(first, time.min))
    rows = (
        uses.order_by()
        .filter(at__gte=start)
        .annotate(day=TruncDate("at"))
        .values("day", "outcome")
        .annotate(n=Count("id"))
    )
    counted = {(row["day"], row["outcome"]): row["n"] for row in rows}
    days = [first + timedelta(days=n) for n in range(CHART_DAYS)]
    names = (
        (Use.Outcome.GRANTED, _("Granted")),
        (Use.Outcome.REFUSED, _("Refused")),
        (Use.Outcome.FAILED, _("Failed")),
    )
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
        days_left=_days_left(row, today or clock.today()),
        provisional=row.provisional,
        source=source,
        source_status=status,  # type: ignore[arg-type]
        in_working_days=row.unit == "working_day",
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


def parties_by_urn(urns: Iterable[str]) -> dict[str, Party]:
    """The parties that signatures and ledger records name."""
    refs = {urn.rpartition(":")[2] for urn in urns if urn.startswith("urn:citybrain:party:")}
    return {row.urn: row for row in Party.objects.filter(ref__in=refs)}
