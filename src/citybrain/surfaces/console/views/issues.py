"""问题清单: corrections and disputes, raised, answered, settled."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import issues as actions
from citybrain.kernel.models import Issue
from citybrain.kernel.queries import visible
from citybrain.surfaces.console.forms.faults import attempt
from citybrain.surfaces.console.forms.plain import IssueForm
from citybrain.ui.history import clocks_of, records_about, told
from citybrain.ui.labels import party_name, resource_title, tone
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed, version_of
from citybrain.ui.processes import presses, process_of, state_name, steps
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

GROUPS = (("open", lazy("Not closed")), ("closed", lazy("Already closed")))


def _state(row: Issue) -> str:
    return state_name(process_of(row), row.state)


def _tone(row: Issue) -> str:
    return "good" if row.closed_at else tone(row.state) if row.state != "open" else "info"


def _grouped(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(closed_at__isnull=value == "open")


ISSUES = ListSpec(
    name="issues",
    caption=lazy("Problems"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            "title",
            sort="title",
            link=lambda row: reverse("issue", args=[row.ref]),
        ),
        Column("type", lazy("Sort"), lambda row: row.get_type_display(), sort="type"),
        Column("resource", lazy("Resource"), lambda row: resource_title(row.resource)),
        Column("by", lazy("Raised by"), lambda row: party_name(row.raised_by)),
        Column("owner", lazy("Owner"), lambda row: party_name(row.resource.owner)),
        Column("state", lazy("State"), _state, cell=lambda row: badge(_state(row), _tone(row))),
        Column("raised", lazy("Raised"), "created_at", sort="created_at"),
        Column("closed", lazy("Closed"), "closed_at", sort="closed_at"),
    ),
    filters=(
        Filter("open", lazy("Group"), "", GROUPS, _grouped),
        Filter("type", lazy("Sort"), "type", Issue.Type.choices),
    ),
    search=("title__icontains", "detail__icontains", "resource__title_zh__icontains"),
    search_hint=lazy("Title, text or resource"),
    default_sort="-raised",
    empty=lazy("No problem was raised yet. Problems are raised on the page of a resource."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Problems one raised, and with one's resources."""
    return list_response(request, ISSUES, visible.issues(acting), "console/issues.html")


def found(acting: Acting, ref: str) -> Issue:
    """The problem, if one may see it."""
    return visible.one(visible.issues(acting), ref, "问题", "problem")


@page("GET", "POST")
def raise_(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Raise a problem with `?resource=`, or about the refused `?request=`.

    `row`, `field`, `is` and `should_be` of the address fill in where it lies.
    """
    authorise(acting, "issue.raise", acting.party)
    asked = request.GET.get("request", "")
    record = visible.one(visible.requests(acting), asked, "申请", "request") if asked else None
    ref = record.resource.ref if record else request.GET.get("resource", "")
    resource = visible.one(visible.resources(acting), ref, "资源", "resource")
    sort = Issue.Type.DISPUTE if record else Issue.Type.CORRECTION
    form = IssueForm(request.POST or None, initial={"type": sort, **_pointed(request)})
    del form.fields["type"]
    if record:
        for name in ("row", "field", "is_", "should_be"):
            del form.fields[name]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            raised, status = attempt(
                form,
                lambda: actions.raise_issue(
                    acting_party=acting,
                    type=sort,
                    resource_ref=resource.ref,
                    request_ref=record.ref if record else "",
                    title=form.cleaned_data["title"],
                    detail=form.cleaned_data["detail"],
                    pointer=form.pointer(),
                ),
            )
            if raised:
                messages.success(request, _("The problem is raised; its clock runs."))
                return redirect("issue", raised.ref)
    context = {"form": form, "resource": resource, "record": record}
    return render(request, "console/issue_form.html", context, status=status)


def _pointed(request: HttpRequest) -> dict[str, str]:
    names = {"row": "row", "field": "field", "is": "is_", "should_be": "should_be"}
    return {names[name]: request.GET.get(name, "")[:200] for name in names}


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One problem."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One problem's page, also after a refused button."""
    issue = found(acting, ref)
    records = records_about(issue.urn)
    context = {
        "issue": issue,
        "state": _state(issue),
        "tone": _tone(issue),
        "items": _items(issue),
        "steps": steps(issue, records),
        "clocks": clocks_of(issue.urn),
        "presses": presses(issue, acting) if _sides(issue, acting) else [],
        "history": told(records, acting),
        "may_rate": acting.may("issue.raise", issue.raised_by) and bool(issue.answer),
    }
    return render(request, "console/issue.html", context, status=status)


def _sides(issue: Issue, acting: Acting) -> bool:
    """Whether the action would let this party move it at all."""
    return acting.may("issue.raise", issue.raised_by) or acting.may(
        "issue.answer", issue.resource.owner
    )


def _items(issue: Issue) -> list[Item]:
    names = {
        "row": _("Row"),
        "field": _("Field"),
        "is": _("What it is now"),
        "should_be": _("What it should be"),
    }
    asked = issue.request
    shown = [
        Item(_("Sort"), issue.get_type_display()),
        Item(
            _("Resource"),
            resource_title(issue.resource),
            reverse("resource", args=[issue.resource.ref]),
        ),
        Item(
            _("Request"),
            _("the request it is about") if asked else "",
            reverse("request", args=[asked.ref]) if asked else "",
        ),
        Item(_("Raised by"), party_name(issue.raised_by)),
        Item(_("Owner"), party_name(issue.resource.owner)),
        Item(_("What is wrong"), issue.detail),
        *[Item(names[name], issue.pointer.get(name, "")) for name in names],
        Item(_("Answer"), issue.answer),
        Item(_("Closed"), issue.closed_at),
    ]
    return [one for one in shown if one.value not in ("", None)]


@page("POST")
def move(request: HttpRequest, acting: Acting, ref: str, move: str) -> HttpResponseBase:
    """Press one of the problem's buttons."""
    found(acting, ref)
    expected = request.POST.get("expected_version", "")
    return pressed(
        request,
        lambda: actions.move_issue(
            acting_party=acting,
            issue_ref=ref,
            move=move,
            given={"reasons": request.POST.get("reasons", "")},
            expected_version=version_of(expected),
        ),
        _("Done. The record is in the ledger."),
        reverse("issue", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )
