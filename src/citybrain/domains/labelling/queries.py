"""What of labelling a party may see: pages, API and commands read through these."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet

from citybrain.domains.labelling.models import Annotation, Project, Task
from citybrain.domains.labelling.permissions import ANNOTATE, MANAGE, REVIEW
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible

DONE = (Task.State.AGREED, Task.State.SETTLED)


def projects(acting: Acting) -> QuerySet[Project]:
    """One's party's projects, and those it is invited to."""
    found = Project.objects.select_related("owner")
    if acting.reads_all:
        return found
    invited = Q(invitations__party=acting.party, invitations__active=True)
    return found.filter(Q(owner=acting.party) | invited).distinct()


def project(acting: Acting, ref: str) -> Project:
    """One of them. Raises `NotFound`."""
    return visible.one(projects(acting), ref, "标注项目", "labelling project")


def datasets(acting: Acting) -> QuerySet[Resource]:
    """Resources of kind `dataset` that one may see."""
    return visible.resources(acting).filter(kind="dataset")


def is_member(acting: Acting, one: Project) -> bool:
    """Whether this person may annotate in the project."""
    if not acting.may(ANNOTATE, acting.party):
        return False
    invited = one.invitations.filter(party=acting.party, active=True)
    return one.owner_id == acting.party.pk or invited.exists()


def may_manage(acting: Acting, one: Project) -> bool:
    """Whether this person runs the project."""
    return acting.may(MANAGE, one.owner)


def may_review(acting: Acting, one: Project) -> bool:
    """Whether this person sees everybody's work and settles it."""
    return acting.may(REVIEW, one.owner)


def own_work(acting: Acting, one: Project) -> QuerySet[Annotation]:
    """What this person has handed in."""
    return one.annotations.filter(account=acting.account).select_related("task")


def progress(one: Project) -> dict[str, int]:
    """Tasks by state, all of them, and annotations handed in."""
    rows = one.tasks.order_by().values("state").annotate(n=Count("id"))
    counted = {row["state"]: row["n"] for row in rows}
    states = {state: counted.get(state, 0) for state in Task.State.values}
    done = sum(states[state] for state in DONE)
    annotations = one.annotations.filter(skipped="").count()
    total = sum(states.values())
    return {**states, "total": total, "done": done, "annotations": annotations}


def answers(one: Project) -> Iterator[tuple[Task, list[Annotation]]]:
    """Every task with at least one annotation, in order, with those that were not skipped."""
    rows = one.annotations.filter(skipped="").select_related("task", "party")
    held: list[Annotation] = []
    for row in rows.order_by("task__position", "id").iterator(chunk_size=1000):
        if held and held[0].task_id != row.task_id:
            yield held[0].task, held
            held = []
        held.append(row)
    if held:
        yield held[0].task, held


def finished(one: Project) -> QuerySet[Task]:
    """Tasks with a common result, in order."""
    return one.tasks.filter(state__in=DONE).select_related("verdict").order_by("position")


def result_of(task: Task, type: str) -> dict[str, Any] | None:
    """What stands as the task's label: the reviewer's word, or what all annotators said."""
    from citybrain.domains.labelling.logic.consensus import consensus

    if task.state == Task.State.SETTLED:
        return None if task.verdict.dropped else dict(task.verdict.result)
    if task.state != Task.State.AGREED:
        return None
    given = [one.result for one in task.annotations.all() if not one.skipped]
    return consensus(type, given)
