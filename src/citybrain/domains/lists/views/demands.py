"""需求清单: the list of demands, one demand, filing one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists import words
from citybrain.domains.lists.actions.matches import file_and_match
from citybrain.domains.lists.forms import DemandForm, OfficeForm, SupportForm, attempt
from citybrain.domains.lists.models import Demand, Match
from citybrain.domains.lists.queries import clocks
from citybrain.domains.lists.queries import visible as own
from citybrain.domains.lists.rules import demand_process
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.queries import visible
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import clocks_of, history_of
from citybrain.ui.labels import localised, party_name, purpose_choices, purpose_name, resource_title
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

TONES = {"open": "info", "assigned": "info", "matched": "warn", "met": "good", "refused": "bad"}


def tone(row: Demand) -> str:
    """The colour of a demand's state."""
    return TONES.get(row.state, "neutral")


def _grouped(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(closed_at__isnull=value == "open")


def _states() -> list[tuple[str, str]]:
    return [(one.code, localised(one.zh, one.en)) for one in demand_process().states.values()]


def _due(row: Any) -> Any:
    return badge(words.left(row), words.left_tone(row)) if row.due else ""


DEMANDS = ListSpec(
    name="demands",
    caption=lazy("Demands"),
    columns=(
        Column("number", lazy("Number"), lambda row: words.number("XQ", row), sort="pk"),
        Column(
            "title",
            lazy("What is needed"),
            "title",
            sort="title",
            link=lambda row: reverse("demand", args=[row.ref]),
        ),
        Column("party", lazy("Needed by"), lambda r: party_name(r.party), sort="party__name_zh"),
        Column("supporters", lazy("Also needed by"), "supporters", "supporters", numeric=True),
        Column("purpose", lazy("Purpose"), lambda row: purpose_name(row.purpose)),
        Column("office", lazy("Assigned to"), lambda row: party_name(row.office)),
        Column("holder", lazy("Who holds it"), words.holder),
        Column("left", lazy("Days left"), words.left, cell=_due),
        Column(
            "state",
            lazy("State"),
            words.state,
            sort="state",
            cell=lambda row: badge(words.state(row), tone(row)),
        ),
        Column("filed", lazy("Filed on"), "created_at", sort="created_at"),
    ),
    filters=(
        Filter(
            "group",
            lazy("Group"),
            "",
            (("open", lazy("Not closed")), ("closed", lazy("Already closed"))),
            _grouped,
        ),
        Filter("state", lazy("State"), "state", _states),
        Filter("clock", lazy("Clock"), "", words.CLOCKS, clocks.narrowed),
        Filter("purpose", lazy("Purpose"), "purpose", purpose_choices),
    ),
    search=("title__icontains", "detail__icontains", "party__name_zh__icontains"),
    search_hint=lazy("Title, text or party"),
    default_sort="-filed",
    empty=lazy("Nobody has filed a demand yet."),
    empty_action=None,
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """What was asked for and nobody has."""
    rows = clocks.with_clock(own.demands(acting))
    context = {"may_file": acting.may("demand.file", acting.party)}
    return list_response(request, DEMANDS, rows, "lists/demands.html", context)


@page("GET", "POST")
def file(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """File a demand; `?q=` is what was searched for in vain."""
    authorise(acting, "demand.file", acting.party)
    asked = request.GET.get("q", "").replace("\x00", "")[:200]
    form = DemandForm(request.POST or None, initial={"title": asked})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(
                form, lambda: file_and_match(acting_party=acting, **form.given())
            )
            if made:
                text = _("The demand is filed. What may already meet it is shown below.")
                plain = _("The demand is filed; the bureau assigns it.")
                messages.success(request, text if made.state == "matched" else plain)
                return redirect("demand", made.ref)
    return render(request, "lists/demand_form.html", {"form": form}, status=status)


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One demand."""
    return shown(request, acting, ref)


def found(acting: Acting, ref: str) -> Demand:
    """The demand, if one may see it."""
    return visible.one(own.demands(acting), ref, "需求", "demand")


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One demand's page, also after a refused button."""
    demand = found(acting, ref)
    supports = list(demand.supports.select_related("party"))
    is_open = demand.closed_at is None
    mine = acting.may("demand.file", demand.party)
    asked_office = acting.may("demand.answer", demand.office)
    context = {
        "demand": demand,
        "number": words.number("XQ", demand),
        "state": words.state(demand),
        "tone": tone(demand),
        "holder": words.holder(demand),
        "items": _items(demand),
        "supports": supports,
        "matches": _matches(demand, acting),
        "clocks": clocks_of(demand.urn),
        "history": history_of(demand.urn, acting),
        "may_answer_matches": mine and is_open,
        "may_withdraw": mine and is_open,
        "may_support": is_open and _may_support(acting, demand, supports),
        "may_assign": is_open and acting.may("demand.assign"),
        "may_refuse": is_open and asked_office,
        "own_resources": _own_resources(demand, acting) if is_open and asked_office else [],
        "support_form": SupportForm(auto_id="support-%s"),
        "office_form": OfficeForm(but=demand.party, auto_id="assign-%s"),
        "refuse_form": MoveForm(needs_reasons=True, auto_id="refuse-%s"),
        "withdraw_form": MoveForm(needs_reasons=True, auto_id="withdraw-%s"),
    }
    return render(request, "lists/demand.html", context, status=status)


def _may_support(acting: Acting, demand: Demand, supports: list[Any]) -> bool:
    known = acting.party.pk in {
        demand.party_id,
        demand.office_id,
        *(one.party_id for one in supports),
    }
    return acting.may("demand.file", acting.party) and not known


def _own_resources(demand: Demand, acting: Acting) -> list[tuple[str, str]]:
    """What the assigned office may name; the newest hundred."""
    if demand.office_id != acting.party.pk:
        return []
    rows = Resource.objects.filter(owner=acting.party, status=Resource.Status.PUBLISHED)
    proposed = demand.matches.filter(state=Match.State.PROPOSED).values("resource")
    return [(one.ref, resource_title(one)) for one in rows.exclude(pk__in=proposed)[:100]]


def _matches(demand: Demand, acting: Acting) -> list[dict[str, Any]]:
    rows = demand.matches.select_related("resource__owner", "by")
    return [_match(one) for one in rows.filter(resource__in=visible.resources(acting))]


def _match(one: Match) -> dict[str, Any]:
    return {
        "row": one,
        "title": resource_title(one.resource),
        "owner": party_name(one.resource.owner),
        "per_cent": round(one.score / 10),
        "by": party_name(one.by) if one.by else "",
        "open": one.state == Match.State.PROPOSED,
        "form": MoveForm(needs_reasons=True, auto_id=f"dismiss-{one.ref}-%s"),
    }


def _items(demand: Demand) -> list[Item]:
    party: Party | None = demand.office
    rows = [
        Item(_("Needed by"), party_name(demand.party)),
        Item(_("In more words"), demand.detail),
        Item(_("Wished items"), "、".join(map(str, demand.items))),
        Item(_("Wished update cycle"), demand.get_cycle_display() if demand.cycle else ""),
        Item(_("Basis of use"), demand.basis),
        Item(_("Purpose"), purpose_name(demand.purpose)),
        Item(_("Scenario"), demand.scenario),
        Item(_("Assigned to"), party_name(party) if party else ""),
        Item(_("Reasons"), demand.reasons),
        Item(_("Filed on"), demand.created_at),
        Item(_("Closed"), demand.closed_at),
        _met_by(demand),
    ]
    return [one for one in rows if one.value not in ("", None)]


def _met_by(demand: Demand) -> Item:
    if demand.resource is None:
        return Item(_("Met by"), "")
    url = reverse("resource", args=[demand.resource.ref])
    return Item(_("Met by"), resource_title(demand.resource), url)
