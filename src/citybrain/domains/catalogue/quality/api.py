"""Routes of quality below /api/v1."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from citybrain.domains.catalogue.models import Expectation, GradeProposal, Profile
from citybrain.domains.catalogue.quality import jobs, queries
from citybrain.domains.catalogue.quality.actions import decisions, profiles
from citybrain.domains.catalogue.quality.preview import preview
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import Conflict, NotFound
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.models import Resource

router = Router(tags=["quality"])


class ProfileOut(Schema):
    """A profile. Scores are hundredths of a percent, null when not measured."""

    ref: str
    version: int
    state: str
    progress: int
    resource_version: int
    started_at: datetime | None
    finished_at: datetime | None
    content_at: datetime | None
    due_on: date | None
    late_days: int | None
    rows: int | None
    overall: int | None
    scores: dict[str, int | None]
    columns: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    found: list[dict[str, Any]]
    reason_zh: str
    reason_en: str


class CheckIn(Schema):
    """A check to write; `values` as its rule knows them (see docs/quality.md)."""

    rule: str = Field(max_length=12)
    column: str = Field("", max_length=64)
    values: dict[str, Any] = Field(default_factory=dict)
    note: str = Field("", max_length=300)


class CheckOut(CheckIn):
    """A check."""

    ref: str
    active: bool
    issue: str | None = None

    @staticmethod
    def resolve_issue(obj: Expectation) -> str | None:
        """Reference of the problem that it opened last."""
        return obj.issue.ref if obj.issue else None


class ProposalOut(Schema):
    """A proposed grade; `column` is empty for the resource as a whole."""

    ref: str
    column: str
    kind: str
    grade: str
    confidence: int
    share: int
    state: str
    reasons: str


class Why(Schema):
    """Reasons."""

    reasons: str = Field(max_length=2000)


class PreviewOut(Schema):
    """The first rows, protected columns masked."""

    names: list[str]
    hidden: list[str]
    rows: list[list[str]]


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting


def _inside(request: HttpRequest, ref: str) -> Resource:
    acting = _acting(request)
    resource = queries.table_resource(acting, ref)
    if not queries.is_insider(acting, resource):
        raise NotFound("not-found", "找不到该数据表。", "There is no such table.")
    return resource


_VALUES = ("low", "high", "mean", "top", "patterns", "examples")


def _shown(profile: Profile, acting: Acting) -> dict[str, Any]:
    """A profile without what shows values, for those who may not see the data."""
    made = {name: getattr(profile, name) for name in ProfileOut.model_fields}
    if not queries.is_insider(acting, profile.resource):
        for name in ("columns", "checks"):
            made[name] = [
                {key: one for key, one in row.items() if key not in _VALUES} for row in made[name]
            ]
    return made


@router.get("/resources/{ref}/profile", response=ProfileOut)
def get_profile(request: HttpRequest, ref: str) -> Any:
    """The newest finished profile of a table."""
    acting = _acting(request)
    found = queries.latest(queries.table_resource(acting, ref))
    if found is None:
        raise NotFound("not-profiled", "该数据表尚未评估。", "This table has no profile yet.")
    return _shown(found, acting)


@router.post("/resources/{ref}/profile", response={202: ProfileOut})
def ask_profile(request: HttpRequest, ref: str) -> Any:
    """Have a table looked at; small ones are done when this answers."""
    acting = _acting(request)
    queries.table_resource(acting, ref)
    asked = profiles.ask_profile(acting_party=acting, resource_ref=ref)
    return _shown(jobs.run(asked) if jobs.is_quick(asked) else asked, acting)


@router.get("/profiles/{ref}", response=ProfileOut)
def get_one_profile(request: HttpRequest, ref: str) -> Any:
    """One profile, with its progress."""
    acting = _acting(request)
    return _shown(queries.profile_seen(acting, ref), acting)


@router.post("/profiles/{ref}/cancel", response=ProfileOut)
def cancel_profile(request: HttpRequest, ref: str) -> Any:
    """Stop one that waits or runs."""
    acting = _acting(request)
    queries.profile_seen(acting, ref)
    return _shown(profiles.cancel_profile(acting_party=acting, profile_ref=ref), acting)


@router.get("/resources/{ref}/checks", response=list[CheckOut])
def list_checks(request: HttpRequest, ref: str) -> Any:
    """The active checks of a table."""
    rows = Expectation.objects.select_related("issue")
    return list(rows.filter(resource=_inside(request, ref), active=True))


@router.post("/resources/{ref}/checks", response={201: list[CheckOut]})
def write_checks(request: HttpRequest, ref: str, body: list[CheckIn]) -> Any:
    """Write checks, all or none."""
    queries.table_resource(_acting(request), ref)
    return decisions.import_expectations(
        acting_party=_acting(request),
        resource_ref=ref,
        wanted=[one.model_dump() for one in body],
    )


@router.delete("/checks/{ref}", response=CheckOut)
def drop_check(request: HttpRequest, ref: str) -> Any:
    """Run a check no more."""
    return decisions.drop_expectation(acting_party=_acting(request), expectation_ref=ref)


@router.get("/resources/{ref}/grade-proposals", response=list[ProposalOut])
def list_grade_proposals(request: HttpRequest, ref: str) -> Any:
    """What looking at the content proposes."""
    return list(GradeProposal.objects.filter(resource=_inside(request, ref))[:200])


@router.post("/grade-proposals/{ref}/accept", response=ProposalOut)
def accept_grade_proposal(request: HttpRequest, ref: str) -> Any:
    """Take it over."""
    return decisions.accept_proposal(acting_party=_acting(request), proposal_ref=ref)


@router.post("/grade-proposals/{ref}/decline", response=ProposalOut)
def decline_grade_proposal(request: HttpRequest, ref: str, body: Why) -> Any:
    """Leave it as it is, with reasons."""
    return decisions.decline_proposal(
        acting_party=_acting(request), proposal_ref=ref, reasons=body.reasons
    )


@router.get("/resources/{ref}/preview", response=PreviewOut)
def get_preview(request: HttpRequest, ref: str) -> Any:
    """The first rows, masked; for the owner's party and the bureau."""
    resource = _inside(request, ref)
    try:
        found = preview(resource, data_root())
    except ServeError as error:
        raise Conflict(error.reason, error.detail_zh, error.detail_en) from None
    return {
        "names": found.names,
        "hidden": sorted(found.hidden),
        "rows": [one.cells for one in found.rows],
    }
