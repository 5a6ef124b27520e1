"""清单总览: the three lists in figures, each list as the bureau keeps it, and its files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.lists import board, specs
from citybrain.domains.lists.export.files import WRITERS, file_response
from citybrain.domains.lists.queries import lists, overview, visible
from citybrain.domains.lists.rules import days
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource
from citybrain.kernel.process import process
from citybrain.ui.labels import localised
from citybrain.ui.lists import ListPage, list_response
from citybrain.ui.pages import page
from citybrain.ui.processes import state_name
from citybrain.ui.shapes import Figure

BOARD = "board"


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The first page: each list's figures, every one a way to its records."""
    counted = {
        "resources": overview.resources(acting),
        "requests": overview.requests(acting),
        "issues": overview.issues(acting),
    }
    context = {
        "sections": [_section(name, counts) for name, counts in counted.items()],
        "escalations": list(visible.escalations(acting).filter(noted_at=None)[:6]),
        "escalated": visible.escalations(acting).filter(noted_at=None).count(),
        "may_note": acting.may("escalation.note"),
    }
    return render(request, "lists/index.html", context)


def _section(name: str, counts: overview.Counts) -> dict[str, Any]:
    url = reverse(f"lists-{name}")
    found = [Figure(_("On the list"), counts.total, url, icon="list-details", tone="info")]
    if name == "resources":
        published = f"{url}?status=published"
        found.append(Figure(_("Published"), counts.open, published, icon="database", tone="good"))
    else:
        title = _("Being handled") if name == "requests" else _("Not closed")
        found.append(Figure(title, counts.open, f"{url}?group=open", icon="clock", tone="info"))
    return {
        "name": name,
        "title": specs.SPECS[name].caption,
        "url": url,
        "figures": [*found, *_clock_figures(url, counts)],
        "mine": counts.mine,
        "states": [
            (_state(name, code), n, f"{url}?{_key(name)}={code}") for code, n in counts.states
        ],
        "forms": [(form, reverse("lists-export", args=[name, form])) for form in WRITERS],
    }


def _clock_figures(url: str, counts: overview.Counts) -> list[Figure]:
    soon, late = counts.clocks["soon"], counts.clocks["overdue"]
    escalated = counts.clocks["escalated"]
    within = _("Due within %(n)s working days") % {"n": days("lists-due-soon")}
    return [
        Figure(
            within, soon, f"{url}?clock=soon", icon="calendar-due", tone="warn" if soon else "good"
        ),
        Figure(
            _("Overdue"),
            late,
            f"{url}?clock=overdue",
            icon="clock-exclamation",
            tone="bad" if late else "good",
        ),
        Figure(
            _("Escalated"),
            escalated,
            f"{url}?clock=escalated",
            icon="alert-triangle",
            tone="bad" if escalated else "good",
        ),
    ]


def _key(name: str) -> str:
    return "share" if name == "resources" else "state"


def _state(name: str, code: str) -> str:
    if name == "resources":
        return str(Resource.ShareType(code).label)
    if name == "requests":
        return state_name(process("request"), code)
    for sort in ("correction", "dispute"):
        known = process(sort).states.get(code)
        if known:
            return localised(known.zh, known.en)
    return code


@page()
def show(request: HttpRequest, acting: Acting, name: str) -> HttpResponseBase:
    """One of the three lists."""
    rows = lists.rows_of(name, acting)
    context = {"name": name, "exports": exports(request, name)}
    return list_response(request, specs.on_screen(name, acting), rows, "lists/list.html", context)


def exports(request: HttpRequest, name: str) -> list[tuple[str, str]]:
    """Addresses of the files with the list as it is narrowed now."""
    query = request.GET.copy()
    for one in ("export", "page", "size"):
        query.pop(one, None)
    tail = f"?{query.urlencode()}" if query else ""
    return [(form, reverse("lists-export", args=[name, form]) + tail) for form in WRITERS]


@page()
def export(request: HttpRequest, acting: Acting, name: str, form: str) -> HttpResponseBase:
    """A list as Excel or Word, narrowed and sorted as in the query string."""
    if form not in WRITERS or name not in (*specs.SPECS, BOARD):
        raise Http404
    return file_response(asked(acting, name, request.GET), acting, form)


def asked(acting: Acting, name: str, query: Any) -> ListPage:
    """The list of this name as a query string asks for it."""
    if name == BOARD:
        return board.board_page(acting, query)
    return ListPage(specs.spec_of(name, acting), lists.rows_of(name, acting), query)
