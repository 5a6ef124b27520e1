"""The work of annotators: taking the next task, handing in, changing, skipping; and verdicts.

Whoever gives tasks out or takes annotations in holds the project's row: so no two people get
the same place of a task, on either database.
"""

from datetime import timedelta
from typing import Any

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.actions.projects import project_locked
from citybrain.domains.labelling.logic import results, tasks
from citybrain.domains.labelling.logic.consensus import consensus
from citybrain.domains.labelling.models import Annotation, Hold, Project, Task, Verdict
from citybrain.domains.labelling.permissions import ANNOTATE, REVIEW
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

LONGEST_REASON = 400
LONGEST_SECONDS = 86_400


def _as_annotator(acting: Acting, project: Project) -> None:
    authorise(acting, ANNOTATE, acting.party)
    if not queries.is_member(acting, project):
        raise NotFound("not-found", "找不到该标注项目。", "There is no such labelling project.")


def _open(project: Project) -> None:
    if project.state != Project.State.OPEN:
        raise Conflict("project-finished", "该标注项目已结束。", "The project is finished.")


@action("labelling_task.take")
def take_task(*, acting_party: Acting, project_ref: str) -> Task | None:
    """The task that this person holds, or the next one that needs him; None when all is given.

    A hold is no record: it ends by itself, so it leaves no trace in the ledger.
    """
    project = project_locked(project_ref)
    _as_annotator(acting_party, project)
    _open(project)
    _let_go(project)
    own = Hold.objects.filter(project=project, account=acting_party.account)
    until = clock.now() + timedelta(minutes=project.hold_minutes)
    held = own.filter(running=True).select_related("task").first()
    if held is not None:
        held.until = until
        held.save(update_fields=["until"])
        return held.task
    done = Annotation.objects.filter(project=project, account=acting_party.account)
    free = Task.objects.filter(
        project=project, state=Task.State.OPEN, taken__lt=project.annotators
    ).exclude(pk__in=done.values("task"))
    task = free.order_by("position").first()
    if task is None:
        return None
    _hold(task, acting_party.account, until)
    return task


def _hold(task: Task, account: str, until: Any) -> None:
    Hold.objects.update_or_create(
        task=task,
        account=account,
        defaults={"project": task.project, "until": until, "running": True},
    )
    task.taken += 1
    task.save(update_fields=["taken"])


def _let_go(project: Project) -> None:
    """End the holds whose time is over."""
    over = Hold.objects.filter(project=project, running=True, until__lt=clock.now())
    for hold in over.select_related("task"):
        hold.running = False
        hold.save(update_fields=["running"])
        hold.task.taken -= 1
        hold.task.save(update_fields=["taken"])


@action("labelling_annotation.submit")
def submit(
    *,
    acting_party: Acting,
    project_ref: str,
    task_ref: str,
    result: Any,
    client_id: str,
    seconds: int = 0,
    skipped: str = "",
) -> Annotation:
    """Hand in what one says about a task, or why one skips it; again, to change it.

    `client_id` is the sender's own name for this handing in: sent twice, it counts once. A
    hold that ended meanwhile does no harm, as long as the task is not settled. Raises
    `Invalid` for a result that does not fit, `Conflict` when it comes too late.
    """
    project = project_locked(project_ref)
    _as_annotator(acting_party, project)
    _check_client_id(client_id)
    known = Annotation.objects.filter(account=acting_party.account, client_id=client_id).first()
    if known is not None:
        return known
    _open(project)
    task = _own_task(project, task_ref, acting_party)
    said = _said(project, task, result, skipped)
    annotation = task.annotations.filter(account=acting_party.account).first()
    if task.state == Task.State.SETTLED:
        raise Conflict("settled", "该任务已由复核人裁定。", "A reviewer has settled this task.")
    verb = "labelling_annotation.change" if annotation else "labelling_annotation.submit"
    if annotation is None:
        annotation = Annotation(task=task, project=project, account=acting_party.account)
    annotation.party, annotation.client_id = acting_party.party, client_id
    annotation.result, annotation.skipped = said
    annotation.guideline_number = project.guideline_number
    annotation.seconds = max(0, min(seconds, LONGEST_SECONDS))
    annotation.changed_at = clock.now()
    if annotation.pk:
        save_next(annotation)
    else:
        annotation.save()
    Hold.objects.filter(task=task, account=acting_party.account).delete()
    reckon(project, task)
    ledger.write(verb, annotation, acting_party, {"reasons": annotation.skipped})
    return annotation


