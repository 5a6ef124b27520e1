"""Home: the three lists in figures, what is due, what waits for me, what was used."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.lists.queries.visible import escalations
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement, Deadline
from citybrain.kernel.queries import visible
from citybrain.kernel.queries.figures import overview
from citybrain.ui.history import clock_face, uses_by_day
from citybrain.ui.labels import kind_name, localised, resource_title
from citybrain.ui.pages import page
from citybrain.ui.shapes import Figure
from citybrain.ui.subjects import located

SHOWN = 6
WAN, MILLION = 1_000_000, 100_000_000
"""Fen in 万元 and in a million yuan."""
AWAITING_REPLY = ("submitted", "accepted", "review", "extended")


@page()
def home(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The first page after signing in."""
    due = visible.deadlines(acting).filter(state=Deadline.State.OPEN).order_by("due_on", "id")
    rows = list(due[:SHOWN])
    places = located([row.subject for row in rows], acting)
    context = {
        "figures": _figures(acting),
        "clocks": [(clock_face(row), places.get(row.subject), row.party) for row in rows],
        "tasks": _tasks(acting),
        "today": clock.today(),
    }
    return render(request, "console/home.html", context)


def _figures(acting: Acting) -> list[Figure]:
    seen = overview(acting)
    kinds = " · ".join(f"{kind_name(code)} {n}" for code, n in sorted(seen.kinds.items()))
    requests = reverse("requests")
    return [
        Figure(
            _("Resource list"),
            seen.resources,
            f"{reverse('resources')}?status=published",
            note=kinds,
            icon="database",
            tone="info",
        ),
        Figure(
            _("Request list"),
            seen.requests_open,
            f"{requests}?open=open",
            note=_("being handled; %(n)s agreed") % {"n": seen.requests_agreed},
            icon="list-details",
            tone="info",
        ),
        Figure(
            _("Problem list"),
            seen.issues_open,
            f"{reverse('issues')}?open=open",
            note=_("not closed"),
            icon="alert-triangle",
            tone="warn" if seen.issues_open else "good",
        ),
        Figure(
            _("Agreements in force"),
            seen.agreements_active,
            f"{reverse('agreements')}?state=active",
            icon="signature",
            tone="good",
        ),
        Figure(
            _("Overdue"),
            seen.overdue,
            f"{reverse('deadlines')}?standing=overdue",
            note=_("%(n)s due soon") % {"n": seen.due_soon},
            icon="clock-exclamation",
            tone="bad" if seen.overdue else "good",
        ),
        Figure(
            _("Public money saved"),
            localised(f"{seen.saved_fen / WAN:,.2f}", f"{seen.saved_fen / MILLION:,.3f}"),
            reverse("savings"),
            unit=localised("万元", "million CNY"),
            icon="coins",
            tone="good",
        ),
    ]


def _tasks(acting: Acting) -> list[dict[str, Any]]:
    """What the acting party should do next; nothing for those who only read."""
    found: list[dict[str, Any]] = _escalated(acting)
    if acting.may("request.answer", acting.party):
        mine = visible.requests(acting).filter(resource__owner=acting.party)
        found += [
            _task(_("Answer the request"), "request", one, one.requester)
            for one in mine.filter(state__in=AWAITING_REPLY).order_by("submitted_at")[:SHOWN]
        ]
    if acting.may("request.make", acting.party):
        mine = visible.requests(acting).filter(requester=acting.party)
        titles = {"draft": _("Submit the draft"), "supplement": _("Supplement the request")}
        found += [
            _task(titles[one.state], "request", one, one.resource.owner)
            for one in mine.filter(state__in=tuple(titles)).order_by("id")[:SHOWN]
        ]
    if acting.may("agreement.sign", acting.party):
        waiting = visible.agreements(acting).filter(
            consumer=acting.party, state=Agreement.State.AWAITING
        )
        found += [
            _task(_("Countersign the agreement"), "agreement", one, one.provider)
            for one in waiting[:SHOWN]
        ]
    return found


def _escalated(acting: Acting) -> list[dict[str, Any]]:
    """What came to the supervisor and is not noted yet."""
    if not acting.may("escalation.note"):
        return []
    rows = list(escalations(acting).filter(noted_at=None)[:SHOWN])
    places = located([row.subject for row in rows], acting)
    return [
        {
            "title": _("Look into what is overdue"),
            "what": places[row.subject].title if row.subject in places else row.subject,
            "other": row.party,
            "url": reverse("escalation", args=[row.ref]),
        }
        for row in rows
    ]


def _task(title: str, name: str, record: Any, other: Any) -> dict[str, Any]:
    return {
        "title": title,
        "what": resource_title(record.resource),
        "other": other,
        "url": reverse(name, args=[record.ref]),
    }


@page()
def chart(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Uses of the last 30 days that the acting party may see."""
    return uses_by_day(visible.uses(acting))
