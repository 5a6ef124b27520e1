"""Uses, entries, problems, clocks, the three lists."""

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from citybrain.kernel.models import Deadline, Entry, Issue, Use
from citybrain.surfaces.api.paging import PageQuery
from citybrain.surfaces.api.schemas.common import (
    Day,
    Moment,
    Object,
    PartyRef,
    Recorded,
    ResourceRef,
    Short,
    Text,
)
from citybrain.surfaces.api.schemas.moves import MoveOut, acting_in, open_moves


class UseOut(Schema):
    """One call through the gateway; `ledger_index` is its leaf."""

    ledger_index: int
    at: datetime
    agreement: str | None
    resource: str | None
    consumer: str | None
    outcome: str
    status: int
    reason: str
    operand: str
    purpose: str
    scenario: str
    units: int
    rows: int
    bytes: int
    epsilon: int = Field(description="Privacy loss in millionths.")
    duration_us: int
    request_id: str

    @staticmethod
    def resolve_agreement(obj: Use) -> str | None:
        """Reference of the agreement."""
        return obj.agreement.ref if obj.agreement else None

    @staticmethod
    def resolve_resource(obj: Use) -> str | None:
        """Reference of the resource."""
        return obj.resource.ref if obj.resource else None

    @staticmethod
    def resolve_consumer(obj: Use) -> str | None:
        """Reference of the party that used."""
        return obj.consumer.ref if obj.consumer else None


class UseFilter(Schema):
    """Filters of uses."""

    agreement: Short = ""
    resource: Short = ""
    consumer: Short = ""
    outcome: Use.Outcome | None = None
    since: Moment | None = Field(None, description="From this moment on.")
    until: Moment | None = Field(None, description="Before this moment.")


class UseQuery(UseFilter, PageQuery):
    """Filters and page of the list of uses."""


class UsesOfDay(Schema):
    """The uses of one day (Asia/Shanghai)."""

    day: date
    granted: int
    refused: int
    failed: int
    units: int
    rows: int
    bytes: int


class IssueSummary(Recorded):
    """A problem as lists show it."""

    type: str
    resource: ResourceRef
    raised_by: PartyRef
    title: str
    state: str
    closed_at: datetime | None


class IssueOut(IssueSummary):
    """A problem whole."""

    request: str | None
    detail: str
    pointer: Object
    answer: str
    moves: list[MoveOut]

    @staticmethod
    def resolve_request(obj: Issue) -> str | None:
        """Reference of the request that a dispute is about."""
        return obj.request.ref if obj.request else None

    @staticmethod
    def resolve_moves(obj: Issue, context: Any) -> list[dict[str, Any]]:
        """See `open_moves`."""
        return open_moves(obj, acting_in(context))


class IssueIn(Schema):
    """A problem to be raised."""

    type: Issue.Type
    resource: Short
    title: str = Field(max_length=200)
    detail: Text
    request: Short = Field("", description="The request that a dispute is about.")
    pointer: Object = Field(default_factory=dict, description="row, field, is, should_be")


class IssueQuery(PageQuery):
    """Filters of the list of problems."""

    type: Issue.Type | None = None
    state: Short = ""
    resource: Short = ""
    open: bool | None = None


class DeadlineOut(Recorded):
    """A day by which a party must have done a thing; `rule` names the row of law behind it."""

    subject: str
    party: PartyRef
    rule: str
    started_on: date
    due_on: date
    days: int
    unit: str
    days_left: int | None
    provisional: bool
    calendar: str
    state: str
    met_on: date | None


class DeadlineQuery(PageQuery):
    """Filters of the list of clocks."""

    state: Deadline.State | None = None
    party: Short = ""
    subject: Short = Field("", description="URN of a request or problem.")
    overdue: bool | None = None
    due_until: Day | None = None


class EntryOut(Recorded):
    """Money that follows, in fen."""

    type: str
    party: PartyRef
    counterparty: PartyRef | None
    agreement: str | None
    day: date
    amount_fen: int
    units: int
    basis: Object

    @staticmethod
    def resolve_agreement(obj: Entry) -> str | None:
        """Reference of the agreement."""
        return obj.agreement.ref if obj.agreement else None


class EntryFilter(Schema):
    """Filters of entries."""

    type: Entry.Type | None = None
    party: Short = ""
    agreement: Short = ""
    since: Day | None = Field(None, description="From this day on.")
    until: Day | None = Field(None, description="Up to and including this day.")


class EntryQuery(EntryFilter, PageQuery):
    """Filters and page of the list of entries."""


class Savings(Schema):
    """节省财政资金: what reuse has saved, in all and by the kind of resource."""

    saved_fen: int
    entries: int
    by_kind: dict[str, int]


class SettleIn(Schema):
    """The finished day whose fees shall be booked."""

    day: Day


class OverviewOut(Schema):
    """The three lists and the money, in numbers."""

    resources: int
    kinds: dict[str, int]
    requests_open: int
    requests_agreed: int
    agreements_active: int
    issues_open: int
    overdue: int
    due_soon: int
    saved_fen: int
