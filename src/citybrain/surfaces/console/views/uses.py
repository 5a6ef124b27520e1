"""Uses: every call through the gateway, granted or refused, and one use with its proof."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import Use
from citybrain.kernel.queries import ledger, visible
from citybrain.surfaces.console.views.ledger import receipt_context
from citybrain.ui.formats import number, shanghai
from citybrain.ui.labels import (
    kind_choices,
    operand_name,
    party_name,
    purpose_name,
    reason_name,
    reason_names,
    resource_title,
    tone,
)
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

TIMES = (("1", lazy("Last 24 hours")), ("7", lazy("Last 7 days")), ("30", lazy("Last 30 days")))
COUNT_CAP = 10_000


def _since(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(at__gte=timezone.now() - timedelta(days=int(value)))


def _by_ref(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By request id, or by the reference of a resource or an agreement; all are exact."""
    return (
        rows.filter(request_id=text)
        | rows.filter(resource__ref=text)
        | rows.filter(agreement__ref=text)
    )


# Templates call whatever can be called; this one they shall only find.
_by_ref.do_not_call_in_templates = True  # type: ignore[attr-defined]


def reason_choices() -> list[tuple[str, str]]:
    """Every reason there is, and no look through millions of uses for those that occur."""
    return sorted(
        ((code, name) for code, name in reason_names().items() if code), key=itemgetter(1)
    )


USES = ListSpec(
    name="uses",
    caption=lazy("Uses"),
    columns=(
        Column(
            "at",
            lazy("Time"),
            lambda row: shanghai(row.at, seconds=True),
            sort="at",
            link=lambda row: reverse("use", args=[row.ledger_index]),
        ),
        Column("resource", lazy("Resource"), lambda row: resource_title(row.resource)),
        Column("consumer", lazy("Consumer"), lambda row: party_name(row.consumer)),
        Column(
            "outcome",
            lazy("Outcome"),
            lambda row: row.get_outcome_display(),
            cell=lambda row: badge(
                row.get_outcome_display(), "bad" if row.outcome == "refused" else tone(row.outcome)
            ),
        ),
        Column("reason", lazy("Reason"), lambda row: reason_name(row.reason)),
        Column("rows", lazy("Rows"), "rows", sort="rows", numeric=True),
        Column("bytes", lazy("Bytes"), "bytes", sort="bytes", numeric=True),
        Column("number", lazy("Ledger number"), "ledger_index", sort="ledger_index", numeric=True),
    ),
    filters=(
        Filter("outcome", lazy("Outcome"), "outcome", Use.Outcome.choices),
        Filter("reason", lazy("Reason"), "reason", reason_choices),
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
        Filter("days", lazy("Time"), "", TIMES, _since),
    ),
    search=_by_ref,
    search_hint=lazy("Request id, or reference of a resource or agreement"),
    default_sort="-number",
    count_cap=COUNT_CAP,
    empty=lazy("Nothing was used yet. Uses appear here about a second after the call."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Uses by one's party and of its resources."""
    return list_response(request, USES, visible.uses(acting), "console/uses.html")


@page()
def show(request: HttpRequest, acting: Acting, index: int) -> HttpResponseBase:
    """One use and its receipt."""
    use = visible.uses(acting).filter(ledger_index=index).first() if index < 2**63 else None
    if use is None:
        raise NotFound("not-found", "找不到该使用记录。", "There is no such use.")
    context = {
        "use": use,
        "tone": "bad" if use.outcome == "refused" else tone(use.outcome),
        "items": _items(use),
        **receipt_context(ledger.receipt(index)),
    }
    return render(request, "console/use.html", context)


def _items(use: Use) -> list[Item]:
    resource, agreement = use.resource, use.agreement
    shown = [
        Item(_("Time"), shanghai(use.at, seconds=True)),
        Item(
            _("Resource"),
            resource_title(resource),
            reverse("resource", args=[resource.ref]) if resource else "",
        ),
        Item(
            _("Agreement"),
            _("the agreement it rests on") if agreement else "",
            reverse("agreement", args=[agreement.ref]) if agreement else "",
        ),
        Item(_("Consumer"), party_name(use.consumer)),
        Item(_("Reason"), reason_name(use.reason)),
        Item(_("Clause"), operand_name(use.operand) if use.operand else ""),
        Item(_("Purpose"), purpose_name(use.purpose) if use.purpose else ""),
        Item(_("Scenario"), use.scenario),
        Item(_("HTTP status"), use.status),
        Item(_("Units"), number(use.units)),
        Item(_("Rows"), number(use.rows)),
        Item(_("Bytes"), number(use.bytes)),
        Item(_("Duration"), f"{use.duration_us / 1000:,.1f} ms"),
        Item(_("Pseudonym of the subject"), use.subject),
        Item(_("Request id"), use.request_id),
    ]
    return [one for one in shown if one.value not in ("", None)]
