"""What follows from a finished profile: proposals of grades, problems of failing checks."""

from typing import Any

from citybrain.domains.catalogue.models import Expectation, GradeProposal, Profile
from citybrain.domains.catalogue.quality.profiling import GRADES, grade_for
from citybrain.domains.catalogue.quality.rules import rule, sensitive_kinds
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import issues
from citybrain.kernel.actions.base import locked, save_next
from citybrain.kernel.models import Issue

PASSED_ZH = "该检查在最新一次评估中已通过，由系统办结。"
SETTLED = (GradeProposal.State.ACCEPTED, GradeProposal.State.DECLINED)
_WAY = {
    "submitted": "accept",
    "accepted": "verify",
    "verified": "correct",
    "extended": "correct",
    "corrected": "close",
    "not-corrected": "close",
}
"""The moves of the process `correction` that lead from each state to its end."""


def propose(acting: Acting, profile: Profile) -> None:
    """A proposal for every protected column that is not marked, and for the whole resource."""
    marked = {
        str(one.get("name"))
        for one in profile.resource.metadata.get("items", [])
        if one.get("sensitive")
    }
    declined = set(
        GradeProposal.objects.filter(
            resource=profile.resource, state=GradeProposal.State.DECLINED
        ).values_list("column", "kind")
    )
    wanted = [
        one
        for one in profile.found
        if sensitive_kinds()[one["kind"]].personal
        and one["column"] not in marked
        and (one["column"], one["kind"]) not in declined
    ]
    _overtake(acting, profile, {(one["column"], one["kind"]) for one in wanted} | {("", "")})
    for one in wanted:
        grade = sensitive_kinds()[one["kind"]].grade
        _propose(acting, profile, one["column"], one["kind"], grade, one)
    counted = [one for one in profile.found if (one["column"], one["kind"]) not in declined]
    whole = grade_for(counted)
    now = profile.resource.grade
    if whole and GRADES.index(whole) > GRADES.index(now) and ("", whole) not in declined:
        best = max(one["confidence"] for one in counted)
        _propose(acting, profile, "", whole, whole, {"confidence": best, "share": 0})


def _propose(
    acting: Acting, profile: Profile, column: str, kind: str, grade: str, found: dict[str, Any]
) -> None:
    same = GradeProposal.objects.filter(
        resource=profile.resource, column=column, kind=kind, state=GradeProposal.State.OPEN
    )
    if same.exists():
        return
    made = GradeProposal.objects.create(
        resource=profile.resource,
        profile=profile,
        column=column,
        kind=kind,
        grade=grade,
        confidence=found["confidence"],
        share=found["share"],
    )
    ledger.write("grade_proposal.make", made, acting)


def _overtake(acting: Acting, profile: Profile, still: set[tuple[str, str]]) -> None:
    """Open proposals about what is no longer found, or is marked by now."""
    rows = GradeProposal.objects.select_for_update().filter(
        resource=profile.resource, state=GradeProposal.State.OPEN
    )
    for one in rows:
        gone = (one.column, one.kind) not in still and one.column
        raised = not one.column and GRADES.index(one.grade) <= GRADES.index(profile.resource.grade)
        if gone or raised:
            one.state = GradeProposal.State.OVERTAKEN
            save_next(one)
            ledger.write("grade_proposal.overtake", one, acting)


def settle_checks(acting: Acting, profile: Profile) -> None:
    """One open problem for each failing check; closed with a note when it passes again."""
    results = {one["expectation"]: one for one in profile.checks if one["expectation"]}
    rows = Expectation.objects.select_related("issue").filter(ref__in=results)
    for expectation in rows:
        result = results[expectation.ref]
        is_open = expectation.issue is not None and expectation.issue.closed_at is None
        if result["failing"] and not is_open:
            _raise(acting, expectation, result)
        elif not result["failing"] and is_open and expectation.issue:
            close_issue(acting, expectation.issue, PASSED_ZH)


def _raise(acting: Acting, expectation: Expectation, result: dict[str, Any]) -> None:
    shown = "、".join(result["examples"])
    pointer = {"field": result["column"]} if result["column"] else {}
    issue = issues.raise_issue(
        acting_party=acting,
        type=Issue.Type.CORRECTION,
        resource_ref=expectation.resource.ref,
        title=result["zh"][:200],
        detail=(
            f"{result['zh']}：受检{result['tested']}，不合格{result['failing']}。"
            f"\n{result['en']}: {result['failing']} of {result['tested']}."
            + (f"\n例 e.g. {shown}" if shown else "")
        ),
        pointer=pointer,
    )
    held = locked(Expectation, expectation.ref, "检查", "check")
    held.issue = issue
    save_next(held)
    ledger.write("expectation.fail", held, acting, {"failing": result["failing"]})


def close_issue(acting: Acting, issue: Issue, reasons: str) -> None:
    """Walk a problem of the platform's own raising to its end, each move on record."""
    while issue.state in _WAY:
        move = _WAY[issue.state]
        issue = issues.move_issue(
            acting_party=acting, issue_ref=issue.ref, move=move, given={"reasons": reasons}
        )


def source_of(kind: str) -> str:
    """Where the rule behind a proposal stands, for the page that shows it."""
    known = sensitive_kinds().get(kind)
    return known.source if known else rule("grade.highest").source
