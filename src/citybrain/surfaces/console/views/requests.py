"""申请清单: the list of requests, one request with its steps, clocks and open moves."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import requests as actions
from citybrain.kernel.models import Agreement, Issue, Request
from citybrain.kernel.queries import visible
from citybrain.kernel.queries.figures import AGREED_REQUEST_STATES, OPEN_REQUEST_STATES
from citybrain.surfaces.console.views.offers import clauses_of
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import clocks_of, records_about, told
from citybrain.ui.labels import (
    kind_choices,
    localised,
    party_name,
    purpose_choices,
    purpose_name,
    resource_title,
    tone,
)
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed, version_of
from citybrain.ui.processes import (
    presses,
    process_of,
    state_choices,
    state_name,
    steps,
)
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

GROUPS = (("open", lazy("Being handled")), ("agreed", lazy("Agreed to")))


def _state(row: Request) -> str:
    return state_name(process_of(row), row.state)


def _grouped(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    states = OPEN_REQUEST_STATES if value == "open" else AGREED_REQUEST_STATES
    return rows.filter(state__in=states)


REQUESTS = ListSpec(
    name="requests",
    caption=lazy("Requests"),
    columns=(
        Column(
            "resource",
            lazy("Resource"),
            lambda row: resource_title(row.resource),
            sort="resource__title_zh",
            link=lambda row: reverse("request", args=[row.ref]),
        ),
        Column(
            "requester",
            lazy("Requester"),
            lambda row: party_name(row.requester),
            sort="requester__name_zh",
        ),
        Column("owner", lazy("Owner"), lambda row: party_name(row.resource.owner)),
        Column("purpose", lazy("Purpose"), lambda row: purpose_name(row.purpose), sort="purpose"),
        Column("state", lazy("State"), _state, cell=lambda r: badge(_state(r), tone(r.state))),
        Column("submitted", lazy("Submitted on"), "submitted_at", sort="submitted_at"),
        Column("made", lazy("Drafted"), "created_at", sort="created_at"),
    ),
    filters=(
        Filter("open", lazy("Group"), "", GROUPS, _grouped),
        Filter("state", lazy("State"), "state", state_choices("request")),
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
        Filter("purpose", lazy("Purpose"), "purpose", purpose_choices),
    ),
    search=(
        "resource__title_zh__icontains",
        "resource__title_en__icontains",
        "requester__name_zh__icontains",
        "requester__name_en__icontains",
        "basis__icontains",
    ),
    search_hint=lazy("Resource, requester or basis"),
    default_sort="-made",
    empty=lazy("There is no request yet. Requests begin on the page of an offer."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Requests made and received."""
    return list_response(request, REQUESTS, visible.requests(acting), "console/requests.html")


def found(acting: Acting, ref: str) -> Request:
    """The request, if one may see it."""
    return visible.one(visible.requests(acting), ref, "申请", "request")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One request."""
    return shown(request, acting, ref)


def shown(
    request: HttpRequest,
    acting: Acting,
    ref: str,
    status: int = 200,
    faulty: dict[str, MoveForm] | None = None,
) -> HttpResponseBase:
    """One request's page; `faulty` holds the form of the move that was refused."""
    record = found(acting, ref)
    records = records_about(record.urn)
    mine = acting.may("request.make", record.requester)
    context = {
        "record": record,
        "state": _state(record),
        "tone": tone(record.state),
        "items": _items(record),
        "clauses": clauses_of(record.policy),
        "steps": steps(record, records),
        "clocks": clocks_of(record.urn),
        "presses": presses(record, acting),
        "faulty": faulty or {},
        "history": told(records, acting),
        "agreement": Agreement.objects.filter(request=record).first(),
        "issues": list(visible.issues(acting).filter(request=record)),
        "may_change": mine and record.state in ("draft", "supplement"),
        "may_dispute": mine and record.state == "refused",
        "dispute": Issue.Type.DISPUTE,
        "may_rate": mine and record.decided_at is not None,
    }
    return render(request, "console/request.html", context, status=status)


def _items(record: Request) -> list[Item]:
    resource, scenario = record.resource, record.scenario
    shown = [
        Item(_("Resource"), resource_title(resource), reverse("resource", args=[resource.ref])),
        Item(
            _("Offer"),
            localised(record.offer.title_zh, record.offer.title_en),
            reverse("offer", args=[record.offer.ref]),
        ),
        Item(_("Requester"), party_name(record.requester)),
        Item(_("Owner"), party_name(resource.owner)),
        Item(_("Purpose"), purpose_name(record.purpose)),
        Item(_("Scenario"), localised(scenario.title_zh, scenario.title_en) if scenario else ""),
        Item(_("Basis of use"), record.basis),
        Item(_("Scope of use"), record.use_scope),
        Item(_("Submitted on"), record.submitted_at),
        Item(_("Decided"), record.decided_at),
        Item(_("Asked to supply"), record.notice),
        Item(_("Reasons of the decision"), record.reasons),
    ]
    return [one for one in shown if one.value not in ("", None)]


@page("POST")
def move(request: HttpRequest, acting: Acting, ref: str, move: str) -> HttpResponseBase:
    """Press one of the request's buttons."""
    found(acting, ref)
    expected = request.POST.get("expected_version", "")
    return pressed(
        request,
        lambda: actions.move_request(
            acting_party=acting,
            request_ref=ref,
            move=move,
            given={"reasons": request.POST.get("reasons", "")},
            expected_version=version_of(expected),
        ),
        _("Done. The record is in the ledger."),
        reverse("request", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )
