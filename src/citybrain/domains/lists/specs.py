"""The three lists as the bureau keeps them: their columns, filters, search and order."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists import words
from citybrain.domains.lists.queries import clocks, holding, lists
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Issue, Resource
from citybrain.kernel.queries import search
from citybrain.kernel.report.period import period_of
from citybrain.ui.formats import shanghai
from citybrain.ui.labels import (
    district_choices,
    district_name,
    kind_choices,
    kind_name,
    localised,
    party_name,
    purpose_choices,
    purpose_name,
    resource_title,
    tone,
)
from citybrain.ui.lists import Column, Filter, ListSpec
from citybrain.ui.processes import state_choices
from citybrain.ui.templatetags.ui import badge

COUNT_CAP = 10_000
SHOWN_ANSWER = 30
SIDES = (
    ("owner", lazy("The owner")),
    ("requester", lazy("The requester")),
    ("bureau", lazy("The data bureau")),
)


def _scope(row: Resource) -> str:
    return row.share_scope or row.share_basis


def _day(getter: str) -> Any:
    return lambda row: shanghai(value)[:10] if (value := getattr(row, getter)) else ""


def _one_line(getter: str) -> Any:
    """A day that is not broken into two lines."""
    read = _day(getter)
    return lambda row: format_html('<span class="cb-one-line">{}</span>', read(row))


def _due_cell(row: Any) -> Any:
    return format_html('<span class="cb-one-line">{}</span>', row.due) if row.due else ""


def _left_cell(row: Any) -> Any:
    if row.due is None:
        return ""
    shown = badge(words.left(row), words.left_tone(row))
    return format_html("{} {}", shown, badge(lazy("Escalated"), "bad")) if row.escalated else shown


def _beginning(row: Issue) -> str:
    """As much of an answer as a row has room for; files and the problem's page have all."""
    return row.answer if len(row.answer) <= SHOWN_ANSWER else f"{row.answer[:SHOWN_ANSWER]}…"


def _state_cell(row: Any) -> Any:
    colour = "good" if getattr(row, "closed_at", None) else tone(row.state)
    return badge(words.state(row), colour)


def _in_hand(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(holding.requests_in_hand() if value == "open" else _answered())


def _answered() -> Q:
    return Q(decided_at__isnull=False)


def _closed(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(closed_at__isnull=value == "open")


def _request_holder(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(holding.requests_held(value))


def _issue_holder(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(holding.issues_held(value))


def _replied(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    period = period_of(value)
    return rows.filter(clocks.within(period.first, period.last))


def _decided(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    period = period_of(value)
    return rows.filter(decided_at__gte=period.start, decided_at__lt=period.end)


def _reply(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    timely, late = clocks.timely(), clocks.late()
    return rows.filter({"timely": timely, "late": late, "counted": timely | late}[value])


RESOURCES = ListSpec(
    name="lists-resources",
    caption=lazy("List of resources and capabilities"),
    columns=(
        Column("code", lazy("Number"), "code", sort="code"),
        Column(
            "title",
            lazy("Resource or capability"),
            resource_title,
            sort="title_zh",
            link=lambda row: reverse("resource", args=[row.ref]),
        ),
        Column("kind", lazy("Kind"), lambda row: kind_name(row.kind), sort="kind"),
        Column("owner", lazy("Owner"), lambda row: party_name(row.owner), sort="owner__name_zh"),
        Column("share", lazy("Share type"), lambda row: row.get_share_type_display()),
        Column("scope", lazy("Scope and use, or legal basis"), _scope),
        Column("cycle", lazy("Update cycle"), lambda row: row.get_update_cycle_display()),
        Column("district", lazy("District"), lambda row: district_name(row.district)),
        Column(
            "published",
            lazy("Published on"),
            _day("published_at"),
            sort="published_at",
            cell=_one_line("published_at"),
        ),
        Column(
            "status",
            lazy("Status"),
            lambda row: row.get_status_display(),
            cell=lambda row: badge(row.get_status_display(), tone(row.status)),
        ),
    ),
    filters=(
        Filter("office", lazy("Office"), "owner__ref", words.offices),
        Filter("kind", lazy("Kind"), "kind", kind_choices),
        Filter("share", lazy("Share type"), "share_type", Resource.ShareType.choices),
        Filter("status", lazy("Status"), "status", Resource.Status.choices),
        Filter("clock", lazy("Clock"), "", words.CLOCKS, clocks.narrowed),
        Filter("district", lazy("District"), "district", district_choices),
    ),
    search=("title_zh__icontains",),
    search_hint=lazy("Title, summary, code or owner"),
    default_sort="code",
    count_cap=COUNT_CAP,
    empty=lazy("No resource is registered yet."),
)
REQUESTS = ListSpec(
    name="lists-requests",
    caption=lazy("List of requests"),
    columns=(
        Column("number", lazy("Number"), lambda row: words.number("SQ", row), sort="pk"),
        Column(
            "resource",
            lazy("Resource or capability"),
            lambda row: resource_title(row.resource),
            sort="resource__title_zh",
            link=lambda row: reverse("request", args=[row.ref]),
        ),
        Column("kind", lazy("Kind"), lambda row: kind_name(row.resource.kind)),
        Column(
            "owner",
            lazy("Owner"),
            lambda row: party_name(row.resource.owner),
            sort="resource__owner__name_zh",
        ),
        Column(
            "requester",
            lazy("Requester"),
            lambda row: party_name(row.requester),
            sort="requester__name_zh",
        ),
        Column("purpose", lazy("Purpose"), lambda row: purpose_name(row.purpose)),
        Column(
            "scenario",
            lazy("Scenario"),
            lambda row: (
                localised(row.scenario.title_zh, row.scenario.title_en)
                if row.scenario
                else row.use_scope
            ),
        ),
        Column(
            "submitted",
            lazy("Submitted on"),
            _day("submitted_at"),
            sort="submitted_at",
            cell=_one_line("submitted_at"),
        ),
        Column("holder", lazy("Who holds it"), words.holder),
        Column("due", lazy("Due"), "due", sort="due_rank", cell=_due_cell),
        Column("left", lazy("Days left"), words.left, cell=_left_cell),
        Column("state", lazy("State"), words.state, sort="state", cell=_state_cell),
    ),
    filters=(
        Filter(
            "group",
            lazy("Group"),
            "",
            (("open", lazy("Being handled")), ("answered", lazy("Answered"))),
            _in_hand,
        ),
        Filter("office", lazy("Office"), "resource__owner__ref", words.offices),
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
        Filter("state", lazy("State"), "state", state_choices("request")),
        Filter("clock", lazy("Clock"), "", words.CLOCKS, clocks.narrowed),
        Filter("holder", lazy("Who holds it"), "", SIDES, _request_holder),
        Filter("reply", lazy("Reply"), "", words.REPLIES, _reply),
        Filter("replied", lazy("Reply due or given in"), "", words.periods, _replied),
        Filter("decided", lazy("Decided in"), "", words.periods, _decided),
        Filter("purpose", lazy("Purpose"), "purpose", purpose_choices),
        Filter("district", lazy("District"), "resource__district", district_choices),
    ),
    search=(
        "resource__title_zh__icontains",
        "resource__title_en__icontains",
        "requester__name_zh__icontains",
        "requester__name_en__icontains",
        "basis__icontains",
    ),
    search_hint=lazy("Resource, requester or basis"),
    default_sort="due",
    count_cap=COUNT_CAP,
    empty=lazy("No request was submitted yet."),
)
ISSUES = ListSpec(
    name="lists-issues",
    caption=lazy("List of problems"),
    columns=(
        Column("number", lazy("Number"), lambda row: words.number("WT", row), sort="pk"),
        Column(
            "title",
            lazy("Problem"),
            "title",
            sort="title",
            link=lambda row: reverse("issue", args=[row.ref]),
        ),
        Column("type", lazy("Sort"), lambda row: row.get_type_display(), sort="type"),
        Column("resource", lazy("Resource"), lambda row: resource_title(row.resource)),
        Column("by", lazy("Raised by"), lambda row: party_name(row.raised_by)),
        Column(
            "office",
            lazy("Answerable office"),
            lambda row: party_name(row.resource.owner),
            sort="resource__owner__name_zh",
        ),
        Column(
            "raised",
            lazy("Raised on"),
            _day("created_at"),
            sort="created_at",
            cell=_one_line("created_at"),
        ),
        Column("holder", lazy("Who holds it"), words.holder),
        Column("due", lazy("Due"), "due", sort="due_rank", cell=_due_cell),
        Column("left", lazy("Days left"), words.left, cell=_left_cell),
        Column("state", lazy("State"), words.state, sort="state", cell=_state_cell),
        Column("answer", lazy("Answer"), "answer", cell=_beginning),
    ),
    filters=(
        Filter(
            "group",
            lazy("Group"),
            "",
            (("open", lazy("Not closed")), ("closed", lazy("Already closed"))),
            _closed,
        ),
        Filter("office", lazy("Office"), "resource__owner__ref", words.offices),
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
        Filter("type", lazy("Sort"), "type", Issue.Type.choices),
        Filter("clock", lazy("Clock"), "", words.CLOCKS, clocks.narrowed),
        Filter("holder", lazy("Who holds it"), "", SIDES, _issue_holder),
        Filter("reply", lazy("Reply"), "", words.REPLIES, _reply),
        Filter("replied", lazy("Reply due or given in"), "", words.periods, _replied),
        Filter("district", lazy("District"), "resource__district", district_choices),
    ),
    search=("title__icontains", "detail__icontains", "resource__title_zh__icontains"),
    search_hint=lazy("Title, text or resource"),
    default_sort="due",
    count_cap=COUNT_CAP,
    empty=lazy("No problem was raised yet."),
)
ON_SCREEN = {
    lists.REQUESTS: (
        "number", "resource", "requester", "owner", "holder", "due", "left", "state",
        "kind", "purpose", "scenario", "submitted",
    ),
    lists.ISSUES: (
        "number", "title", "by", "office", "holder", "due", "left", "state",
        "type", "resource", "raised", "answer",
    ),
}  # fmt: skip
"""What must be seen without scrolling comes first on the page; files keep the usual order."""


def spec_of(name: str, acting: Acting) -> ListSpec:
    """A list's description for a reader: resources are searched by the ranked index."""
    spec = SPECS[name]
    if name != lists.RESOURCES:
        return spec

    def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return search.matching(rows, text, acting)

    # Templates call whatever can be called; this one they shall only find.
    matching.do_not_call_in_templates = True  # type: ignore[attr-defined]
    return replace(spec, search=matching)


def on_screen(name: str, acting: Acting) -> ListSpec:
    """A list's description for the page."""
    spec = spec_of(name, acting)
    order = ON_SCREEN.get(name)
    if order is None:
        return spec
    columns = sorted(spec.columns, key=lambda one: order.index(one.code))
    return replace(spec, columns=tuple(columns))


SPECS = {lists.RESOURCES: RESOURCES, lists.REQUESTS: REQUESTS, lists.ISSUES: ISSUES}
