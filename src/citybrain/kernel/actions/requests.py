"""Asking for a resource: drafting a request and moving it through its process."""

from collections.abc import Callable, Mapping
from typing import Any

from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.agreements import draw_up_agreement
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Offer, Request, Resource, Scenario
from citybrain.kernel.moves import move_of, sides_of
from citybrain.kernel.policies import checked_policy, within_offer
from citybrain.kernel.policy.vocabulary import PURPOSES
from citybrain.kernel.process import process

PROCESS = process("request")
OF_THE_AGREEMENT = {"deliver", "suspend", "resume", "end"}
"""Moves that follow from what happens to the agreement (see `actions.agreements`)."""
REQUIRED = {
    "basis": ("请写明使用依据。", "State the basis of the use."),
    "use_scope": ("请写明使用范围。", "State the scope of the use."),
}


@action("request.draft")
def draft_request(
    *,
    acting_party: Acting,
    offer_ref: str,
    purpose: str,
    basis: str,
    use_scope: str,
    scenario_code: str = "",
    policy: dict[str, Any] | None = None,
) -> Request:
    """Draft a request for an open offer; without `policy` it asks for the offer's own.

    Raises `Invalid` when something is missing or the policy goes beyond the offer.
    """
    authorise(acting_party, "request.make", acting_party.party)
    offer = locked(Offer, offer_ref, "供给条件", "offer")
    _can_be_asked_for(offer, acting_party)
    request = Request(
        offer=offer,
        resource=offer.resource,
        requester=acting_party.party,
        state=PROCESS.initial,
    )
    _fill(request, purpose, basis, use_scope, scenario_code, policy)
    request.save()
    ledger.write("request.draft", request, acting_party)
    return request


@action("request.change")
def change_request(
    *,
    acting_party: Acting,
    request_ref: str,
    purpose: str,
    basis: str,
    use_scope: str,
    scenario_code: str = "",
    policy: dict[str, Any] | None = None,
    expected_version: int | None = None,
) -> Request:
    """Change a request while it is a draft or has come back to be supplemented."""
    request = locked(Request, request_ref, "申请", "request")
    authorise(acting_party, "request.make", request.requester)
    expect_version(request, expected_version)
    if request.state not in (PROCESS.initial, "supplement"):
        raise Conflict(
            "not-editable",
            "只有草稿或待补正的申请可以修改。",
            "Only a draft, or a request to be supplemented, can be changed.",
        )
    _fill(request, purpose, basis, use_scope, scenario_code, policy)
    save_next(request)
    ledger.write("request.change", request, acting_party)
    return request


def _can_be_asked_for(offer: Offer, acting: Acting) -> None:
    if offer.status != Offer.Status.OPEN:
        raise Conflict("offer-withdrawn", "该供给条件已撤回。", "The offer has been withdrawn.")
    if offer.resource.status != Resource.Status.PUBLISHED:
        raise Conflict("not-published", "该资源已撤出目录。", "The resource is not published.")
    if offer.resource.share_type == Resource.ShareType.NONE:
        raise Conflict(
            "not-shared",
            "该资源已改为不予共享类。",
            "The resource has become one that is not shared.",
        )
    if offer.resource.owner_id == acting.party.pk:
        raise Conflict(
            "own-resource",
            "本单位的资源无需申请。",
            "There is no need to ask for one's own resource.",
        )


def _fill(
    request: Request,
    purpose: str,
    basis: str,
    use_scope: str,
    scenario_code: str,
    policy: dict[str, Any] | None,
) -> None:
    given = {"basis": basis.strip(), "use_scope": use_scope.strip()}
    faults = {name: REQUIRED[name] for name, value in given.items() if not value}
    if purpose not in PURPOSES:
        faults["purpose"] = ("请从用途目录中选择。", "Choose from the vocabulary of purposes.")
    scenario = Scenario.objects.filter(code=scenario_code, active=True).first()
    if scenario_code and scenario is None:
        faults["scenario_code"] = ("没有该场景。", "There is no such scenario.")
    if faults:
        raise Invalid("bad-request", "请更正标出的字段。", "Correct the marked fields.", faults)
    offered = checked_policy(request.offer.policy)
    wanted = checked_policy(policy) if policy else offered
    within_offer(wanted, offered)
    request.purpose, request.scenario = purpose, scenario
    request.basis, request.use_scope = given["basis"], given["use_scope"]
    request.policy = wanted.canonical()


@action("request.move")
def move_request(
    *,
    acting_party: Acting,
    request_ref: str,
    move: str,
    given: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Request:
    """Make one move of the process `request`: submit, accept, agree, refuse and so on.

    Who may, from which state, with which input and which clocks it starts is in
    `process/definitions/request.toml`. Raises `Conflict` when the state has changed.
    """
    request = locked(Request, request_ref, "申请", "request")
    authorise_side(acting_party, request)
    expect_version(request, expected_version)
    if move in OF_THE_AGREEMENT:
        raise Conflict(
            "through-agreement", "请在协议页面办理。", "Do this on the agreement, not the request."
        )
    supplied = {name: value.strip() for name, value in (given or {}).items() if value.strip()}
    chosen = move_of(PROCESS, request.state, move, sides_of(acting_party, request), supplied)
    EFFECTS.get(move, _nothing)(request, acting_party, supplied)
    request.state = chosen.to
    save_next(request)
    clocks.apply(
        chosen,
        request.urn,
        request.resource.owner,
        request.requester,
        {"share_type": request.resource.share_type},
    )
    ledger.write(f"request.{move}", request, acting_party, {"reasons": supplied.get("reasons", "")})
    return request


def authorise_side(acting: Acting, request: Request) -> None:
    """Only the two sides and the bureau's administrators move a request."""
    allowed = (
        acting.may("request.make", request.requester)
        or acting.may("request.answer", request.resource.owner)
        or acting.may("request.supervise")
    )
    if not allowed:
        authorise(acting, "request.answer", request.resource.owner)


def _nothing(request: Request, acting: Acting, given: Mapping[str, str]) -> None:
    """A move that changes nothing but the state."""


def _submit(request: Request, acting: Acting, given: Mapping[str, str]) -> None:
    _can_be_asked_for(request.offer, acting)
    request.submitted_at = request.submitted_at or clock.now()
    request.notice = ""


def _ask_for_supplement(request: Request, acting: Acting, given: Mapping[str, str]) -> None:
    request.notice = given.get("reasons", "")


def _refuse(request: Request, acting: Acting, given: Mapping[str, str]) -> None:
    request.reasons = given.get("reasons", "")
    request.decided_at = clock.now()


def _agree(request: Request, acting: Acting, given: Mapping[str, str]) -> None:
    request.reasons = given.get("reasons", "")
    request.decided_at = clock.now()
    draw_up_agreement(request, acting)


EFFECTS: dict[str, Callable[[Request, Acting, Mapping[str, str]], None]] = {
    "submit": _submit,
    "supplement": _ask_for_supplement,
    "agree": _agree,
    "refuse": _refuse,
}
