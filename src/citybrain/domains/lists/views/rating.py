"""好差评: the form for a request's or a problem's answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.lists.actions import ratings as actions
from citybrain.domains.lists.forms import RatingForm, attempt
from citybrain.domains.lists.rules import days
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.models import Issue, Request
from citybrain.kernel.queries import visible
from citybrain.ui.labels import resource_title
from citybrain.ui.pages import page


@page("GET", "POST")
def rate_request(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Rate the answer to one's own request."""
    record = visible.one(visible.requests(acting), ref, "申请", "request")
    authorise(acting, "rating.give", record.requester)
    return _rate(request, acting, record, {"request_ref": ref}, reverse("request", args=[ref]))


@page("GET", "POST")
def rate_issue(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Rate how a problem that one raised was settled."""
    record = visible.one(visible.issues(acting), ref, "问题", "problem")
    authorise(acting, "rating.give", record.raised_by)
    return _rate(request, acting, record, {"issue_ref": ref}, reverse("issue", args=[ref]))


def _rate(
    request: HttpRequest, acting: Acting, record: Request | Issue, which: dict[str, Any], back: str
) -> HttpResponseBase:
    known = getattr(record, "rating", None)
    initial = {"score": known.score, "words": known.words} if known else None
    form = RatingForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            done, status = attempt(
                form, lambda: actions.rate(acting_party=acting, **which, **given)
            )
            if done:
                messages.success(request, _("Thank you. The rating is recorded."))
                return redirect(back)
    context: dict[str, Any] = {
        "form": form,
        "record": record,
        "back": back,
        "title": resource_title(record.resource),
        "office": record.resource.owner,
        "can": actions.can_be_rated(record) and (not known or actions.can_be_changed(known)),
        "known": known,
        "window": days("lists-rating-change"),
    }
    return render(request, "lists/rate.html", context, status=status)
