"""The buttons of a demand's page."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.lists.actions import demands as actions
from citybrain.domains.lists.models import Match
from citybrain.domains.lists.views.demands import found, shown
from citybrain.kernel.acting import Acting, authorise
from citybrain.ui.pages import page, pressed, version_of


def _press(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], Any], done: str
) -> HttpResponseBase:
    url = reverse("demand", args=[ref])
    return pressed(request, work, done, url, lambda status: shown(request, acting, ref, status))


@page("POST")
def support(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Say that one's own party needs the same."""
    authorise(acting, "demand.file", acting.party)
    found(acting, ref)
    given = request.POST.get("words", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.support_demand(acting_party=acting, demand_ref=ref, words=given),
        _("Your party is named among those who need it."),
    )


@page("POST")
def assign(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The bureau names the office that should have it."""
    authorise(acting, "demand.assign")
    found(acting, ref)
    return _press(
        request,
        acting,
        ref,
        lambda: actions.assign_demand(
            acting_party=acting,
            demand_ref=ref,
            office_ref=request.POST.get("office", ""),
            expected_version=version_of(request.POST.get("expected_version", "")),
        ),
        _("The demand is assigned; the office's clock runs."),
    )


@page("POST")
def refuse(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Say why it cannot be met."""
    demand = found(acting, ref)
    authorise(acting, "demand.answer", demand.office)
    reasons = request.POST.get("reasons", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.refuse_demand(acting_party=acting, demand_ref=ref, reasons=reasons),
        _("The answer is recorded."),
    )


@page("POST")
def withdraw(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take one's own demand back."""
    authorise(acting, "demand.file", found(acting, ref).party)
    reasons = request.POST.get("reasons", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.withdraw_demand(acting_party=acting, demand_ref=ref, reasons=reasons),
        _("The demand is withdrawn."),
    )


@page("POST")
def offer(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The assigned office names one of its resources."""
    authorise(acting, "demand.answer", found(acting, ref).office)
    chosen = request.POST.get("resource", "")
    return _press(
        request,
        acting,
        ref,
        lambda: actions.offer_for_demand(acting_party=acting, demand_ref=ref, resource_ref=chosen),
        _("The resource is put before the demander."),
    )


@page("POST")
def answer(
    request: HttpRequest, acting: Acting, ref: str, match: str, verdict: str
) -> HttpResponseBase:
    """The demander accepts or dismisses a match."""
    demand = found(acting, ref)
    authorise(acting, "demand.file", demand.party)
    known = Match.objects.filter(ref=match, demand=demand).exists()
    if verdict not in ("accept", "dismiss") or not known:
        raise Http404
    reasons = request.POST.get("reasons", "")
    if verdict == "accept":
        work: Callable[[], Any] = lambda: actions.accept_match(  # noqa: E731
            acting_party=acting, match_ref=match
        )
        return _press(request, acting, ref, work, _("The demand is met."))
    return _press(
        request,
        acting,
        ref,
        lambda: actions.dismiss_match(acting_party=acting, match_ref=match, reasons=reasons),
        _("The match is dismissed."),
    )
