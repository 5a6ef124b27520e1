"""Routes of packs and runs below /api/v1: the same actions as the pages'."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from citybrain.flows.actions import runs as actions
from citybrain.flows.models import PackVersion, Run
from citybrain.flows.queries import newest_packs, reads_data, visible_packs, visible_runs
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound

prefix = ""
router = Router(tags=["scenarios"])
MOST = 100


class PackOut(Schema):
    """One version of a scenario pack; `digest` is SHA-256 over its files."""

    ref: str
    code: str
    number: int
    label: str
    digest: str
    title_zh: str
    title_en: str
    kind: str
    state: str
    owner: str
    activated_at: datetime | None

    @staticmethod
    def resolve_owner(obj: PackVersion) -> str:
        """URN of the office."""
        return obj.owner.urn


class PackFiles(PackOut):
    """A version with its files, name → text."""

    files: dict[str, str]


class OutcomeOut(Schema):
    """What a step came to. `sets` is null for those who may not read the case's data."""

    seq: int
    step: str
    do: str
    next: str
    created_at: datetime
    detail: dict[str, Any]
    sets: dict[str, Any] | None


class RunOut(Schema):
    """A case. `pack` is the code and `digest` the version with which it began, `step` where it
    stands, `problem` why it stopped."""

    ref: str
    number: str
    pack: str
    digest: str
    state: str
    step: str
    result: str
    problem: dict[str, str]
    created_at: datetime
    ended_at: datetime | None


class RunWhole(RunOut):
    """A case with what is known, what was done, and the papers waived."""

    data: dict[str, Any] | None
    outcomes: list[OutcomeOut]
    waived: list[str]


class StartIn(Schema):
    """A case to begin: a pack's code and fields; the same `number` begins one case only."""

    code: str = Field(max_length=60)
    number: str = Field("", max_length=28, pattern=r"^[A-Za-z0-9-]*$")
    given: dict[str, Any] = Field(default_factory=dict)


class GivenIn(Schema):
    """Fields that the present step asks for."""

    given: dict[str, Any] = Field(default_factory=dict)


class DecideIn(GivenIn):
    """How a person ends a step; `step` is what the person saw."""

    step: str = Field(max_length=40)
    outcome: str = Field(max_length=40)
    reasons: str = Field("", max_length=2000)


class EventIn(Schema):
    """An event that the case waits for."""

    event: str = Field(max_length=40)


class ReasonsIn(Schema):
    """Why."""

    reasons: str = Field(max_length=2000)


class RunsQuery(Schema):
    """Which cases: after a reference, the newest first; `limit` up to 100."""

    state: str = Field("", max_length=9)
    pack: str = Field("", max_length=60)
    before: str = Field("", max_length=26)
    limit: int = Field(50, ge=1, le=MOST)


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting


def _found(request: HttpRequest, ref: str) -> Run:
    run = visible_runs(_acting(request)).filter(ref=ref).first()
    if run is None:
        raise NotFound("not-found", "找不到该办件。", "There is no such run.")
    return run


def _brief(run: Run) -> dict[str, Any]:
    """The case as `RunOut`."""
    made = {name: getattr(run, name, None) for name in RunOut.model_fields}
    return made | {"pack": run.pack.code, "digest": run.pack.digest}


def _whole(acting: Acting, run: Run) -> dict[str, Any]:
    """The case as `RunWhole`, personal data for its office alone."""
    reads = reads_data(acting, run)
    outcomes = [
        {name: getattr(one, name) for name in OutcomeOut.model_fields}
        | ({} if reads else {"sets": None, "detail": {}})
        for one in run.outcomes.order_by("seq")
    ]
    return _brief(run) | {
        "data": run.data if reads else None,
        "outcomes": outcomes,
        "waived": list(run.waivers.values_list("material", flat=True)),
    }


@router.get("/packs", response=list[PackOut])
def list_packs(request: HttpRequest) -> Any:
    """Of each pack the version in use, or the newest that one may see."""
    return list(newest_packs(_acting(request)).order_by("code"))


@router.get("/packs/{ref}", response=PackFiles)
def get_pack(request: HttpRequest, ref: str) -> Any:
    """One version with its files."""
    found = visible_packs(_acting(request)).defer(None).filter(ref=ref).first()
    if found is None:
        raise NotFound("not-found", "找不到该场景包。", "There is no such pack.")
    return found


@router.get("/runs", response=list[RunOut])
def list_runs(request: HttpRequest, query: Query[RunsQuery]) -> Any:
    """Cases of one's office, the newest first."""
    rows = visible_runs(_acting(request)).filter(parent=None).order_by("-ref")
    for name, value in (("state", query.state), ("pack__code", query.pack)):
        rows = rows.filter(**{name: value}) if value else rows
    rows = rows.filter(ref__lt=query.before) if query.before else rows
    return [_brief(one) for one in rows[: query.limit]]


@router.post("/runs", response={201: RunWhole})
def start_run(request: HttpRequest, body: StartIn) -> Any:
    """Begin a case."""
    acting = _acting(request)
    run = actions.start_run(
        acting_party=acting, code=body.code, given=body.given, number=body.number
    )
    return _whole(acting, run)


@router.get("/runs/{ref}", response=RunWhole)
def get_run(request: HttpRequest, ref: str) -> Any:
    """One case."""
    return _whole(_acting(request), _found(request, ref))


@router.post("/runs/{ref}/answer", response=RunWhole)
def answer_run(request: HttpRequest, ref: str, body: GivenIn) -> Any:
    """Give fields that the present step asks for."""
    acting, run = _acting(request), _found(request, ref)
    return _whole(
        acting, actions.answer_step(acting_party=acting, run_ref=run.ref, given=body.given)
    )


@router.post("/runs/{ref}/decide", response=RunWhole)
def decide_run(request: HttpRequest, ref: str, body: DecideIn) -> Any:
    """End the step that waits for a person."""
    acting, run = _acting(request), _found(request, ref)
    done = actions.decide_step(acting_party=acting, run_ref=run.ref, **body.model_dump())
    return _whole(acting, done)


@router.post("/runs/{ref}/event", response=RunWhole)
def tell_run(request: HttpRequest, ref: str, body: EventIn) -> Any:
    """Say that what the case waits for has come."""
    acting, run = _acting(request), _found(request, ref)
    return _whole(
        acting, actions.tell_event(acting_party=acting, run_ref=run.ref, event=body.event)
    )


@router.post("/runs/{ref}/cancel", response=RunWhole)
def cancel_run(request: HttpRequest, ref: str, body: ReasonsIn) -> Any:
    """Withdraw the case."""
    acting, run = _acting(request), _found(request, ref)
    return _whole(
        acting, actions.cancel_run(acting_party=acting, run_ref=run.ref, reasons=body.reasons)
    )
