"""What is due, office by office; and what sharing has saved."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline, Entry, Party
from citybrain.kernel.queries import visible
from citybrain.kernel.queries.figures import saved_fen
from citybrain.ui.export import csv_response
from citybrain.ui.formats import shanghai, yuan
from citybrain.ui.history import clock_face
from citybrain.ui.labels import localised, party_name, resource_title
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.rules import rule_source, rule_title, source_status
from citybrain.ui.subjects import located
from citybrain.ui.templatetags import ui

STANDINGS = (
    ("overdue", lazy("Overdue")),
    ("soon", lazy("Due soon")),
    ("open", pgettext_lazy("clock", "Running")),
)


def _standing(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    today = clock.today()
    running = rows.filter(state=Deadline.State.OPEN)
    if value == "overdue":
        return running.filter(due_on__lt=today)
    if value == "soon":
        return running.filter(due_on__gte=today, due_on__lte=calendar.soon_limit(today))
    return running


def _offices() -> Iterable[tuple[str, str]]:
    held = Exists(Deadline.objects.filter(party=OuterRef("pk")))
    return [(one.ref, party_name(one)) for one in Party.objects.filter(held)]


def _savers() -> list[tuple[str, str]]:
    saved = Exists(Entry.objects.filter(party=OuterRef("pk"), type=Entry.Type.SAVING))
    return [(one.ref, party_name(one)) for one in Party.objects.filter(saved)]


def _due(row: Deadline) -> Any:
    return format_html('<span class="cb-one-line">{}</span>', shanghai(row.due_on))


def _words(row: Deadline) -> str:
    return str(ui.clock(clock_face(row))["words"])


def _left(row: Deadline) -> Any:
    shown = ui.clock(clock_face(row))
    return ui.badge(shown["words"], shown["tone"])


def _about(row: Deadline) -> str:
    place = getattr(row, "place", None)
    return place.title if place else row.subject


def _source(row: Deadline) -> str:
    source, status = rule_source(row.rule)
    return f"{source} · {source_status(status)}" if source else ""


def _source_cell(row: Deadline) -> Any:
    source, status = rule_source(row.rule)
    shown = '{}<br><span class="cb-source-status">{}</span>'
    return format_html(shown, source, source_status(status)) if source else ""


def _running_first(rows: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Adds the rank that the list begins with: what still runs, then what is over."""
    running = Case(When(state=Deadline.State.OPEN, then=0), default=1)
    return rows.annotate(rank=running)


DEADLINES = ListSpec(
    name="deadlines",
    caption=lazy("Deadlines"),
    columns=(
        Column("rule", lazy("What is due"), lambda row: rule_title(row.rule)),
        Column(
            "about",
            lazy("About"),
            _about,
            link=lambda row: row.place.url if row.place else "",
        ),
        Column("party", lazy("Office"), lambda row: party_name(row.party), sort="party__name_zh"),
        Column("due", lazy("Due"), "due_on", sort="due_on", cell=_due),
        Column(
            "left",
            lazy("Left"),
            lambda row: ui.clock(clock_face(row))["words"],
            "rank,due_on",
            cell=_left,
        ),
        Column("source", lazy("Source"), _source, cell=_source_cell),
    ),
    filters=(
        Filter("standing", lazy("Standing"), "", STANDINGS, _standing),
        Filter("party", lazy("Office"), "party__ref", _offices),
        Filter("state", lazy("State"), "state", Deadline.State.choices),
    ),
    default_sort="left",
    empty=lazy("No clock was started yet."),
)


class _Placed(ListPage):
    """The list with each clock's subject looked up, a page at a time."""

    def __init__(self, spec: ListSpec, rows: QuerySet[Any], query: Any, acting: Acting) -> None:
        super().__init__(spec, rows, query)
        self._acting = acting

    @property
    def rows(self) -> Any:
        places = located([row.subject for row in self.objects], self._acting)
        for row in self.objects:
            row.place = places.get(row.subject)
        return super().rows


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every clock one may see; for the bureau those of all offices."""
    listing = _Placed(DEADLINES, _running_first(visible.deadlines(acting)), request.GET, acting)
    if listing.wants_csv:
        return csv_response(listing)
    listing.objects  # noqa: B018  a page that does not exist is refused here
    context = {"page": listing, "offices": _by_office(acting)}
    return render(request, "console/deadlines.html", context)


def _by_office(acting: Acting) -> list[dict[str, Any]]:
    """Overdue and soon-due clocks of each office: the supervisor's table."""
    today = clock.today()
    soon = calendar.soon_limit(today)
    running = visible.deadlines(acting).filter(state=Deadline.State.OPEN, due_on__lte=soon)
    found: dict[int, dict[str, Any]] = {}
    for row in running:
        office = found.setdefault(row.party_id, {"party": row.party, "overdue": 0, "soon": 0})
        office["overdue" if row.due_on < today else "soon"] += 1
    return sorted(found.values(), key=lambda one: (-one["overdue"], -one["soon"]))


def _basis(row: Entry) -> str:
    rule = str(row.basis.get("rule", ""))
    return rule_title(rule) if rule else ""


SAVINGS = ListSpec(
    name="savings",
    caption=lazy("Savings by sharing"),
    columns=(
        Column("day", lazy("Day"), "day", sort="day"),
        Column("party", lazy("Saved by"), lambda r: party_name(r.party), sort="party__name_zh"),
        Column("counterparty", lazy("Provided by"), lambda row: party_name(row.counterparty)),
        Column(
            "resource",
            lazy("Resource reused"),
            lambda row: resource_title(row.agreement.resource) if row.agreement else "",
            link=lambda row: (
                reverse("agreement", args=[row.agreement.ref]) if row.agreement else ""
            ),
        ),
        Column("amount", lazy("Amount"), lambda row: yuan(row.amount_fen), sort="amount_fen"),
        Column("basis", lazy("Valued by"), _basis),
        Column("source", lazy("Source"), lambda row: row.basis.get("source", "")),
        Column(
            "status",
            lazy("Status of the source"),
            lambda row: source_status(str(row.basis.get("status", ""))),
        ),
    ),
    filters=(
        Filter(
            "party",
            lazy("Saved by"),
            "party__ref",
            _savers,
        ),
    ),
    default_sort="-day",
    empty=lazy("Nothing is booked yet. A saving is booked when an agreement is countersigned."),
)


def _entries(acting: Acting) -> QuerySet[Entry]:
    return visible.entries(acting).filter(type=Entry.Type.SAVING)


@page()
def savings(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """节省财政资金: entries, and sums by department."""
    sums = (
        _entries(acting)
        .order_by()
        .values("party__ref", "party__name_zh", "party__name_en")
        .annotate(total=Sum("amount_fen"))
        .order_by("-total")
    )
    context = {
        "total": saved_fen(acting),
        "sums": [
            {
                "name": localised(row["party__name_zh"], row["party__name_en"]),
                "ref": row["party__ref"],
                "total": row["total"],
            }
            for row in sums
        ],
    }
    return list_response(request, SAVINGS, _entries(acting), "console/savings.html", context)


@page()
def savings_chart(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Savings by month, in yuan."""
    rows = (
        _entries(acting)
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(total=Sum("amount_fen"))
        .order_by("month")
    )
    series = [{"name": _("Savings"), "data": [row["total"] / 100 for row in rows]}]
    return JsonResponse(
        {
            "type": "bar",
            "title": _("Savings by month"),
            "unit": _("yuan"),
            "categories": [row["month"].strftime("%Y-%m") for row in rows],
            "series": series,
        }
    )
