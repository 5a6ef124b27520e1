"""Offers: who may use a resource, for what, how much; as a form and as clauses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Offer
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy import clauses
from citybrain.kernel.queries import visible
from citybrain.surfaces.console.forms.faults import show_faults
from citybrain.surfaces.console.forms.plain import OfferForm
from citybrain.surfaces.console.forms.policy import SHARED_ENFORCEMENT, PolicyForm
from citybrain.surfaces.console.views import resources
from citybrain.ui.history import history_of
from citybrain.ui.labels import localised, offer_status, party_name, resource_title
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Clause
from citybrain.ui.templatetags.ui import badge

STATUSES = (("open", lazy("Can be asked for")), ("withdrawn", lazy("Taken back")))
OFFER_TONES = {"open": "good", "withdrawn": "neutral"}

OFFERS = ListSpec(
    name="offers",
    caption=lazy("Offers"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            lambda row: localised(row.title_zh, row.title_en),
            sort="title_zh",
            link=lambda row: reverse("offer", args=[row.ref]),
        ),
        Column("resource", lazy("Resource"), lambda row: resource_title(row.resource)),
        Column("owner", lazy("Owner"), lambda row: party_name(row.resource.owner)),
        Column(
            "status",
            lazy("Status"),
            offer_status,
            cell=lambda row: badge(offer_status(row), OFFER_TONES[row.status]),
        ),
        Column("made", lazy("Made"), "created_at", sort="created_at"),
    ),
    filters=(Filter("status", lazy("Status"), "status", STATUSES),),
    search=(
        "title_zh__icontains",
        "title_en__icontains",
        "resource__title_zh__icontains",
        "resource__title_en__icontains",
    ),
    search_hint=lazy("Title or resource"),
    default_sort="-made",
    empty=lazy("No resource is offered yet. Offers are made on the page of a published resource."),
)


def clauses_of(stored: dict[str, object]) -> list[tuple[Clause, str, str]]:
    """A policy's clauses as the component shows them, each with its title and what is done."""
    language = get_language() or "zh-hans"
    return [
        (Clause(one.text, SHARED_ENFORCEMENT[one.enforcement], one.operand), one.title, one.how)  # type: ignore[arg-type]
        for one in clauses(checked_policy(stored), language)
    ]


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """What can be asked for."""
    return list_response(request, OFFERS, visible.offers(acting), "console/offers.html")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One offer."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One offer's page, also after a refused button."""
    offer = visible.one(visible.offers(acting), ref, "供给条件", "offer")
    owner = offer.resource.owner
    is_open = offer.status == Offer.Status.OPEN
    context = {
        "offer": offer,
        "tone": OFFER_TONES[offer.status],
        "status": offer_status(offer),
        "clauses": clauses_of(offer.policy),
        "history": history_of(offer.urn, acting),
        "may_ask": is_open
        and owner.pk != acting.party.pk
        and acting.may("request.make", acting.party),
        "may_withdraw": is_open and acting.may("offer.manage", owner),
    }
    return render(request, "console/offer.html", context, status=status)


@page("GET", "POST")
def make(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """A new offer of a published resource."""
    resource = resources.found(acting, ref)
    authorise(acting, "offer.manage", resource.owner)
    titles = OfferForm(request.POST or None)
    policy = PolicyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if titles.is_valid() and policy.is_valid():
            try:
                made = actions.make_offer(
                    acting_party=acting,
                    resource_ref=ref,
                    policy=policy.policy().canonical(),
                    **titles.cleaned_data,
                )
            except ActionError as error:
                status = error.status
                show_faults(policy if error.reason == "bad-policy" else titles, error)
            else:
                messages.success(request, _("The offer is open; others can ask for it now."))
                return redirect("offer", made.ref)
    context = {"resource": resource, "titles": titles, "policy": policy}
    return render(request, "console/offer_form.html", context, status=status)


@page("POST")
def withdraw(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take it back; agreements stand."""
    visible.one(visible.offers(acting), ref, "供给条件", "offer")
    return pressed(
        request,
        lambda: actions.withdraw_offer(acting_party=acting, offer_ref=ref),
        _("The offer is withdrawn; agreements made under it stand."),
        reverse("offer", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )
