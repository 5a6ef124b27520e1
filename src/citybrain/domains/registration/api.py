"""REST routes of the registration: list, show, draft, fill in, submit, decide, certificate."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from citybrain.domains.registration import queries
from citybrain.domains.registration.actions import drafts, moves, objections
from citybrain.domains.registration.actions import registrations as actions
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.models import Application, Objection, Registration
from citybrain.domains.registration.moves import open_moves
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries import visible

prefix = ""
router = Router(tags=["registration"])
Words = Annotated[str, StringConstraints(max_length=20_000)]
Name = Annotated[str, StringConstraints(max_length=60)]
Version = Annotated[int | None, Field(ge=1, le=10**9, description="The version that was seen.")]
PAGE_SIZE = 50


class RegistrationOut(Schema):
    """A registration."""

    ref: str
    urn: str
    version: int
    resource: str = Field(description="Directory code of the resource.")
    registrant: str = Field(description="Name of the registrant.")
    title: str
    code: str | None
    national_number: str | None
    state: str
    valid_from: date | None
    valid_to: date | None
    registered_at: datetime | None

    @staticmethod
    def resolve_resource(record: Registration) -> str:
        return record.resource.code

    @staticmethod
    def resolve_registrant(record: Registration) -> str:
        return record.registrant.name_zh


class ApplicationOut(Schema):
    """An application, with the moves that one can make now."""

    ref: str
    urn: str
    version: int
    kind: str
    state: str
    registration: str = Field(description="Reference of the registration.")
    applicant: str
    content: dict[str, Any]
    notice: str = Field(description="What is to be supplemented.")
    reasons: str
    submitted_at: datetime | None
    noticed_on: date | None
    decided_at: datetime | None
    moves: list[str]

    @staticmethod
    def resolve_registration(record: Application) -> str:
        return record.registration.ref

    @staticmethod
    def resolve_applicant(record: Application) -> str:
        return record.applicant.name_zh

    @staticmethod
    def resolve_content(record: Application, context: Any) -> dict[str, Any]:
        """The answers; what only applicant and bureau read is left out for a third side."""
        return queries.answers_for(record, context["request"].auth)

    @staticmethod
    def resolve_moves(record: Application, context: Any) -> list[str]:
        return [one.code for one in open_moves(record, context["request"].auth)]


class RegistrationPage(Schema):
    """Registrations of one page."""

    items: list[RegistrationOut]
    page: int
    count: int


class ApplicationPage(Schema):
    """Applications of one page."""

    items: list[ApplicationOut]
    page: int
    count: int


class ListQuery(Schema):
    """Which page, and in which state."""

    page: int = Field(1, ge=1, le=1_000_000)
    state: Name = ""


class ResourceIn(Schema):
    """Which resource is to be registered."""

    resource: Name = Field(description="Reference of the resource.")


class AgainIn(Schema):
    """What is applied for: change, correction, renewal or cancellation."""

    kind: Name


class AnswersIn(Schema):
    """The answers of one step."""

    answers: dict[Name, Any] = Field(max_length=40)
    complete: bool = Field(True, description="Whether what is needed must be there.")
    expected_version: Version = None


class MoveIn(Schema):
    """Reasons, where the move needs them."""

    reasons: Words = ""
    expected_version: Version = None


class NationalIn(Schema):
    """The national certificate's number."""

    number: Name
    issued_on: date | None = None
    expected_version: Version = None


class VerdictIn(Schema):
    """The answer to an objection."""

    upheld: bool
    answer: Words
    expected_version: Version = None


class ObjectionOut(Schema):
    """An objection as the bureau reads it."""

    ref: str
    version: int
    name: str
    contact: str
    reasons: str
    evidence: str
    state: str
    answer: str


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting


def _page(rows: QuerySet[Any], query: ListQuery) -> dict[str, Any]:
    found = rows.filter(state=query.state) if query.state else rows
    start = (query.page - 1) * PAGE_SIZE
    items = list(found[start : start + PAGE_SIZE])
    return {"items": items, "page": query.page, "count": found.order_by().count()}


@router.get("/registrations", response=RegistrationPage)
def list_registrations(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """Registrations of the city, and one's own that are applied for; 50 a page."""
    return _page(queries.registrations(_acting(request)), query)


@router.post("/registrations", response={201: ApplicationOut})
def begin_registration(request: HttpRequest, body: ResourceIn) -> Application:
    """Draft the first registration of one's own resource."""
    return drafts.begin_registration(acting_party=_acting(request), resource_ref=body.resource)


@router.get("/registrations/{ref}", response=RegistrationOut)
def get_registration(request: HttpRequest, ref: str) -> Registration:
    """One registration."""
    found = queries.registrations(_acting(request))
    return visible.one(found, ref, "登记", "registration")


@router.post("/registrations/{ref}/applications", response={201: ApplicationOut})
def begin_again(request: HttpRequest, ref: str, body: AgainIn) -> Application:
    """Draft a change, correction, renewal or cancellation."""
    return drafts.begin_again(acting_party=_acting(request), registration_ref=ref, kind=body.kind)


@router.put("/registrations/{ref}/national-number", response=RegistrationOut)
def set_national_number(request: HttpRequest, ref: str, body: NationalIn) -> Registration:
    """Note the number of the national certificate (the bureau)."""
    return actions.set_national_number(
        acting_party=_acting(request), registration_ref=ref, **body.model_dump()
    )


@router.get("/registrations/{ref}/certificate", response=dict[str, Any])
def get_registration_certificate(request: HttpRequest, ref: str) -> dict[str, Any]:
    """The newest certificate: signed content, signature, key, and the ledger's receipt."""
    record = get_registration(request, ref)
    return files.document(queries.certificate_of(record))


@router.get("/registration-applications", response=ApplicationPage)
def list_registration_applications(request: HttpRequest, query: Query[ListQuery]) -> Any:
    """Applications of one's own party, or all for the bureau; 50 a page."""
    return _page(queries.applications(_acting(request)), query)


@router.get("/registration-applications/{ref}", response=ApplicationOut)
def get_registration_application(request: HttpRequest, ref: str) -> Application:
    """One application."""
    found = queries.applications(_acting(request))
    return visible.one(found, ref, "登记申请", "application")


@router.put("/registration-applications/{ref}/steps/{step}", response=ApplicationOut)
def fill_in_registration(request: HttpRequest, ref: str, step: str, body: AnswersIn) -> Application:
    """Keep the answers of one step."""
    return drafts.save_step(
        acting_party=_acting(request), application_ref=ref, step=step, **body.model_dump()
    )


@router.post("/registration-applications/{ref}/moves/{move}", response=ApplicationOut)
def move_registration(request: HttpRequest, ref: str, move: str, body: MoveIn) -> Application:
    """Make a move: submit, accept, supplement, pass, close-notice, code, grant, reject …"""
    return moves.move_application(
        acting_party=_acting(request),
        application_ref=ref,
        move=move,
        given={"reasons": body.reasons},
        expected_version=body.expected_version,
    )


@router.get("/registration-applications/{ref}/objections", response=list[ObjectionOut])
def list_objections(request: HttpRequest, ref: str) -> Any:
    """Objections with who made them: the bureau alone."""
    return queries.objections(_acting(request)).filter(application__ref=ref)[:200]


@router.post("/registration-objections/{ref}/answer", response=ObjectionOut)
def answer_objection(request: HttpRequest, ref: str, body: VerdictIn) -> Objection:
    """Dismiss or uphold an objection (the bureau)."""
    return objections.answer_objection(
        acting_party=_acting(request), objection_ref=ref, **body.model_dump()
    )
