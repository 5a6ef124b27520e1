"""Stating how a resource came from another, and taking that back."""

from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Party, Relation, Resource
from citybrain.kernel.queries import visible

MOST_STEPS = 10_000
"""Statements that are followed to find a circle; more is refused."""


@action("relation.state")
def state_relation(
    *, acting_party: Acting, source_ref: str, target: str, type: str, note: str = ""
) -> Relation:
    """Say that one's own resource is derived from, part of or replaces another.

    `target` is the reference or directory code of a resource that one may see. Raises
    `Invalid` for a statement that would close a circle, `Conflict` for one that stands.
    """
    source = locked(Resource, source_ref, "资源", "resource")
    authorise(acting_party, "resource.manage", source.owner)
    if type not in Relation.Type.values:
        listed = "、".join(Relation.Type.values)
        raise _fault("type", f"可选：{listed}", f"One of: {', '.join(Relation.Type.values)}")
    other = _target(acting_party, target.strip())
    if other.pk == source.pk:
        raise _fault("target", "不能与自身建立关系。", "A resource has no relation to itself.")
    standing = Relation.objects.filter(source=source, target=other, type=type, ended_at=None)
    if standing.exists():
        raise Conflict("already-stated", "该关系已登记。", "This relation is stated already.")
    # Two statements at once could close a circle: the bureau's row is the one lock for all.
    Party.objects.select_for_update().filter(is_bureau=True).first()
    if _leads_to(other.pk, source.pk, type):
        raise _fault("target", "会形成循环关系。", "This would close a circle.")
    relation = Relation(source=source, target=other, type=type, note=note.strip())
    relation.save()
    ledger.write("relation.state", relation, acting_party)
    return relation


def _fault(name: str, zh: str, en: str) -> Invalid:
    return Invalid("bad-relation", zh, en, {name: (zh, en)})


def _target(acting: Acting, name: str) -> Resource:
    seen = visible.resources(acting)
    found = seen.filter(ref=name).first() or seen.filter(code=name).first()
    if found is None:
        raise _fault("target", f"目录中没有“{name}”。", f"{name!r} is not in the directory.")
    return found


def _leads_to(start: int, goal: int, type: str) -> bool:
    """Whether statements of this type lead from one resource to another."""
    seen, edge = {start}, {start}
    while edge:
        rows = Relation.objects.filter(source__in=edge, type=type, ended_at=None)
        edge = set(rows.values_list("target_id", flat=True)) - seen
        seen |= edge
        if goal in seen:
            return True
        if len(seen) > MOST_STEPS:
            raise _fault("target", "关系过多，无法检查循环。", "Too many relations to check.")
    return False


@action("relation.end")
def end_relation(*, acting_party: Acting, relation_ref: str) -> Relation:
    """Take a statement back; it stays in the ledger."""
    relation = locked(Relation, relation_ref, "关系", "relation")
    authorise(acting_party, "resource.manage", relation.source.owner)
    if relation.ended_at is not None:
        raise Conflict("already-ended", "该关系已撤销。", "This relation has been taken back.")
    relation.ended_at = clock.now()
    save_next(relation)
    ledger.write("relation.end", relation, acting_party)
    return relation
