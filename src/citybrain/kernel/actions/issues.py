"""The problem list: correction requests (校核) and disputes, with their clocks."""

from collections.abc import Mapping
from typing import Any

from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Invalid, NotFound
from citybrain.kernel.models import Issue, Request, Resource
from citybrain.kernel.moves import move_of, sides_of
from citybrain.kernel.process import Process, process
from citybrain.kernel.queries import visible

PROCESSES: dict[str, Process] = {
    Issue.Type.CORRECTION: process("correction"),
    Issue.Type.DISPUTE: process("dispute"),
}
POINTER_FIELDS = {"row", "field", "is", "should_be"}


@action("issue.raise")
def raise_issue(
    *,
    acting_party: Acting,
    type: str,
    resource_ref: str,
    title: str,
    detail: str,
    request_ref: str = "",
    pointer: Mapping[str, Any] | None = None,
) -> Issue:
    """Say what is wrong with a resource (correction) or an answer to a request (dispute).

    `pointer` may name `row`, `field`, what it `is` and what it `should_be`.
    """
    authorise(acting_party, "issue.raise", acting_party.party)
    if type not in PROCESSES:
        raise Invalid("unknown-type", "问题类型不存在。", "There is no such type of problem.")
    resource = locked(Resource, resource_ref, "资源", "resource")
    _can_be_spoken_of(resource, acting_party)
    faults = _faults(title, detail, pointer or {})
    if faults:
        raise Invalid("bad-issue", "请更正标出的字段。", "Correct the marked fields.", faults)
    request = None
    if type == Issue.Type.DISPUTE:
        request = _disputed(request_ref, acting_party, resource)
    running = PROCESSES[type]
    issue = Issue.objects.create(
        type=type,
        resource=resource,
        request=request,
        raised_by=acting_party.party,
        title=title.strip(),
        detail=detail.strip(),
        pointer=dict(pointer or {}),
        state=running.initial,
    )
    clocks.start_initial(running, issue.urn, resource.owner, acting_party.party)
    ledger.write("issue.raise", issue, acting_party)
    return issue


def _can_be_spoken_of(resource: Resource, acting: Acting) -> None:
    """One speaks of what one sees, or has asked for before it was withdrawn."""
    seen = visible.resources(acting).filter(pk=resource.pk).exists()
    if not seen and not resource.requests.filter(requester=acting.party).exists():
        raise NotFound("not-found", "找不到该资源。", "There is no such resource.")


def _faults(title: str, detail: str, pointer: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    faults = {}
    if not title.strip() or len(title) > 200:
        faults["title"] = ("请填写标题，不超过200字。", "Give a title of at most 200 characters.")
    if not detail.strip() or len(detail) > 20_000:
        faults["detail"] = ("请说明问题，不超过2万字。", "Say what is wrong (at most 20,000).")
    if set(pointer) - POINTER_FIELDS:
        faults["pointer"] = ("只能指明行、字段、现值和应为值。", "Only row, field, is, should_be.")
    return faults


def _disputed(request_ref: str, acting: Acting, resource: Resource) -> Request:
    request = locked(Request, request_ref, "申请", "request")
    authorise(acting, "request.make", request.requester)
    if request.resource_id != resource.pk:
        raise Invalid(
            "other-resource", "该申请不属于此资源。", "That request is about another resource."
        )
    return request


@action("issue.move")
def move_issue(
    *,
    acting_party: Acting,
    issue_ref: str,
    move: str,
    given: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Issue:
    """Make one move of the process `correction` or `dispute`."""
    issue = locked(Issue, issue_ref, "问题", "problem")
    if not acting_party.may("issue.raise", issue.raised_by):
        authorise(acting_party, "issue.answer", issue.resource.owner)
    expect_version(issue, expected_version)
    running = PROCESSES[issue.type]
    supplied = {name: value.strip() for name, value in (given or {}).items() if value.strip()}
    chosen = move_of(running, issue.state, move, sides_of(acting_party, issue), supplied)
    issue.state = chosen.to
    issue.answer = supplied.get("reasons", issue.answer)
    if running.state(chosen.to).terminal:
        issue.closed_at = clock.now()
    save_next(issue)
    clocks.apply(chosen, issue.urn, issue.resource.owner, issue.raised_by, {})
    ledger.write(f"issue.{move}", issue, acting_party, {"reasons": supplied.get("reasons", "")})
    return issue
