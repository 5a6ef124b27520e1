"""Requests: drafting, changing, moving them through their process."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import requests as actions
from citybrain.kernel.models import Request
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.paging import Page, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import exchange as out
from citybrain.surfaces.api.schemas.common import Filled

router = Router(tags=["requests"])


@router.get("/requests", response=Page[out.RequestSummary])
def list_requests(request: HttpRequest, query: Query[out.RequestQuery]) -> Any:
    """Requests that one's party made or has to answer."""
    return page_of(queries.requests_of(acting_of(request), query), query)


@router.post("/requests", response={201: out.RequestOut})
def draft_request(request: HttpRequest, body: out.RequestIn) -> Request:
    """Draft a request for an open offer."""
    return actions.draft_request(
        acting_party=acting_of(request),
        offer_ref=body.offer,
        scenario_code=body.scenario,
        **body.model_dump(exclude={"offer", "scenario"}),
    )


@router.get("/requests/{ref}", response=out.RequestOut)
def get_request(request: HttpRequest, response: HttpResponse, ref: str) -> Request:
    """One request, with the moves that one can make now."""
    found = visible.one(visible.requests(acting_of(request)), ref, "申请", "request")
    tagged(response, found)
    return found


@router.put("/requests/{ref}", response=out.RequestOut)
def change_request(request: HttpRequest, ref: str, body: out.RequestChange) -> Request:
    """Change a draft, or a request that came back to be supplemented."""
    return actions.change_request(
        acting_party=acting_of(request),
        request_ref=ref,
        scenario_code=body.scenario,
        expected_version=expected_of(request, body.expected_version),
        **body.model_dump(exclude={"scenario", "expected_version"}),
    )


@router.post("/requests/{ref}/moves/{move}", response=out.RequestOut)
def move_request(request: HttpRequest, ref: str, move: str, body: Filled | None = None) -> Request:
    """Make a move of the process: submit, accept, supplement, agree, refuse …"""
    return actions.move_request(
        acting_party=acting_of(request),
        request_ref=ref,
        move=move,
        given=body.values() if body else {},
        expected_version=expected_of(request, body.expected_version if body else None),
    )
