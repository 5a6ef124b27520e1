"""Demands, ratings and the lists as programs read them."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from citybrain.domains.lists.actions import demands as actions
from citybrain.domains.lists.actions import ratings
from citybrain.domains.lists.actions.matches import file_and_match
from citybrain.domains.lists.models import Demand, Match, Rating, Support
from citybrain.domains.lists.queries import board, holding, visible
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party
from citybrain.kernel.queries import visible as kernel
from citybrain.kernel.report.period import period_of

prefix = ""
router = Router(tags=["lists"])

Ref = Annotated[str, StringConstraints(max_length=26)]
Line = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=8000)]
HalfYear = Annotated[str, StringConstraints(pattern=r"^20\d\dH[12]$")]


class WhichPage(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000)
    page_size: int = Field(50, ge=1, le=200)


class DemandQuery(WhichPage):
    """Filters of the demand list."""

    state: Line = ""
    q: Line = ""


class MatchOut(Schema):
    """A resource that may meet the demand; `score` in thousandths."""

    ref: str
    resource: str
    title_zh: str
    score: int
    terms: list[str]
    state: str
    reasons: str

    @staticmethod
    def resolve_resource(obj: Match) -> str:
        """The resource's reference."""
        return obj.resource.ref

    @staticmethod
    def resolve_title_zh(obj: Match) -> str:
        """The resource's title."""
        return obj.resource.title_zh


class DemandOut(Schema):
    """A demand: what is needed, by whom, who holds it."""

    ref: str
    urn: str
    version: int
    created_at: datetime
    title: str
    detail: str
    items: list[str]
    cycle: str
    basis: str
    purpose: str
    scenario: str
    state: str
    reasons: str
    party: str
    office: str | None
    holders: list[str]
    resource: str | None

    @staticmethod
    def resolve_party(obj: Demand) -> str:
        """The demander's reference."""
        return obj.party.ref

    @staticmethod
    def resolve_office(obj: Demand) -> str | None:
        """The assigned office's reference."""
        return obj.office.ref if obj.office else None

    @staticmethod
    def resolve_holders(obj: Demand) -> list[str]:
        """The sides that have to move next: requester, owner, bureau."""
        return [side for side, _party in holding.held_by(obj)]

    @staticmethod
    def resolve_resource(obj: Demand) -> str | None:
        """What met it."""
        return obj.resource.ref if obj.resource else None


class DemandPage(Schema):
    """One page of demands."""

    items: list[DemandOut]
    page: int
    page_size: int
    count: int


class DemandIn(Schema):
    """What is needed that nobody has registered."""

    title: Line
    basis: Text
    purpose: Line
    detail: Text = ""
    scenario: Line = ""
    items: list[Line] = Field(default_factory=list, max_length=100)
    cycle: Line = ""


class Words(Schema):
    """A few words: for what, or why."""

    words: Annotated[str, StringConstraints(max_length=1000)] = ""


class OfficeIn(Schema):
    """The office that should have it."""

    office: Ref


class SupportOut(Schema):
    """Another party that needs the same."""

    ref: str
    words: str


class RatingIn(Schema):
    """A rating of one request or one problem."""

    request: Ref = ""
    issue: Ref = ""
    score: int = Field(ge=1, le=5)
    words: Annotated[str, StringConstraints(max_length=1000)] = ""


class RatingOut(Schema):
    """A rating as it stands."""

    ref: str
    version: int
    created_at: datetime
    score: int
    words: str
    office: str
    party: str

    @staticmethod
    def resolve_office(obj: Rating) -> str:
        """Whose answer was rated."""
        return obj.office.ref

    @staticmethod
    def resolve_party(obj: Rating) -> str:
        """Who rated."""
        return obj.party.ref


class RatingPage(Schema):
    """One page of ratings."""

    items: list[RatingOut]
    page: int
    page_size: int
    count: int


class BoardQuery(Schema):
    """Without a half-year: of all time."""

    period: HalfYear | None = None


class OfficeOut(Schema):
    """One office's figures; rates in per cent, null where there is nothing to share out."""

    office: str
    name_zh: str
    name_en: str
    offered: int
    answered: int
    on_time: float | None
    median_days: float | None
    satisfied: float | None
    problems: int
    corrected_on_time: float | None

    @staticmethod
    def resolve_office(obj: Party) -> str:
        """The office's reference."""
        return obj.ref


class BoardOut(Schema):
    """The board by office."""

    period: str | None
    first: date | None
    last: date | None
    offices: list[OfficeOut]


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting


