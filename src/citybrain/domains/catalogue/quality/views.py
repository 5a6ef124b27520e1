"""The tab 质量 of a resource: score, what failed, columns, trend, checks, proposals."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.catalogue.models import Profile
from citybrain.domains.catalogue.quality import jobs, queries, shown
from citybrain.domains.catalogue.quality.actions import decisions
from citybrain.domains.catalogue.quality.actions import profiles as actions
from citybrain.domains.catalogue.quality.forms import CheckForm, ReasonsForm
from citybrain.domains.catalogue.quality.rules import DIMENSIONS, dimension
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Resource
from citybrain.ui.formats import shanghai
from citybrain.ui.labels import localised
from citybrain.ui.pages import page, pressed


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The quality of one table."""
    return _shown(request, acting, ref)


def _shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    resource = queries.table_resource(acting, ref)
    insider = queries.is_insider(acting, resource)
    newest = queries.newest(resource)
    context = _standing(resource, insider) | {
        "resource": resource,
        "insider": insider,
        "newest": newest,
        "waits": newest is not None and newest.state in actions.WAITING,
        "failed": newest is not None and newest.state == Profile.State.FAILED,
        "reason": localised(newest.reason_zh, newest.reason_en) if newest else "",
        "manages": acting.may("quality.manage", resource.owner),
        "may_raise": acting.may("issue.raise", acting.party),
        "proposals": shown.proposal_rows(resource) if insider else [],
        "decline_form": ReasonsForm(auto_id=False),
    }
    return render(request, "catalogue/quality.html", context, status=status)


def _standing(resource: Resource, insider: bool) -> dict[str, Any]:
    profile = queries.latest(resource)
    found: dict[str, Any] = {
        "profile": profile,
        "checks": shown.check_rows(resource, profile) if insider else [],
    }
    if profile is None:
        return found
    bars = shown.bars(profile)
    words, tone = shown.standing(profile.overall)
    return found | {
        "bars": bars,
        "measured": sum(one.points >= 0 for one in bars),
        "overall": shown.percent(profile.overall),
        "words": words,
        "tone": tone,
        "failures": shown.failed_checks(profile, insider),
        "columns": shown.column_rows(profile, resource, insider),
        "other_version": profile.resource_version != resource.version,
    }


@page()
def chart(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The score over versions."""
    resource = queries.table_resource(acting, ref)
    rows = queries.trend(resource)
    names = {code: localised(dimension(code).zh, dimension(code).en) for code in DIMENSIONS}
    series = [{"name": _("Overall"), "data": [_points(one.overall) for one in rows]}]
    series += [
        {"name": name, "data": [_points(one.scores.get(code)) for one in rows]}
        for code, name in names.items()
    ]
    labels = [f"v{one.resource_version} {shanghai(one.finished_at)[5:]}" for one in rows]
    return JsonResponse(
        {
            "type": "line",
            "title": _("Score over versions"),
            "unit": "%",
            "categories": labels,
            "series": series,
        }
    )


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


@page("POST")
def run(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Have it looked at: a small table at once, a large one by the worker."""
    queries.table_resource(acting, ref)

    def work() -> None:
        asked = actions.ask_profile(acting_party=acting, resource_ref=ref)
        if jobs.is_quick(asked):
            jobs.run(asked)

    return _pressed(request, acting, ref, work, _("The profile is asked for."))


@page("POST")
def cancel(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Stop the profile that waits or runs."""
    profile = queries.profile_seen(acting, ref)
    return _pressed(
        request,
        acting,
        profile.resource.ref,
        lambda: actions.cancel_profile(acting_party=acting, profile_ref=ref),
        _("The profile is cancelled."),
    )


def _pressed(
    request: HttpRequest, acting: Acting, ref: str, work: Any, done: Any
) -> HttpResponseBase:
    url = reverse("resource-quality", args=[ref])
    return pressed(request, work, done, url, lambda status: _shown(request, acting, ref, status))


@page("POST")
def accept(request: HttpRequest, acting: Acting, ref: str, proposal: str) -> HttpResponseBase:
    """Take a proposed grade over."""
    queries.table_resource(acting, ref)
    return _pressed(
        request,
        acting,
        ref,
        lambda: decisions.accept_proposal(acting_party=acting, proposal_ref=proposal),
        _("The proposal is accepted; the resource has a new version."),
    )


@page("POST")
def decline(request: HttpRequest, acting: Acting, ref: str, proposal: str) -> HttpResponseBase:
    """Leave it as it is, with reasons."""
    queries.table_resource(acting, ref)
    reasons = request.POST.get("reasons", "")
    return _pressed(
        request,
        acting,
        ref,
        lambda: decisions.decline_proposal(
            acting_party=acting, proposal_ref=proposal, reasons=reasons
        ),
        _("The proposal is declined; your reasons are on record."),
    )


@page("GET", "POST")
def write_check(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """A new check."""
    resource = queries.table_resource(acting, ref)
    authorise(acting, "quality.manage", resource.owner)
    form = CheckForm(request.POST or None, resource=resource)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            decisions.write_expectation(
                acting_party=acting,
                resource_ref=ref,
                rule=form.cleaned_data["rule"],
                column=form.cleaned_data["column"],
                values=form.values(),
                note=form.cleaned_data["note"],
            )
        except ActionError as error:
            form.show(error)
            status = error.status
        else:
            messages.success(request, _("The check runs with every new profile from now on."))
            return redirect("resource-quality", ref)
    context = {"form": form, "resource": resource}
    return render(request, "catalogue/check_form.html", context, status=status)


@page("POST")
def drop_check(request: HttpRequest, acting: Acting, ref: str, check: str) -> HttpResponseBase:
    """Run a check no more."""
    queries.table_resource(acting, ref)
    return _pressed(
        request,
        acting,
        ref,
        lambda: decisions.drop_expectation(acting_party=acting, expectation_ref=check),
        _("The check is dropped."),
    )