def _check_client_id(client_id: str) -> None:
    if not 8 <= len(client_id) <= 64 or not client_id.isascii() or not client_id.isprintable():
        raise Invalid("bad-client-id", "提交编号无效。", "The sender's id is not valid.")


def _own_task(project: Project, ref: str, acting: Acting) -> Task:
    """A task that this person was given; others do not exist for him."""
    task = project.tasks.filter(ref=ref).first()
    mine = task is not None and (
        task.holds.filter(account=acting.account).exists()
        or task.annotations.filter(account=acting.account).exists()
    )
    if task is None or not mine:
        raise NotFound("not-found", "您没有领取该任务。", "You were not given such a task.")
    return task


def _said(project: Project, task: Task, result: Any, skipped: str) -> tuple[dict[str, Any], str]:
    reason = skipped.strip()
    if reason:
        if len(reason) > LONGEST_REASON:
            raise Invalid(
                "reason-too-long",
                f"理由不得超过{LONGEST_REASON}字。",
                f"A reason has at most {LONGEST_REASON} characters.",
            )
        return {}, reason
    return fitting(project, task, result), ""


def fitting(project: Project, task: Task, result: Any) -> dict[str, Any]:
    """The result in its canonical form. Raises `Invalid`."""
    codes = [one["code"] for one in project.labels]
    length = tasks.length_of(project.type, task.data)
    try:
        return results.canonical(project.type, result, codes, project.several, length)
    except results.BadResult as error:
        raise Invalid("bad-result", error.zh, error.en) from None


def reckon(project: Project, task: Task) -> None:
    """Set the task's state and places by its annotations and holds as they are now."""
    rows = list(task.annotations.all().order_by("id"))
    given = [one.result for one in rows if not one.skipped]
    skips = len(rows) - len(given)
    task.taken = len(given) + task.holds.filter(running=True).count()
    if task.state != Task.State.SETTLED:
        task.state = _state(project, given, skips)
    task.save(update_fields=["taken", "state"])


def _state(project: Project, given: list[dict[str, Any]], skips: int) -> str:
    if len(given) >= project.annotators:
        agreed = consensus(project.type, given) is not None
        return Task.State.AGREED if agreed else Task.State.DISPUTED
    return Task.State.SKIPPED if skips >= project.annotators else Task.State.OPEN


@action("labelling_verdict.give")
def give_verdict(
    *,
    acting_party: Acting,
    project_ref: str,
    task_ref: str,
    result: Any = None,
    dropped: bool = False,
    reasons: str = "",
) -> Verdict:
    """Settle a task on which annotators disagree or which they skipped; or leave it out.

    A verdict can be given again; the latest stands.
    """
    project = project_locked(project_ref)
    authorise(acting_party, REVIEW, project.owner)
    _open(project)
    task = project.tasks.filter(ref=task_ref).first()
    if task is None:
        raise NotFound("not-found", "找不到该任务。", "There is no such task.")
    if task.state == Task.State.OPEN:
        raise Conflict(
            "not-annotated-yet", "该任务尚未标注完成。", "Its annotators have not finished yet."
        )
    if dropped and not reasons.strip():
        raise Invalid("reasons-missing", "请说明剔除理由。", "Say why it is left out.")
    verdict = Verdict.objects.filter(task=task).first()
    is_new = verdict is None
    verdict = verdict or Verdict(task=task, project=project)
    verdict.result = {} if dropped else fitting(project, task, result)
    verdict.dropped, verdict.reasons = dropped, reasons.strip()
    verdict.account, verdict.guideline_number = acting_party.account, project.guideline_number
    if is_new:
        verdict.save()
    else:
        save_next(verdict)
    task.state = Task.State.SETTLED
    task.save(update_fields=["state"])
    ledger.write("labelling_verdict.give", verdict, acting_party, {"reasons": verdict.reasons})
    return verdict


def refuse_strangers(acting: Acting, project: Project) -> None:
    """Raise `NotAllowed` unless this person may annotate here."""
    if not queries.is_member(acting, project):
        raise NotAllowed(
            "not-allowed",
            "需由项目所属单位或受邀单位的人员办理。",
            "It takes a member of the project's party or of an invited one.",
        )
