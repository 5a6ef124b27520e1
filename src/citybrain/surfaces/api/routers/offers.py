"""Offers and scenarios."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import resources as actions
from citybrain.kernel.models import Offer, Scenario
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.paging import Held, Page, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import resources as out
from citybrain.surfaces.api.schemas.common import Seen

router = Router(tags=["offers"])


@router.get("/offers", response=Page[out.OfferSummary])
def list_offers(request: HttpRequest, query: Query[out.OfferQuery]) -> Any:
    """Open offers, and one's own in any state."""
    return page_of(queries.offers_of(acting_of(request), query), query)


@router.post("/offers", response={201: out.OfferOut})
def make_offer(request: HttpRequest, body: out.OfferIn) -> Offer:
    """Offer a published resource under a policy."""
    given = body.model_dump(exclude={"resource"})
    return actions.make_offer(acting_party=acting_of(request), resource_ref=body.resource, **given)


@router.get("/offers/{ref}", response=out.OfferOut)
def get_offer(request: HttpRequest, response: HttpResponse, ref: str) -> Offer:
    """One offer with its clauses in words."""
    offer = visible.one(visible.offers(acting_of(request)), ref, "供给条件", "offer")
    tagged(response, offer)
    return offer


@router.post("/offers/{ref}/withdraw", response=out.OfferOut)
def withdraw_offer(request: HttpRequest, ref: str, body: Seen | None = None) -> Offer:
    """Take an offer back; agreements made under it stand."""
    with Held(Offer, ref, expected_of(request, body.expected_version if body else None)):
        return actions.withdraw_offer(acting_party=acting_of(request), offer_ref=ref)


@router.get("/scenarios", response=Page[out.ScenarioOut])
def list_scenarios(request: HttpRequest, query: Query[out.ScenarioQuery]) -> Any:
    """Why resources are used."""
    return page_of(queries.scenarios_of(acting_of(request), query), query)


@router.post("/scenarios", response={201: out.ScenarioOut})
def register_scenario(request: HttpRequest, body: out.ScenarioIn) -> Scenario:
    """Register a scenario of one's own party, or (bureau) of another."""
    acting = acting_of(request)
    given = body.model_dump(exclude={"owner"})
    owner = queries.party_named(body.owner) if body.owner else acting.party
    return actions.register_scenario(acting_party=acting, owner=owner, **given)


@router.get("/scenarios/{code}", response=out.ScenarioOut)
def get_scenario(request: HttpRequest, response: HttpResponse, code: str) -> Scenario:
    """One scenario by its code."""
    scenario = queries.scenario_named(acting_of(request), code)
    tagged(response, scenario)
    return scenario
