"""Beginning an application and filling in its form, step by step."""

from collections.abc import Mapping
from typing import Any

from citybrain.domains.registration.logic import validity
from citybrain.domains.registration.logic.fields import Step, cleaned
from citybrain.domains.registration.logic.steps import DESCRIPTION, WAYS, step_of
from citybrain.domains.registration.models import OPEN_STATES, Application, Registration
from citybrain.domains.registration.moves import PROCESS
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotFound
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible

LIVING = (Registration.State.PENDING, Registration.State.VALID)
EDITABLE = (PROCESS.initial, "supplement")


@action("registration.begin")
def begin_registration(*, acting_party: Acting, resource_ref: str) -> Application:
    """Draft the first registration 首次登记 of one's own resource.

    What the directory knows already is filled in. Raises `Conflict` while another
    registration of the resource lives.
    """
    resource = locked(Resource, resource_ref, "资源", "resource")
    if not visible.resources(acting_party).filter(pk=resource.pk).exists():
        raise NotFound("not-found", "找不到该资源。", "There is no such resource.")
    authorise(acting_party, "registration.apply", resource.owner)
    if resource.registrations.filter(state__in=LIVING).exists():
        raise Conflict(
            "already-registered",
            "该资源已登记或正在申请登记。",
            "The resource is registered already, or its registration is applied for.",
        )
    registration = Registration.objects.create(
        resource=resource, registrant=resource.owner, title=resource.title_zh
    )
    application = Application.objects.create(
        kind=Application.Kind.FIRST,
        registration=registration,
        applicant=resource.owner,
        state=PROCESS.initial,
        content=_known(resource),
    )
    ledger.write("registration.apply", registration, acting_party)
    ledger.write("registration.draft", application, acting_party)
    return application


def _known(resource: Resource) -> dict[str, Any]:
    """What the directory says of the resource already, as answers of the form."""
    items = resource.metadata.get("items") or resource.metadata.get("columns") or []
    rows = [
        {
            "name": str(one.get("title_zh") or one.get("title") or one.get("name") or "")[:100],
            "type": str(one.get("type") or "")[:40],
            "note": "",
        }
        for one in items
        if isinstance(one, Mapping)
    ]
    basic = {
        "title": resource.title_zh[:100],
        "summary": resource.summary_zh,
        "update_cycle": resource.update_cycle,
        "holding": "holds",
    }
    return {"basic": basic, "content": {"items": [one for one in rows if one["name"]]}}


@action("registration.again")
def begin_again(*, acting_party: Acting, registration_ref: str, kind: str) -> Application:
    """Draft a change, correction, renewal or cancellation of a valid registration.

    A correction may be applied for by any party that is interested (利害关系人); all
    others are the registrant's own. Raises `Conflict` while another one is open, and for
    a renewal outside the window before expiry.
    """
    registration = locked(Registration, registration_ref, "登记", "registration")
    applicant = registration.registrant
    if kind == Application.Kind.CORRECTION:
        applicant = acting_party.party
    authorise(acting_party, "registration.apply", applicant)
    _can_begin(registration, kind)
    application = Application.objects.create(
        kind=kind,
        registration=registration,
        applicant=applicant,
        state=PROCESS.initial,
        content=_inherited(registration, kind, applicant.pk == registration.registrant_id),
    )
    ledger.write("registration.draft", application, acting_party)
    return application


def _can_begin(registration: Registration, kind: str) -> None:
    if kind not in WAYS or kind == Application.Kind.FIRST:
        raise Invalid("unknown-kind", "没有该登记类型。", "There is no such kind of registration.")
    if registration.state != Registration.State.VALID:
        raise Conflict("not-valid", "该登记当前无效。", "The registration is not valid.")
    if registration.applications.filter(state__in=OPEN_STATES).exists():
        raise Conflict(
            "application-open",
            "该登记已有在办申请，请先办结或撤回。",
            "Another application about it is open; have it decided or withdraw it first.",
        )
    last = registration.valid_to
    if kind != Application.Kind.RENEWAL or last is None:
        return
    if not validity.may_renew(last, clock.today()):
        opens = validity.renewal_opens(last)
        raise Conflict(
            "too-early",
            f"续展自{opens}起可以申请。",
            f"A renewal can be applied for from {opens} on.",
        )


def _inherited(registration: Registration, kind: str, own: bool) -> dict[str, Any]:
    """What was registered last, to start from; contacts are not shown to somebody else."""
    codes = {one.code for one in WAYS[kind]} & {one.code for one in DESCRIPTION}
    kept = {code: dict(registration.content.get(code) or {}) for code in codes}
    promises = [name for name in kept.get("undertaking", {}) if name.startswith("promise_")]
    for name in promises:
        # A promise is made anew each time.
        kept["undertaking"][name] = False
    if not own:
        kept = {code: _public_answers(code, kind, answers) for code, answers in kept.items()}
    return kept


def _public_answers(code: str, kind: str, answers: dict[str, Any]) -> dict[str, Any]:
    step = step_of(kind, code)
    public = {one.name for one in step.fields if one.public} if step else set()
    return {name: value for name, value in answers.items() if name in public}


@action("registration.fill-in")
def save_step(
    *,
    acting_party: Acting,
    application_ref: str,
    step: str,
    answers: Mapping[str, Any],
    complete: bool = True,
    expected_version: int | None = None,
) -> Application:
    """Keep one page of the form; with `complete=False` also a half-filled one, for later."""
    application = locked(Application, application_ref, "登记申请", "application")
    authorise(acting_party, "registration.apply", application.applicant)
    expect_version(application, expected_version)
    if application.state not in EDITABLE:
        raise Conflict(
            "not-editable",
            "只有草稿或待补正的申请可以修改。",
            "Only a draft, or an application to be supplemented, can be changed.",
        )
    page = step_of(application.kind, step)
    if page is None:
        raise NotFound("not-found", "没有该步骤。", "There is no such step.")
    kept, faults = cleaned(page, answers, complete)
    if faults:
        raise Invalid("bad-answers", "请更正标出的字段。", "Correct the marked fields.", faults)
    application.content = {**application.content, page.code: kept}
    save_next(application)
    ledger.write("registration.fill-in", application, acting_party, {"step": page.code})
    return application


def faults_of(application: Application) -> dict[str, tuple[str, str]]:
    """Everything that is still wrong or missing, by "step.field"."""
    found: dict[str, tuple[str, str]] = {}
    for step in WAYS[application.kind]:
        found |= _faults_of(step, application.content.get(step.code) or {})
    return found


def _faults_of(step: Step, answers: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    faults = cleaned(step, answers, complete=True)[1]
    return {f"{step.code}.{name}": fault for name, fault in faults.items()}
