"""Problems, clocks, and the three lists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import issues as actions
from citybrain.kernel.models import Issue, Resource
from citybrain.kernel.queries import figures, visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.paging import Page, PageQuery, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import accounting as out
from citybrain.surfaces.api.schemas import exchange, resources
from citybrain.surfaces.api.schemas.common import Filled

router = Router(tags=["care"])


@router.get("/issues", response=Page[out.IssueSummary])
def list_issues(request: HttpRequest, query: Query[out.IssueQuery]) -> Any:
    """Correction requests and disputes."""
    return page_of(queries.issues_of(acting_of(request), query), query)


@router.post("/issues", response={201: out.IssueOut})
def raise_issue(request: HttpRequest, body: out.IssueIn) -> Issue:
    """Say what is wrong with a resource, or with an answer to a request."""
    return actions.raise_issue(
        acting_party=acting_of(request),
        resource_ref=body.resource,
        request_ref=body.request,
        **body.model_dump(exclude={"resource", "request"}),
    )


@router.get("/issues/{ref}", response=out.IssueOut)
def get_issue(request: HttpRequest, response: HttpResponse, ref: str) -> Issue:
    """One problem, with the moves that one can make now."""
    issue = visible.one(visible.issues(acting_of(request)), ref, "问题", "problem")
    tagged(response, issue)
    return issue


@router.post("/issues/{ref}/moves/{move}", response=out.IssueOut)
def move_issue(request: HttpRequest, ref: str, move: str, body: Filled | None = None) -> Issue:
    """Make a move of the process `correction` or `dispute`."""
    return actions.move_issue(
        acting_party=acting_of(request),
        issue_ref=ref,
        move=move,
        given=body.values() if body else {},
        expected_version=expected_of(request, body.expected_version if body else None),
    )


@router.get("/deadlines", response=Page[out.DeadlineOut])
def list_deadlines(request: HttpRequest, query: Query[out.DeadlineQuery]) -> Any:
    """Clocks that one's party is held to; the soonest first."""
    return page_of(queries.deadlines_of(acting_of(request), query), query)


@router.get("/lists", response=out.OverviewOut)
def overview(request: HttpRequest) -> Any:
    """The three lists and the money, in numbers."""
    return figures.overview(acting_of(request))


@router.get("/lists/capabilities", response=Page[resources.ResourceSummary])
def capabilities(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """资源能力清单: what the city has, of every kind."""
    found = visible.resources(acting_of(request)).filter(status=Resource.Status.PUBLISHED)
    return page_of(found, query)


@router.get("/lists/requests", response=Page[exchange.RequestSummary])
def open_requests(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """申请清单: what is asked for and not yet decided."""
    found = visible.requests(acting_of(request)).filter(state__in=figures.OPEN_REQUEST_STATES)
    return page_of(found, query)


@router.get("/lists/problems", response=Page[out.IssueSummary])
def open_problems(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """问题清单: what is wrong and not yet put right."""
    return page_of(visible.issues(acting_of(request)).filter(closed_at=None), query)
