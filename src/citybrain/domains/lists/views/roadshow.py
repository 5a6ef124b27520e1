"""成果路演: cards of what is shown, one page a capability, the owner's story."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists.actions import stories as actions
from citybrain.domains.lists.forms import StoryForm, attempt, story_initial
from citybrain.domains.lists.models import Story
from citybrain.domains.lists.queries import roadshow
from citybrain.domains.lists.queries import visible as own
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.models import Offer, Resource
from citybrain.kernel.queries import visible
from citybrain.ui.export import csv_response
from citybrain.ui.formats import yuan
from citybrain.ui.labels import kind_choices, kind_name, localised, party_name, purpose_name
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Figure

WAN, MILLION = 1_000_000, 100_000_000
"""Fen in 万元 and in a million yuan."""
ROADSHOW = ListSpec(
    name="roadshow",
    caption=lazy("Roadshow"),
    columns=(
        Column("headline", lazy("Headline"), lambda r: localised(r.headline_zh, r.headline_en)),
        Column("owner", lazy("Owner"), lambda row: party_name(row.resource.owner)),
        Column("shown", lazy("Shown since"), "shown_at", sort="shown_at"),
    ),
    filters=(
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
        Filter("state", lazy("State"), "state", Story.State.choices),
    ),
    search=(
        "headline_zh__icontains",
        "headline_en__icontains",
        "resource__title_zh__icontains",
        "resource__owner__name_zh__icontains",
    ),
    page_sizes=(24, 48),
    empty=lazy("No capability is shown yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Cards, the featured ones first."""
    listing = ListPage(ROADSHOW, own.stories(acting), request.GET)
    if listing.wants_csv:
        return csv_response(listing)
    rows = listing.objects
    figures = roadshow.cards([row.resource for row in rows])
    cards = [_card(row, figures[row.resource_id]) for row in rows]
    return render(request, "lists/roadshow.html", {"page": listing, "cards": cards})


def _card(story: Story, figures: roadshow.Card) -> dict[str, Any]:
    return {
        "story": story,
        "headline": localised(story.headline_zh, story.headline_en),
        "kind": kind_name(story.resource.kind),
        "owner": party_name(story.resource.owner),
        "figures": figures,
        "saved": yuan(figures.saved_fen),
    }


def _story(acting: Acting, ref: str) -> Story:
    """The story of a resource, if one may see it."""
    story = own.stories(acting).filter(resource__ref=ref).first()
    if story is None:
        raise Http404
    return story


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One capability: what it is, who uses it, what it saved."""
    return _shown(request, acting, ref)


def _shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    story = _story(acting, ref)
    resource, done = story.resource, roadshow.achievement(story.resource)
    context = {
        "story": story,
        "resource": resource,
        "headline": localised(story.headline_zh, story.headline_en),
        "text": localised(story.text_zh, story.text_en),
        "kind": kind_name(resource.kind),
        "figures": _figures(resource, done),
        "done": done,
        "purposes": [purpose_name(one) for one in done.purposes],
        "offers": list(visible.offers(acting).filter(_open(), resource=resource)[:5]),
        "may_write": acting.may("story.write", resource.owner),
        "may_feature": acting.may("story.feature"),
    }
    return render(request, "lists/story.html", context, status=status)


def _open() -> Q:
    return Q(status=Offer.Status.OPEN)


def _figures(resource: Resource, done: roadshow.Achievement) -> list[Figure]:
    page_of = reverse("resource", args=[resource.ref])
    asked = f"{reverse('lists-requests')}?{_query(resource)}"
    rating = f"{done.score:g}" if done.score is not None else "—"
    return [
        Figure(_("Parties that use it"), len(done.departments) + done.others, asked, icon="users"),
        Figure(_("Uses granted"), done.uses, page_of, icon="chart-bar", tone="info"),
        Figure(
            _("Public money saved"),
            localised(f"{done.saved_fen / WAN:,.2f}", f"{done.saved_fen / MILLION:,.3f}"),
            reverse("savings"),
            unit=localised("万元", "million CNY"),
            icon="coins",
            tone="good",
        ),
        Figure(
            _("Rating"),
            rating,
            f"{reverse('lists-ratings')}?office={resource.owner.ref}",
            unit=_("of 5"),
            note=_("%(n)s ratings") % {"n": done.rated},
            icon="message-circle",
        ),
    ]


def _query(resource: Resource) -> str:
    from urllib.parse import urlencode

    return urlencode({"q": resource.title_zh[:100]})


@page()
def chart(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Granted uses of each of the last twelve months."""
    months = roadshow.uses_by_month(_story(acting, ref).resource)
    return JsonResponse(
        {
            "type": "bar",
            "title": _("Uses by month"),
            "unit": _("times"),
            "categories": [month.strftime("%Y-%m") for month, _n in months],
            "series": [{"name": _("Uses granted"), "data": [n for _month, n in months]}],
        }
    )


@page("GET", "POST")
def write(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The owner's words, in both languages."""
    resource = visible.one(visible.resources(acting), ref, "资源", "resource")
    authorise(acting, "story.write", resource.owner)
    known = Story.objects.filter(resource=resource).first()
    form = StoryForm(request.POST or None, initial=story_initial(known))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            done, status = attempt(
                form,
                lambda: actions.write_story(acting_party=acting, resource_ref=ref, **given),
            )
            if done:
                messages.success(request, _("The story is kept."))
                return redirect("roadshow-page", ref)
    context = {"form": form, "resource": resource, "known": known}
    return render(request, "lists/story_form.html", context, status=status)


@page("POST")
def press(request: HttpRequest, acting: Acting, ref: str, act: str) -> HttpResponseBase:
    """Show or hide a story; feature it or not."""
    story = _story(acting, ref)
    if act not in ("show", "hide", "feature", "unfeature"):
        raise Http404
    given: dict[str, Any] = {"acting_party": acting, "resource_ref": ref}
    if act in ("show", "hide"):
        authorise(acting, "story.write", story.resource.owner)
        work = lambda: actions.show_story(**given, shown=act == "show")  # noqa: E731
    else:
        authorise(acting, "story.feature")
        work = lambda: actions.feature_story(**given, featured=act == "feature")  # noqa: E731
    url = reverse("roadshow-page", args=[ref])
    return pressed(
        request,
        work,
        _("Done. The record is in the ledger."),
        url,
        lambda status: _shown(request, acting, ref, status),
    )
