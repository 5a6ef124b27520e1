"""What people decide: proposals of grades, checks, and opening a preview unmasked."""

from collections.abc import Mapping, Sequence
from typing import Any

from citybrain.domains.catalogue.models import Expectation, GradeProposal
from citybrain.domains.catalogue.quality import expecting
from citybrain.domains.catalogue.quality.actions import follow_up
from citybrain.domains.catalogue.quality.profiling import referred, table_of
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Resource

MOST_CHECKS = 200
SHORTEST_REASON, LONGEST_REASON = 5, 2_000
DROPPED_ZH = "该检查已被删除，由系统办结。"


@action("grade_proposal.accept")
def accept_proposal(*, acting_party: Acting, proposal_ref: str) -> GradeProposal:
    """Mark the column as protected, or raise the resource's grade: as a change of the resource."""
    proposal = _open(acting_party, proposal_ref)
    resource = proposal.resource
    if proposal.column:
        items = [dict(one) for one in resource.metadata.get("items", [])]
        for one in items:
            if one["name"] == proposal.column:
                one["sensitive"] = True
        changed: dict[str, Any] = {"metadata": resource.metadata | {"items": items}}
    else:
        changed = {"grade": proposal.grade}
    resources.change_resource(acting_party=acting_party, resource_ref=resource.ref, **changed)
    return _decided(acting_party, proposal, GradeProposal.State.ACCEPTED, "")


@action("grade_proposal.decline")
def decline_proposal(*, acting_party: Acting, proposal_ref: str, reasons: str) -> GradeProposal:
    """Say why it stays as it is; the same is not proposed again."""
    proposal = _open(acting_party, proposal_ref)
    return _decided(acting_party, proposal, GradeProposal.State.DECLINED, reasons_of(reasons))


def _open(acting: Acting, ref: str) -> GradeProposal:
    proposal = locked(GradeProposal, ref, "分级建议", "proposal")
    authorise(acting, "quality.manage", proposal.resource.owner)
    if proposal.state != GradeProposal.State.OPEN:
        raise Conflict("decided", "该建议已处理。", "This proposal has been decided already.")
    return proposal


def _decided(acting: Acting, proposal: GradeProposal, state: str, why: str) -> GradeProposal:
    proposal.state, proposal.reasons = state, why
    proposal.decided_by, proposal.decided_at = acting.party, clock.now()
    save_next(proposal)
    verb = "accept" if state == GradeProposal.State.ACCEPTED else "decline"
    ledger.write(f"grade_proposal.{verb}", proposal, acting, {"reasons": why})
    return proposal


def reasons_of(text: str) -> str:
    """Reasons as they are kept. Raises `Invalid` for none."""
    made = text.strip()
    if not SHORTEST_REASON <= len(made) <= LONGEST_REASON:
        words = (
            f"请说明理由（{SHORTEST_REASON}至{LONGEST_REASON}字）。",
            f"Give reasons of {SHORTEST_REASON} to {LONGEST_REASON:,} characters.",
        )
        raise Invalid("reasons-missing", *words, {"reasons": words})
    return made


@action("preview.unmask")
def unmask_preview(*, acting_party: Acting, resource_ref: str, reasons: str) -> Resource:
    """Open a resource's preview unmasked, on record: who, when, why."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "preview.unmask", resource.owner)
    table_of(resource)
    ledger.write("preview.unmask", resource, acting_party, {"reasons": reasons_of(reasons)})
    return resource


@action("expectation.write")
def write_expectation(
    *,
    acting_party: Acting,
    resource_ref: str,
    rule: str,
    column: str = "",
    values: Mapping[str, Any] | None = None,
    note: str = "",
) -> Expectation:
    """A check that every new profile runs. Raises `Invalid`, naming each faulty field."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "quality.manage", resource.owner)
    given = {name: one for name, one in (values or {}).items() if one not in ("", None)}
    _check(resource, rule, column, given)
    same = Expectation.objects.filter(
        resource=resource, rule=rule, column=column, active=True, values=given
    )
    if same.exists():
        raise Conflict("same-check", "已有相同的检查。", "The same check is there already.")
    made = Expectation.objects.create(
        resource=resource, rule=rule, column=column, values=given, note=note.strip()
    )
    ledger.write("expectation.write", made, acting_party)
    return made


def _check(resource: Resource, rule: str, column: str, values: Mapping[str, Any]) -> None:
    found = expecting.faults(rule, column, values, table_of(resource))
    if not found and rule == "refers_to":
        target = referred(resource, str(values["resource"]))
        if target is None:
            found["resource"] = (
                "只能引用本单位或无条件共享的L1数据表。",
                "Only one's own office's tables, or L1 tables shared with all.",
            )
        elif not expecting.is_joinable(table_of(target), str(values["column"])):
            found["ref_column"] = ("被引用的表没有这一列。", "That table has no such column.")
    if not found and Expectation.objects.filter(resource=resource, active=True).count() >= (
        MOST_CHECKS
    ):
        found["rule"] = (f"至多{MOST_CHECKS}项检查。", f"At most {MOST_CHECKS} checks.")
    if found:
        raise Invalid("bad-check", "请更正标出的字段。", "Correct the marked fields.", found)


@action("expectation.import")
def import_expectations(
    *, acting_party: Acting, resource_ref: str, wanted: Sequence[Mapping[str, Any]]
) -> list[Expectation]:
    """Many checks, all or none; the faults name the number of the check, from 1."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "quality.manage", resource.owner)
    if not 0 < len(wanted) <= MOST_CHECKS:
        words = (f"应有1至{MOST_CHECKS}项检查。", f"Give 1 to {MOST_CHECKS} checks.")
        raise Invalid("bad-checks", *words)
    made: list[Expectation] = []
    faults: dict[str, tuple[str, str]] = {}
    for number, one in enumerate(wanted, 1):
        try:
            made.append(_written(acting_party, resource_ref, one))
        except (Invalid, Conflict) as error:
            told = error.fields or {"": (error.zh, error.en)}
            faults |= {f"{number}.{name}".rstrip("."): words for name, words in told.items()}
    if faults:
        raise Invalid(
            "bad-checks",
            f"发现{len(faults)}处错误，未导入任何检查。",
            f"{len(faults)} errors; no check was imported.",
            faults,
        )
    return made


def _written(acting: Acting, resource_ref: str, one: Mapping[str, Any]) -> Expectation:
    known = {"rule", "column", "values", "note"}
    if not isinstance(one, Mapping) or set(one) - known:
        raise Invalid("bad-check", f"字段应为{sorted(known)}。", f"Fields: {sorted(known)}.")
    values = one.get("values") or {}
    if not isinstance(values, Mapping):
        raise Invalid("bad-check", "values应为键值对。", "values must be a mapping.")
    return write_expectation(
        acting_party=acting,
        resource_ref=resource_ref,
        rule=str(one.get("rule") or ""),
        column=str(one.get("column") or ""),
        values=values,
        note=str(one.get("note") or ""),
    )


@action("expectation.drop")
def drop_expectation(*, acting_party: Acting, expectation_ref: str) -> Expectation:
    """Run a check no more; its open problem is closed with a note."""
    held = locked(Expectation, expectation_ref, "检查", "check")
    authorise(acting_party, "quality.manage", held.resource.owner)
    if not held.active:
        raise Conflict("dropped", "该检查已删除。", "This check has been dropped already.")
    held.active = False
    save_next(held)
    if held.issue is not None and held.issue.closed_at is None:
        follow_up.close_issue(acting_party, held.issue, DROPPED_ZH)
    ledger.write("expectation.drop", held, acting_party)
    return held
