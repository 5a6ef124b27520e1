"""`/quality`: how every office's tables stand, and each table."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.catalogue.models import QualityStanding
from citybrain.domains.catalogue.quality import queries, shown
from citybrain.domains.catalogue.quality.freshness import late_by
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party
from citybrain.ui.export import csv_response
from citybrain.ui.labels import localised, party_name, resource_title
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec
from citybrain.ui.pages import page
from citybrain.ui.templatetags.ui import badge


def _average(row: Any) -> int | None:
    return None if row.average is None else int(row.average)


def _score_badge(hundredths: int | None) -> Any:
    words, tone = shown.standing(hundredths)
    return badge(f"{shown.percent(hundredths)} {words}", tone)


OFFICES = ListSpec(
    name="offices",
    caption=lazy("Quality by office"),
    columns=(
        Column("office", lazy("Office"), party_name, sort="name_zh"),
        Column("tables", lazy("Tables"), "tables", sort="tables", numeric=True),
        Column(
            "average",
            lazy("Average score"),
            lambda row: shown.percent(_average(row)),
            sort="average",
            cell=lambda row: _score_badge(_average(row)),
        ),
        Column("late", lazy("Late updates"), "late", sort="late", numeric=True),
        Column(
            "worst",
            lazy("Worst check"),
            lambda row: localised(row.worst_zh or "", row.worst_en or ""),
        ),
    ),
    search=("name_zh__icontains", "name_en__icontains"),
    search_hint=lazy("Name of the office"),
    default_sort="average",
    empty=lazy("No published table has a score yet."),
)
LATE = (("late", lazy("Late")), ("in-time", lazy("In time")))


def _by_lateness(rows: Any, value: str) -> Any:
    late = rows.filter(due_on__lt=clock.today())
    return late if value == "late" else rows.exclude(pk__in=late)


def _owners() -> list[tuple[str, str]]:
    owning = Party.objects.filter(resources__standing__isnull=False).distinct()
    return [(one.ref, party_name(one)) for one in owning]


def _late(row: QualityStanding) -> int | None:
    return None if row.due_on is None else late_by(row.due_on, clock.today())


TABLES = ListSpec(
    name="tables",
    caption=lazy("Quality by table"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            lambda row: resource_title(row.resource),
            sort="resource__title_zh",
            link=lambda row: reverse("resource-quality", args=[row.resource.ref]),
        ),
        Column("owner", lazy("Owner"), lambda row: party_name(row.resource.owner)),
        Column(
            "score",
            lazy("Score"),
            lambda row: shown.percent(row.overall),
            sort="overall",
            cell=lambda row: _score_badge(row.overall),
        ),
        Column("failed", lazy("Failed checks"), "failed_checks", "failed_checks", numeric=True),
        Column("worst", lazy("Worst check"), lambda row: localised(row.worst_zh, row.worst_en)),
        Column("due", lazy("Next update due"), "due_on", sort="due_on"),
        Column("late", lazy("Days late"), _late, numeric=True),
    ),
    filters=(
        Filter("owner", lazy("Owner"), "resource__owner__ref", _owners),
        Filter("late", lazy("Update"), "", LATE, _by_lateness),
    ),
    search=("resource__title_zh__icontains", "resource__title_en__icontains"),
    search_hint=lazy("Title of the table"),
    default_sort="score",
    prefix="t-",
    empty=lazy("No published table has a score yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Both lists; each has its own search and its own CSV."""
    offices = ListPage(OFFICES, queries.offices(acting), request.GET)
    tables = ListPage(TABLES, queries.standings(acting), request.GET)
    for one in (offices, tables):
        if one.wants_csv:
            return csv_response(one)
        one.objects  # noqa: B018  a page that does not exist is refused here, as in list_response
    context = {"offices": offices, "tables": tables}
    return render(request, "catalogue/quality_list.html", context)
