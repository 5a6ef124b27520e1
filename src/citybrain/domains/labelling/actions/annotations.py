"""Annotations that come with imported tasks: written in few statements, sealed each."""

from collections.abc import Sequence

from citybrain.domains.labelling.actions.work import reckon
from citybrain.domains.labelling.exchange.labelstudio import Came
from citybrain.domains.labelling.models import Annotation, Project, Task, Verdict
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting


def write(project: Project, pairs: Sequence[tuple[Task, list[Came]]], acting: Acting) -> int:
    """Write what is new of them and return how many.

    What came back from elsewhere unchanged (by `unique_id`), and a second annotation of the
    same person, is passed over. `acting` was authorised by the import.
    """
    rows: list[Annotation] = []
    verdicts: list[Verdict] = []
    touched: list[Task] = []
    for task, came in pairs:
        if came:
            rows += _new(project, task, [one for one in came if not one.truth], acting)
            verdicts += _verdict(project, task, [one for one in came if one.truth], acting)
            touched.append(task)
    if rows:
        Annotation.objects.bulk_create(rows, batch_size=ledger.CHUNK)
        ledger.write_many("labelling_annotation.import", rows, acting)
    for task in touched:
        task.refresh_from_db()
        reckon(project, task)
    if verdicts:
        Verdict.objects.bulk_create(verdicts, batch_size=ledger.CHUNK)
        ledger.write_many("labelling_verdict.import", verdicts, acting)
        for verdict in verdicts:
            verdict.task.state = Task.State.SETTLED
        Task.objects.bulk_update([one.task for one in verdicts], ["state"])
    return len(rows)


def _new(project: Project, task: Task, came: list[Came], acting: Acting) -> list[Annotation]:
    known = list(task.annotations.all())
    refs = {one.ref for one in known}
    accounts = {one.account for one in known}
    first: dict[str, Came] = {}
    for one in came:
        first.setdefault(one.annotator, one)
    return [
        Annotation(
            task=task,
            project=project,
            account=one.annotator,
            party=acting.party,
            guideline_number=one.guideline or project.guideline_number,
            result=one.result,
            skipped=one.skipped,
            seconds=one.seconds,
            client_id=f"import-{task.ref}",
            origin=Annotation.Origin.IMPORTED,
            changed_at=clock.now(),
        )
        for one in first.values()
        if one.unique not in refs and one.annotator not in accounts
    ]


def _verdict(project: Project, task: Task, came: list[Came], acting: Acting) -> list[Verdict]:
    if not came or not came[0].result or Verdict.objects.filter(task=task).exists():
        return []
    return [
        Verdict(
            task=task,
            project=project,
            account=acting.account,
            guideline_number=project.guideline_number,
            result=came[0].result,
            reasons="Label Studio: ground_truth",
        )
    ]