def _page(rows: QuerySet[Any], query: WhichPage) -> dict[str, Any]:
    start = (query.page - 1) * query.page_size
    return {
        "items": list(rows[start : start + query.page_size]),
        "page": query.page,
        "page_size": query.page_size,
        "count": rows.order_by().count(),
    }


def _demand(request: HttpRequest, ref: str) -> Demand:
    return kernel.one(visible.demands(_acting(request)), ref, "需求", "demand")


@router.get("/demands", response=DemandPage)
def list_demands(request: HttpRequest, query: Query[DemandQuery]) -> Any:
    """What was asked for and nobody has registered, the newest first."""
    rows = visible.demands(_acting(request))
    if query.state:
        rows = rows.filter(state=query.state)
    if query.q:
        rows = rows.filter(title__icontains=query.q)
    return _page(rows, query)


@router.post("/demands", response={201: DemandOut})
def file_demand(request: HttpRequest, body: DemandIn) -> Demand:
    """File a demand; what may meet it is proposed at once."""
    return file_and_match(acting_party=_acting(request), **body.model_dump())


@router.get("/demands/{ref}", response=DemandOut)
def get_demand(request: HttpRequest, ref: str) -> Demand:
    """One demand."""
    return _demand(request, ref)


@router.get("/demands/{ref}/matches", response=list[MatchOut])
def list_matches(request: HttpRequest, ref: str) -> Any:
    """What may meet it, best first, with the terms that both have."""
    rows = _demand(request, ref).matches.select_related("resource")
    return list(rows.filter(resource__in=kernel.resources(_acting(request))))


@router.post("/demands/{ref}/support", response={201: SupportOut})
def support_demand(request: HttpRequest, ref: str, body: Words) -> Support:
    """One's own party needs the same."""
    return actions.support_demand(acting_party=_acting(request), demand_ref=ref, words=body.words)


@router.post("/demands/{ref}/assign", response=DemandOut)
def assign_demand(request: HttpRequest, ref: str, body: OfficeIn) -> Demand:
    """The bureau names the office that should have it."""
    acting = _acting(request)
    return actions.assign_demand(acting_party=acting, demand_ref=ref, office_ref=body.office)


@router.post("/demands/{ref}/refuse", response=DemandOut)
def refuse_demand(request: HttpRequest, ref: str, body: Words) -> Demand:
    """The office or the bureau says why it cannot be met."""
    acting = _acting(request)
    return actions.refuse_demand(acting_party=acting, demand_ref=ref, reasons=body.words)


@router.post("/demands/{ref}/withdraw", response=DemandOut)
def withdraw_demand(request: HttpRequest, ref: str, body: Words) -> Demand:
    """The demander takes it back, saying why."""
    acting = _acting(request)
    return actions.withdraw_demand(acting_party=acting, demand_ref=ref, reasons=body.words)


@router.post("/demands/{ref}/matches/{match}/accept", response=DemandOut)
def accept_match(request: HttpRequest, ref: str, match: str) -> Demand:
    """The demander says that this is what was needed."""
    kernel.one(Match.objects.filter(demand=_demand(request, ref)), match, "匹配", "match")
    return actions.accept_match(acting_party=_acting(request), match_ref=match)


@router.post("/demands/{ref}/matches/{match}/dismiss", response=DemandOut)
def dismiss_match(request: HttpRequest, ref: str, match: str, body: Words) -> Demand:
    """The demander says why it does not fit."""
    kernel.one(Match.objects.filter(demand=_demand(request, ref)), match, "匹配", "match")
    acting = _acting(request)
    return actions.dismiss_match(acting_party=acting, match_ref=match, reasons=body.words)


@router.get("/ratings", response=RatingPage)
def list_ratings(request: HttpRequest, query: Query[WhichPage]) -> Any:
    """Ratings that one's party gave or was given."""
    return _page(visible.ratings(_acting(request)), query)


@router.post("/ratings", response={201: RatingOut})
def rate(request: HttpRequest, body: RatingIn) -> Rating:
    """Rate an answer, or change one's rating while it may be changed."""
    return ratings.rate(
        acting_party=_acting(request),
        request_ref=body.request,
        issue_ref=body.issue,
        score=body.score,
        words=body.words,
    )


@router.get("/lists/board", response=BoardOut)
def board_by_office(request: HttpRequest, query: Query[BoardQuery]) -> Any:
    """What each office offers and how it answers, from the records one may see."""
    acting = _acting(request)
    period = period_of(query.period) if query.period else None
    rows = board.ranked(board.offices(acting, board.figures(acting, period)))
    return {
        "period": query.period,
        "first": period.first if period else None,
        "last": period.last if period else None,
        "offices": list(rows),
    }
