"""督办: what came to the bureau's supervisor, and what was done about it."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists.actions import escalations as escalating
from citybrain.domains.lists.models import Escalation
from citybrain.domains.lists.queries import visible as own
from citybrain.domains.lists.rules import days
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.queries import visible
from citybrain.ui.export import csv_response
from citybrain.ui.formats import shanghai
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec
from citybrain.ui.pages import page, pressed, version_of
from citybrain.ui.rules import rule_title
from citybrain.ui.subjects import located
from citybrain.ui.templatetags.ui import badge


def _about(row: Any) -> str:
    place = getattr(row, "place", None)
    return place.title if place else row.subject


ESCALATIONS = ListSpec(
    name="escalations",
    caption=lazy("Escalations"),
    columns=(
        Column("about", lazy("About"), _about, link=lambda row: _place_url(row)),
        Column("rule", lazy("What is due"), lambda row: rule_title(row.deadline.rule)),
        Column("office", lazy("Office"), lambda r: party_name(r.party), sort="party__name_zh"),
        Column("due", lazy("Due"), "due_on", sort="due_on"),
        Column(
            "over",
            lazy("Working days overdue when passed on"),
            "days_over",
            "days_over",
            None,
            numeric=True,
        ),
        Column("raised", lazy("Passed on"), lambda r: shanghai(r.created_at), sort="created_at"),
        Column("note", lazy("What the supervisor did"), "note"),
        Column(
            "state",
            lazy("State"),
            lambda row: _state(row),
            cell=lambda row: badge(_state(row), "good" if row.noted_at else "bad"),
            link=lambda row: reverse("escalation", args=[row.ref]),
        ),
    ),
    filters=(
        Filter(
            "state",
            lazy("State"),
            "",
            (("open", lazy("To be noted")), ("noted", lazy("Noted"))),
            lambda rows, value: rows.filter(noted_at__isnull=value == "open"),
        ),
    ),
    search=("note__icontains", "party__name_zh__icontains", "party__name_en__icontains"),
    default_sort="-raised",
    empty=lazy("Nothing was passed on to the supervisor yet."),
)


def _place_url(row: Any) -> str:
    place = getattr(row, "place", None)
    return place.url if place else ""


def _state(row: Escalation) -> str:
    return _("Noted") if row.noted_at else _("To be noted")


class _Placed(ListPage):
    """The list with each escalation's subject looked up, a page at a time."""

    acting: Acting

    @property
    def rows(self) -> Any:
        place(self.objects, self.acting)
        return super().rows


def place(rows: list[Any], acting: Acting) -> list[Any]:
    """Give each row the place of its subject (`row.place`)."""
    places = located([row.subject for row in rows], acting)
    for row in rows:
        row.place = places.get(row.subject)
    return rows


@page()
def escalations(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """What was passed on; for the bureau that of all offices."""
    listing = _Placed(ESCALATIONS, own.escalations(acting), request.GET)
    listing.acting = acting
    if listing.wants_csv:
        return csv_response(listing)
    listing.objects  # noqa: B018  a page that does not exist is refused here
    return render(request, "lists/escalations.html", {"page": listing})


@page("GET", "POST")
def escalation(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One escalation; the supervisor's note."""
    if request.method == "GET":
        return _shown(request, acting, ref)
    authorise(acting, "escalation.note")
    note = request.POST.get("note", "")
    expected = version_of(request.POST.get("expected_version", ""))
    return pressed(
        request,
        lambda: escalating.note_escalation(
            acting_party=acting, escalation_ref=ref, note=note, expected_version=expected
        ),
        _("The note is recorded."),
        reverse("escalations"),
        lambda status: _shown(request, acting, ref, status),
    )


def _shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    row = visible.one(own.escalations(acting), ref, "督办", "escalation")
    place([row], acting)
    context = {
        "row": row,
        "rule": rule_title(row.deadline.rule),
        "office": party_name(row.party),
        "may_note": acting.may("escalation.note"),
        "about": _about(row),
        "after": days("lists-escalation"),
    }
    return render(request, "lists/escalation.html", context, status=status)
