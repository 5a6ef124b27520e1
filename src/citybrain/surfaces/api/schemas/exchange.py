"""Requests, agreements, tokens, consents."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from citybrain.kernel.models import Agreement, Party, Request
from citybrain.surfaces.api.paging import PageQuery
from citybrain.surfaces.api.schemas.clauses import ClauseOut, both_clauses
from citybrain.surfaces.api.schemas.common import (
    Moment,
    Object,
    PartyRef,
    Recorded,
    ResourceRef,
    Short,
    Text,
    Version,
)
from citybrain.surfaces.api.schemas.moves import MoveOut, acting_in, open_moves


class ScenarioRef(Schema):
    """A scenario, in short."""

    code: str
    title_zh: str
    title_en: str


class RequestSummary(Recorded):
    """A request as lists show it."""

    resource: ResourceRef
    requester: PartyRef
    scenario: ScenarioRef | None
    purpose: str
    state: str
    submitted_at: datetime | None
    decided_at: datetime | None


class RequestOut(RequestSummary):
    """A request whole, with the moves that are open to the acting party."""

    offer: str
    owner: PartyRef
    basis: str
    use_scope: str
    policy: Object
    notice: str
    reasons: str
    agreement: str | None = Field(description="Reference of the agreement that came of it.")
    moves: list[MoveOut]

    @staticmethod
    def resolve_offer(obj: Request) -> str:
        """Reference of the offer that is asked for."""
        return obj.offer.ref

    @staticmethod
    def resolve_owner(obj: Request) -> Party:
        """Who answers."""
        return obj.resource.owner

    @staticmethod
    def resolve_agreement(obj: Request) -> str | None:
        """None while nothing is agreed."""
        agreement = getattr(obj, "agreement", None)
        return agreement.ref if agreement else None

    @staticmethod
    def resolve_moves(obj: Request, context: Any) -> list[dict[str, Any]]:
        """See `open_moves`."""
        return open_moves(obj, acting_in(context))


class RequestIn(Schema):
    """A request to be drafted; without a policy it asks for the offer's own."""

    offer: Short = Field(description="Reference of an open offer.")
    purpose: str = Field(max_length=40)
    basis: Text
    use_scope: Text
    scenario: str = Field("", max_length=60, description="Code of a scenario.")
    policy: Object | None = None


class RequestChange(Schema):
    """A draft, or a request to be supplemented, as it shall be."""

    purpose: str = Field(max_length=40)
    basis: Text
    use_scope: Text
    scenario: str = Field("", max_length=60)
    policy: Object | None = None
    expected_version: Version = None


class RequestQuery(PageQuery):
    """Filters of the list of requests."""

    state: Short = ""
    resource: Short = ""
    requester: Short = ""
    owner: Short = ""
    scenario: Short = Field("", description="Code of a scenario.")


class AgreementSummary(Recorded):
    """An agreement as lists show it."""

    resource: ResourceRef
    provider: PartyRef
    consumer: PartyRef
    purpose: str
    state: str
    valid_from: datetime | None
    valid_until: datetime | None
    signed_at: datetime | None


class AgreementOut(AgreementSummary):
    """An agreement whole."""

    request: str
    scenario: ScenarioRef | None
    policy: Object
    policy_digest: str
    clauses: list[ClauseOut]
    state_reason: str
    signatures: list[Object]
    paid_fen: int

    @staticmethod
    def resolve_request(obj: Agreement) -> str:
        """Reference of the request that it came of."""
        return obj.request.ref

    @staticmethod
    def resolve_clauses(obj: Agreement) -> list[dict[str, Any]]:
        """See `both_clauses`."""
        return both_clauses(obj.policy)


class AgreementQuery(PageQuery):
    """Filters of the list of agreements."""

    state: Agreement.State | None = None
    resource: Short = ""
    provider: Short = ""
    consumer: Short = ""


class TokenIn(Schema):
    """A token to be issued."""

    label: Short = ""


class CountersignIn(TokenIn):
    """The consumer's signature; `label` names the first token."""

    expected_version: Version = None


class TokenOut(Recorded):
    """A token without its secret."""

    label: str
    hint: str
    revoked_at: datetime | None


class NewToken(Schema):
    """A new token, shown this once."""

    token: str


class Countersigned(Schema):
    """An agreement in force, and its first token, shown this once."""

    agreement: AgreementOut
    token: str


class PaymentIn(Schema):
    """A payment that the provider has received."""

    amount_fen: int = Field(ge=1, le=10**15)
    receipt: str = Field(min_length=1, max_length=60)


class ConsentIn(Schema):
    """A person's consent, under the person's pseudonym."""

    subject: str = Field(pattern=r"^[0-9a-f]{64}$")
    valid_until: Moment | None = None


class ConsentOut(Recorded):
    """A consent; the person is known by pseudonym only."""

    subject: str
    valid_until: datetime | None
    withdrawn_at: datetime | None
