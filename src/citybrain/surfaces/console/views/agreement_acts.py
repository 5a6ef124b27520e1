"""What the two sides do with an agreement: sign, suspend, resume, end, tokens, payments."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import accounts
from citybrain.kernel.actions import agreements as actions
from citybrain.kernel.errors import ActionError
from citybrain.surfaces.console.forms.faults import attempt
from citybrain.surfaces.console.forms.plain import PaymentForm
from citybrain.surfaces.console.views.agreements import found, shown
from citybrain.ui.pages import page, pressed, text


def _press(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], Any], done: str
) -> HttpResponseBase:
    found(acting, ref)
    return pressed(
        request,
        work,
        done,
        reverse("agreement", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


def _with_token(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], str], done: str
) -> HttpResponseBase:
    """The one page on which a new token stands; it is not kept anywhere, so no redirect."""
    found(acting, ref)
    try:
        token = work()
    except ActionError as error:
        messages.error(request, text(error))
        return shown(request, acting, ref, error.status)
    messages.success(request, done)
    answer = shown(request, acting, ref, token=token)
    answer["Cache-Control"] = "no-store"
    return answer


@page("POST")
def countersign(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The consumer signs and gets the first token."""
    return _with_token(
        request,
        acting,
        ref,
        lambda: actions.countersign_agreement(acting_party=acting, agreement_ref=ref)[1],
        _("The agreement is in force."),
    )


@page("POST")
def issue_token(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """A further token."""
    label = request.POST.get("label", "")
    return _with_token(
        request,
        acting,
        ref,
        lambda: actions.issue_token(acting_party=acting, agreement_ref=ref, label=label),
        _("The token is issued."),
    )


@page("POST")
def revoke_token(request: HttpRequest, acting: Acting, ref: str, token: str) -> HttpResponseBase:
    """Make a token worthless."""
    return _press(
        request,
        acting,
        ref,
        lambda: actions.revoke_token(acting_party=acting, token_ref=token),
        _("The token is revoked; calls with it are refused within a second."),
    )


@page("POST")
def suspend(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Stop it for the time being."""
    reasons = request.POST.get("reasons", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.suspend_agreement(acting_party=acting, agreement_ref=ref, reasons=reasons),
        _("The agreement is suspended; calls are refused within a second."),
    )


@page("POST")
def resume(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Let it go on."""
    return _press(
        request,
        acting,
        ref,
        lambda: actions.resume_agreement(acting_party=acting, agreement_ref=ref),
        _("The agreement is in force again."),
    )


@page("POST")
def end(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """End it for good."""
    reasons = request.POST.get("reasons", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.end_agreement(acting_party=acting, agreement_ref=ref, reasons=reasons),
        _("The agreement has ended."),
    )


@page("POST")
def pay(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Record a payment."""
    authorise(acting, "agreement.manage", found(acting, ref).provider)
    form = PaymentForm(request.POST, auto_id="payment-%s")
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        booked, status = attempt(
            form,
            lambda: accounts.record_payment(
                acting_party=acting,
                agreement_ref=ref,
                amount_fen=int(Decimal(given["amount"]) * 100),
                receipt=given["receipt"],
            ),
        )
        if booked:
            messages.success(request, _("The payment is recorded."))
            return redirect("agreement", ref)
    return shown(request, acting, ref, status, payment=form)
