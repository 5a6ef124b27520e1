"""The board by office with its chart, and the ratings behind the satisfaction rate."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists import board, words
from citybrain.domains.lists.actions.ratings import GOOD
from citybrain.domains.lists.forms import SCORES
from citybrain.domains.lists.models import Rating
from citybrain.domains.lists.queries import visible
from citybrain.domains.lists.queries.board import ranked
from citybrain.domains.lists.views.lists import BOARD, exports
from citybrain.kernel.acting import Acting
from citybrain.kernel.report.period import period_of
from citybrain.ui.formats import shanghai
from citybrain.ui.labels import party_name, resource_title
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.templatetags.ui import badge

CHARTED = 12
"""Offices in the chart; the list has all."""


@page()
def show(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Offices side by side; whoever does not read all sees the own office."""
    spec = board.spec_of(board.chosen_period(request.GET))
    period = request.GET.get("period", "")
    context = {
        "exports": exports(request, BOARD),
        "chart": reverse("lists-board-chart") + (f"?period={period}" if period.isalnum() else ""),
        "all_offices": acting.reads_all,
    }
    rows = board.offices(acting, request.GET)
    return list_response(request, spec, rows, "lists/board.html", context)


@page()
def chart(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """On-time and satisfaction rates of the offices that answered most, in per cent."""
    rows: list[Any] = list(ranked(board.offices(acting, request.GET))[:CHARTED])
    series = [
        {"name": _("On time"), "data": [row.on_time for row in rows]},
        {"name": _("Satisfaction rate"), "data": [row.satisfied for row in rows]},
    ]
    return JsonResponse(
        {
            "type": "bar",
            "title": _("On-time and satisfaction rates"),
            "unit": "%",
            "categories": [party_name(row) for row in rows],
            "series": series,
        }
    )


def _about(row: Rating) -> str:
    return resource_title(row.resource)


def _url(row: Rating) -> str:
    if row.request:
        return reverse("request", args=[row.request.ref])
    return reverse("issue", args=[row.issue.ref]) if row.issue else ""


def _period(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    period = period_of(value)
    return rows.filter(created_at__gte=period.start, created_at__lt=period.end)


def _good(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(score__gte=GOOD) if value == "good" else rows.filter(score__lt=GOOD)


def _score(row: Rating) -> str:
    return str(dict(SCORES)[row.score])


RATINGS = ListSpec(
    name="lists-ratings",
    caption=lazy("Ratings"),
    columns=(
        Column("about", lazy("About"), _about, link=_url),
        Column("sort", lazy("Sort"), lambda r: _("Request") if r.request_id else _("Problem")),
        Column("office", lazy("Office"), lambda r: party_name(r.office), sort="office__name_zh"),
        Column("party", lazy("Rated by"), lambda r: party_name(r.party), sort="party__name_zh"),
        Column(
            "score",
            lazy("Rating"),
            _score,
            sort="score",
            cell=lambda r: badge(_score(r), "good" if r.score >= GOOD else "warn"),
        ),
        Column("words", lazy("In words"), "words"),
        Column("made", lazy("Rated on"), lambda r: shanghai(r.created_at), sort="created_at"),
    ),
    filters=(
        Filter("office", lazy("Office"), "office__ref", words.offices),
        Filter("period", lazy("Half-year"), "", words.periods, _period),
        Filter(
            "good",
            lazy("Group"),
            "",
            (("good", lazy("Satisfied")), ("poor", lazy("Not satisfied"))),
            _good,
        ),
    ),
    search=("words__icontains", "office__name_zh__icontains", "party__name_zh__icontains"),
    default_sort="-made",
    empty=lazy("Nothing was rated yet."),
)


@page()
def ratings(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Ratings that one's party gave or was given."""
    return list_response(request, RATINGS, visible.ratings(acting), "lists/ratings.html")
