"""资源能力清单: the list of resources, one resource's page, publishing and withdrawing."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.models import Party, Resource, Use
from citybrain.kernel.queries import described, visible
from citybrain.kernel.queries.suggest import suggest as completed
from citybrain.kernel.searching.documents import OTHER_THEME, themes
from citybrain.surfaces.console.metadata import facts_of, items_of, metadata_of
from citybrain.surfaces.console.searched import SearchedPage, titled
from citybrain.surfaces.console.views.resource_basics import basics_of, related_to
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import history_of, uses_by_day
from citybrain.ui.labels import (
    district_choices,
    kind_choices,
    kind_name,
    known_kind,
    localised,
    party_name,
    resource_title,
    tone,
)
from citybrain.ui.lists import MAX_SEARCH, Column, Filter, ListSpec, page_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.templatetags.ui import badge

COUNT_CAP = 10_000


def owner_choices() -> list[tuple[str, str]]:
    """Parties that own something."""
    owning = Exists(Resource.objects.filter(owner=OuterRef("pk")))
    return [(one.ref, party_name(one)) for one in Party.objects.filter(owning)]


def theme_choices() -> list[tuple[str, str]]:
    """Classes 类 and items 项 of the directory."""
    named = [(code, str(localised(*titles))) for code, titles in themes().items()]
    return [*named, (OTHER_THEME, _("No class"))]


_SHARE, _CYCLE = Resource.ShareType, Resource.UpdateCycle

RESOURCES = ListSpec(
    name="resources",
    caption=lazy("Resources"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            resource_title,
            sort="title_zh",
            cell=titled,
        ),
        Column("code", lazy("Directory code"), "code", sort="code"),
        Column("kind", lazy("Kind"), lambda row: kind_name(row.kind), sort="kind"),
        Column("owner", lazy("Owner"), lambda row: party_name(row.owner), sort="owner__name_zh"),
        Column("share", lazy("Sharing"), lambda row: row.get_share_type_display()),
        Column(
            "status",
            lazy("Status"),
            lambda row: row.get_status_display(),
            cell=lambda row: badge(row.get_status_display(), tone(row.status)),
        ),
        Column("published", lazy("Published on"), "published_at", sort="published_at"),
        Column("new", lazy("Number"), "pk", sort="pk", numeric=True),
    ),
    filters=(
        Filter("owner", lazy("Owner"), "owner__ref", owner_choices, in_panel=True),
        Filter("kind", lazy("Kind"), "kind", kind_choices, in_panel=True),
        Filter("theme", lazy("Theme"), "code", theme_choices, in_panel=True),
        Filter("share", lazy("Sharing"), "share_type", _SHARE.choices, in_panel=True),
        Filter("cycle", lazy("Update cycle"), "update_cycle", _CYCLE.choices, in_panel=True),
        Filter("grade", lazy("Grade"), "grade", Resource.Grade.choices, in_panel=True),
        Filter("district", lazy("District"), "district", district_choices, in_panel=True),
        Filter("status", lazy("Status"), "status", Resource.Status.choices, in_panel=True),
    ),
    search=("title_zh",),
    suggest="resource-suggest",
    target="found-resources",
    nothing="console/parts/nothing_found.html",
    search_hint=lazy("Words, a question or a code"),
    count_cap=COUNT_CAP,
    empty=lazy("No resource is registered yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The list; new registrations begin here."""
    context = {"may_register": acting.may("resource.manage", acting.party)}
    found = SearchedPage(acting, RESOURCES, visible.resources(acting), request.GET)
    return page_response(request, found, "console/resources.html", context)


@page()
def suggest(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Completions of what is typed into the search field."""
    typed = request.GET.get("q", "")[:MAX_SEARCH].replace("\x00", "")
    return JsonResponse({"items": [one.text for one in completed(acting, typed)]})


def found(acting: Acting, ref: str) -> Resource:
    """The resource, if one may see it."""
    return visible.one(visible.resources(acting), ref, "资源", "resource")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One resource."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One resource's page, also after a refused button (`status`)."""
    resource = found(acting, ref)
    manages = acting.may("resource.manage", resource.owner)
    kind = known_kind(resource.kind)
    uses = visible.uses(acting).filter(resource=resource)
    context = {
        "resource": resource,
        "kind": kind,
        "tone": tone(resource.status),
        "basics": basics_of(acting, resource),
        "related": related_to(acting, resource),
        "metadata": metadata_of(kind, described.metadata(acting, resource)) if kind else [],
        "items": items_of(resource.metadata),
        "facts": facts_of(described.facts(acting, resource)),
        "offers": list(visible.offers(acting).filter(resource=resource)[:20]),
        "issues": list(visible.issues(acting).filter(resource=resource)[:10]),
        "has_uses": uses.exists(),
        "granted": uses.filter(outcome=Use.Outcome.GRANTED).count(),
        "history": history_of(resource.urn, acting),
        "manages": manages,
        "may_offer": manages
        and resource.status == Resource.Status.PUBLISHED
        and resource.share_type != Resource.ShareType.NONE,
        "may_raise": acting.may("issue.raise", acting.party),
        "withdraw_form": MoveForm(needs_reasons=True, auto_id="withdraw-%s"),
    }
    return render(request, "console/resource.html", context, status=status)


@page()
def chart(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Uses of one resource on the last 30 days."""
    return uses_by_day(visible.uses(acting).filter(resource=found(acting, ref)))


@page("POST")
def publish(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Put it into the directory."""
    found(acting, ref)
    return pressed(
        request,
        lambda: actions.publish_resource(acting_party=acting, resource_ref=ref),
        _("The resource is published."),
        reverse("resource", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def withdraw(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take it out of the directory."""
    found(acting, ref)
    reasons = request.POST.get("reasons", "")
    return pressed(
        request,
        lambda: actions.withdraw_resource(acting_party=acting, resource_ref=ref, reasons=reasons),
        _("The resource is withdrawn from the directory."),
        reverse("resource", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )
