"""The style page: every component on sample values. Included in urls only while developing."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.ui.formats import is_chinese
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec, list_response
from citybrain.ui.shapes import Change, Clause, Clock, Figure, Item, NavGroup, NavItem, Step
from citybrain.ui.templatetags.ui import badge


def _apps() -> list[tuple[str, str]]:
    labels = ContentType.objects.order_by("app_label").values_list("app_label", flat=True)
    return [(label, label) for label in labels.distinct()]


def spec(name: str = "samples", **changes: Any) -> ListSpec:
    given: dict[str, Any] = {
        "name": name,
        "caption": lazy("Sample list"),
        "columns": (
            Column("model", lazy("Name"), "model", sort="model", link=lambda r: f"#{r.pk}"),
            Column("app", lazy("Group"), "app_label", sort="app_label,model"),
            Column("state", lazy("State"), "app_label", cell=lambda r: badge(r.app_label, "good")),
            Column("id", lazy("Number"), "pk", sort="pk", numeric=True),
        ),
        "filters": (Filter("app", lazy("Group"), "app_label", _apps),),
        "search": ("model__icontains",),
        "default_sort": "model",
        "page_sizes": (5, 10, 25),
        "empty": lazy("Nothing here yet."),
    }
    return ListSpec(**(given | changes))


class SampleForm(forms.Form):
    """One field of each sort; bound to wrong values on the style page."""

    title = forms.CharField(label=lazy("Title"), help_text=lazy("As it stands in the directory."))
    kind = forms.ChoiceField(
        label=lazy("Kind"), choices=[("table", lazy("Table")), ("api", lazy("Interface"))]
    )
    purpose = forms.CharField(label=lazy("Purpose"), widget=forms.Textarea(attrs={"rows": 3}))
    share = forms.ChoiceField(
        label=lazy("Sharing"),
        widget=forms.RadioSelect,
        choices=[("open", lazy("Unconditional")), ("asked", lazy("On request"))],
    )
    agree = forms.BooleanField(label=lazy("I have read the clauses"))


def styleguide(request: HttpRequest) -> HttpResponseBase:
    messages.success(request, _("The request was submitted."))
    messages.error(request, _("The request could not be submitted."))
    context = {
        "navigation": _navigation(),
        "clocks": _clocks(),
        "figures": _figures(),
        "clauses": _clauses(),
        "steps": _steps(),
        "changes": [Change(_("Title"), "公交线路", "公交线路与站点"), Change(_("Kind"), "", "API")],
        "items": [
            Item(_("Title"), "公交线路", "#"),
            Item(_("Kind"), None),
            (_("Number"), "370200"),
        ],
        "form": SampleForm({"title": "", "kind": "none", "purpose": "演示"}, auto_id="id_%s"),
        "nothing": sample_empty(),
        "fen": 479_000_000,
        "crumbs": [(_("Home"), "/"), (_("Style page"), "")],
    }
    return list_response(request, spec(), ContentType.objects.all(), "ui/styleguide.html", context)


def sample_empty() -> ListPage:
    action = (lazy("Register a resource"), "#")
    empty = spec("empty", prefix="empty-", empty_action=action, filters=(), search=())
    return ListPage(empty, ContentType.objects.none(), {})


def _navigation() -> list[NavGroup]:
    first = [
        NavItem(_("Home"), "/", "home"),
        NavItem(_("Style page"), reverse("ui-styleguide"), "stack-2", current=True),
        NavItem(_("Requests"), "#requests", "list-details", count=12),
    ]
    return [NavGroup(_("Daily work"), first)]


def _clocks() -> list[Clock]:
    rule = _("Reply to a request for shared data")
    return [
        Clock(rule, date(2026, 12, 4), 7, source=_("A rule's title"), source_status="verified"),
        Clock(rule, date(2026, 11, 25), 1, source=_("A rule's title"), source_status="secondary"),
        Clock(rule, date(2026, 11, 20), -2),
        Clock(rule, date(2027, 2, 3), 40, provisional=True, source_status="from memory"),
        Clock(rule, date(2026, 12, 4), None, stopped=_("paused for a supplement")),
    ]


def _figures() -> list[Figure]:
    return [
        Figure(_("Resources"), 1286, "#1", icon="database", tone="info", note=_("12 this week")),
        Figure(_("Savings"), "479.00", "#2", unit=_("10,000 yuan"), icon="coins", tone="good"),
        Figure(_("Requests"), 34, "#3", icon="list-details", tone="warn", note=_("3 due soon")),
        Figure(_("Problems"), None, "#4", icon="alert-triangle", tone="bad"),
    ]


def _clauses() -> list[Clause]:
    return [
        Clause(_("At most 1,000 calls a day."), "gateway"),
        Clause(_("Each file carries the receiver's watermark."), "delivery"),
        Clause(_("The data are deleted when the agreement ends."), "word"),
    ]


def _steps() -> list[Step]:
    return [
        Step(_("Submitted"), "done", at=date(2026, 11, 2)),
        Step(_("Accepted"), "done", at=date(2026, 11, 4)),
        Step(_("Review"), "current", note=_("3 working days left")),
        Step(_("Agreement"), "todo"),
    ]


def sample_chart(request: HttpRequest, kind: str) -> JsonResponse:
    months = [f"2025-0{month}" for month in range(1, 7)]
    granted = {"name": _("Granted"), "data": [820, 932, 901, 934, 1290, 1330]}
    refused = {"name": _("Refused"), "data": [20, 32, 18, None, 45, 30]}
    series = [granted] if kind == "pie" else [granted, refused]
    return JsonResponse(
        {
            "type": kind,
            "title": _("Uses by month"),
            "unit": _("times"),
            "categories": months,
            "series": series,
        }
    )


def sample_map(request: HttpRequest) -> JsonResponse:
    places = [
        ("胶州湾", "Jiaozhou Bay", [120.23, 36.13], "good"),
        ("崂山", "Laoshan", [120.62, 36.17], "warn"),
        ("大沽河", "Dagu River", [120.14, 36.35], "bad"),
    ]
    features = [
        {
            "type": "Feature",
            "properties": {
                "title": zh if is_chinese() else en,
                "tone": tone,
                "note": _("Sample"),
                "url": "/",
            },
            "geometry": {"type": "Point", "coordinates": at},
        }
        for zh, en, at, tone in places
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})
