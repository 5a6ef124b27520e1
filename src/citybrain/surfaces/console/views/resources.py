"""资源能力清单: the list of resources, one resource's page, publishing and withdrawing."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel import search
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.models import Party, Resource, Use
from citybrain.kernel.queries import described, visible
from citybrain.surfaces.console.metadata import facts_of, items_of, metadata_of
from citybrain.surfaces.console.views.resource_basics import basics_of, related_to
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import history_of, uses_by_day
from citybrain.ui.labels import (
    district_choices,
    kind_choices,
    kind_name,
    known_kind,
    party_name,
    resource_title,
    tone,
)
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.templatetags.ui import badge

COUNT_CAP = 10_000


def owner_choices() -> list[tuple[str, str]]:
    """Parties that own something."""
    owning = Exists(Resource.objects.filter(owner=OuterRef("pk")))
    return [(one.ref, party_name(one)) for one in Party.objects.filter(owning)]


def _matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return search.matching(rows, text)


# Templates call whatever can be called; this one they shall only find.
_matching.do_not_call_in_templates = True  # type: ignore[attr-defined]


RESOURCES = ListSpec(
    name="resources",
    caption=lazy("Resources"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            resource_title,
            sort="title_zh",
            link=lambda row: reverse("resource", args=[row.ref]),
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
        Filter("kind", lazy("Kind"), "kind", kind_choices),
        Filter("owner", lazy("Owner"), "owner__ref", owner_choices),
        Filter("share", lazy("Sharing"), "share_type", Resource.ShareType.choices),
        Filter("status", lazy("Status"), "status", Resource.Status.choices),
        Filter("district", lazy("District"), "district", district_choices),
    ),
    search=_matching,
    search_hint=lazy("Title, summary, code or owner"),
    default_sort="-new",
    count_cap=COUNT_CAP,
    empty=lazy("No resource is registered yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The list; new registrations begin here."""
    context = {"may_register": acting.may("resource.manage", acting.party)}
    rows = visible.resources(acting)
    return list_response(request, RESOURCES, rows, "console/resources.html", context)


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
