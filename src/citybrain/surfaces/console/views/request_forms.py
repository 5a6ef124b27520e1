"""Drafting and changing a request; it may ask for less than is offered, never for more."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import requests as actions
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Offer, Request
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.queries import visible
from citybrain.surfaces.console.forms.faults import show_faults
from citybrain.surfaces.console.forms.plain import RequestForm
from citybrain.surfaces.console.forms.policy import PolicyForm
from citybrain.surfaces.console.views.offers import clauses_of
from citybrain.surfaces.console.views.requests import found
from citybrain.ui.pages import page, version_of


@page("GET", "POST")
def draft(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """A request for an offer."""
    authorise(acting, "request.make", acting.party)
    offer = visible.one(visible.offers(acting), ref, "供给条件", "offer")
    return _form(
        request,
        offer,
        None,
        lambda given: actions.draft_request(acting_party=acting, offer_ref=ref, **given),
        _("The request is drafted. Submit it when it is complete."),
    )


@page("GET", "POST")
def change(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Change a draft, or supplement what the owner asked for."""
    record = found(acting, ref)
    authorise(acting, "request.make", record.requester)
    expected = request.POST.get("expected_version", "")
    return _form(
        request,
        record.offer,
        record,
        lambda given: actions.change_request(
            acting_party=acting,
            request_ref=ref,
            expected_version=version_of(expected),
            **given,
        ),
        _("The change is saved."),
    )


def _form(
    request: HttpRequest,
    offer: Offer,
    record: Request | None,
    work: Callable[[dict[str, Any]], Request],
    done: str,
) -> HttpResponseBase:
    posted = request.POST if request.method == "POST" else None
    form = RequestForm(posted, initial=_initial(record))
    asked = checked_policy(record.policy if record else offer.policy)
    policy = PolicyForm(posted, asked)
    narrower = posted.get("narrower") == "yes" if posted else bool(record)
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() and (not narrower or policy.is_valid()):
            try:
                own = policy.policy().canonical() if narrower else None
                saved = work({**form.cleaned_data, "policy": own})
            except ActionError as error:
                status = error.status
                clausal = error.reason in ("bad-policy", "beyond-offer")
                show_faults(policy if clausal else form, error, _input if clausal else str)
            else:
                messages.success(request, done)
                return redirect("request", saved.ref)
    context = {
        "offer": offer,
        "record": record,
        "form": form,
        "policy": policy,
        "narrower": narrower,
        "clauses": clauses_of(offer.policy),
    }
    return render(request, "console/request_form.html", context, status=status)


def _input(name: str) -> str:
    """The input that a clause's message belongs to: an operand's value, if it has one."""
    return name if "." in name else f"{name}.value"


def _initial(record: Request | None) -> dict[str, Any]:
    if record is None:
        return {}
    return {
        "purpose": record.purpose,
        "basis": record.basis,
        "use_scope": record.use_scope,
        "scenario_code": record.scenario.code if record.scenario else "",
    }
