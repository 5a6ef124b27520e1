"""One of everything of this app, for tests that walk over every page."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tests import exchange
from tests.personas import City

from citybrain.domains.lists.actions import demands, ratings, stories
from citybrain.domains.lists.actions.escalations import escalate_due
from citybrain.domains.lists.actions.matches import file_and_match
from citybrain.domains.lists.models import Demand, Escalation, Match, Story
from citybrain.kernel import clock
from citybrain.kernel.actions import issues
from citybrain.kernel.models import Agreement, Issue, Request, Resource
from citybrain.kernel.sealing import seal_all

LONG_AGO = datetime(2025, 3, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """The transport commission offers, civil affairs asks, raises and needs more."""

    city: City
    resource: Resource
    agreement: Agreement
    request: Request
    overdue: Request
    issue: Issue
    demand: Demand
    matched: Demand
    match: Match
    escalation: Escalation
    story: Story


def build_world(city: City) -> World:
    """Everything once, by the real actions; sealed."""
    agreement, _secret = exchange.active(city)
    with clock.at(LONG_AGO):
        overdue = exchange.requested(city, exchange.offered(city, code="T-0002"))
    issue = issues.raise_issue(
        acting_party=city.ci,
        type="correction",
        resource_ref=agreement.resource.ref,
        title="线路终点有误",
        detail="25路终点应为火车站",
    )
    escalate_due()
    ratings.rate(acting_party=city.ci, request_ref=agreement.request.ref, score=5, words="答复很快")
    matched = filed(city, "公交线路与站点")
    demand = filed(city, "养老机构床位")
    demand = demands.assign_demand(
        acting_party=city.lin, demand_ref=demand.ref, office_ref=city.health.ref
    )
    story = told(city, agreement.resource)
    seal_all()
    return World(
        city=city,
        resource=agreement.resource,
        agreement=agreement,
        request=agreement.request,
        overdue=overdue,
        issue=issue,
        demand=demand,
        matched=matched,
        match=Match.objects.filter(demand=matched).latest("pk"),
        escalation=Escalation.objects.get(),
        story=story,
    )


def filed(city: City, title: str, **given: object) -> Demand:
    """A demand of civil affairs."""
    described = {"basis": "职责法定", "purpose": "public-service"} | given
    return file_and_match(acting_party=city.ci, title=title, **described)


def told(city: City, resource: Resource, shown: bool = True) -> Story:
    """A story of the transport commission."""
    stories.write_story(
        acting_party=city.su,
        resource_ref=resource.ref,
        headline_zh="一张线路表，多个窗口共用",
        headline_en="One table of lines for many counters",
        text_zh="窗口不再各自录入线路。",
        text_en="Counters no longer type lines on their own.",
    )
    return stories.show_story(acting_party=city.su, resource_ref=resource.ref, shown=shown)
