"""Label Studio JSON, in and out: tasks with everybody's annotations and the settled ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from citybrain.domains.labelling.exchange.incoming import BadFile, Incoming
from citybrain.domains.labelling.logic import labelstudio as shapes
from citybrain.domains.labelling.logic import results, tasks
from citybrain.domains.labelling.logic.pictures import ENDINGS
from citybrain.domains.labelling.models import Annotation, Project, Task

MOST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Came:
    """One annotation of an imported task. `truth`: it stands as the task's result."""

    annotator: str
    guideline: int
    result: dict[str, Any]
    skipped: str
    seconds: int
    unique: str
    truth: bool


def results_in(project: Project, task: Task, one: Incoming, place: tuple[str, str]) -> list[Came]:
    """The annotations that come with a task. Raises `BadFile` naming the task."""
    found: list[Came] = []
    names: set[str] = set()
    for number, raw in enumerate(one.annotations, 1):
        try:
            came = _came(project, task, one, raw)
        except results.BadResult as error:
            raise BadFile(
                f"{place[0]}的第{number}条标注：{error.zh}",
                f"{place[1]}, annotation {number}: {error.en}",
            ) from None
        name = came.annotator
        if name in names and not came.truth:
            continue
        names.add(name)
        found.append(came)
    return found


def _came(project: Project, task: Task, one: Incoming, raw: Any) -> Came:
    if not isinstance(raw, dict):
        raise results.BadResult("标注不是对象。", "It is no object.")
    skipped = "Label Studio: was_cancelled" if raw.get("was_cancelled") else ""
    result: dict[str, Any] = {}
    if not skipped:
        found = shapes.result_of(project.type, raw.get("result"), task.data)
        codes = [label["code"] for label in project.labels]
        length = tasks.length_of(project.type, task.data)
        result = results.canonical(project.type, found, codes, project.several, length)
    who = _who(raw.get("completed_by"))
    known = one.ours.get("guidelines")
    guideline = known.get(who, 0) if isinstance(known, dict) else 0
    seconds = raw.get("lead_time") or 0
    return Came(
        annotator=f"labelstudio-{who}",
        guideline=_number(guideline, project.guideline_number),
        result=result,
        skipped=skipped,
        seconds=_number(seconds, MOST_SECONDS),
        unique=str(raw.get("unique_id") or "")[:64],
        truth=raw.get("ground_truth") is True,
    )


def _who(given: Any) -> str:
    """The annotator of an annotation: a number, or an object with id or email."""
    if isinstance(given, dict):
        given = given.get("id") or given.get("email")
    text = str(given if given is not None else 0)
    return "".join(one for one in text if one.isprintable())[:60] or "0"


def _number(given: Any, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or not given > 0:
        return 0
    return int(min(given, most))


def export(project: Project) -> Iterator[bytes]:
    """The project as one JSON array, task by task."""
    numbers: dict[str, int] = {}
    media = dict(project.pictures.values_list("sha256", "media_type"))
    yield b"["
    rows = project.tasks.order_by("position").prefetch_related("annotations", "verdict")
    for number, task in enumerate(rows.iterator(chunk_size=500)):
        if number:
            yield b",\n"
        yield orjson.dumps(_task(project, task, numbers, media))
    yield b"]\n"


def _task(
    project: Project, task: Task, numbers: dict[str, int], media: dict[str, str]
) -> dict[str, Any]:
    rows = list(task.annotations.all())
    made = [_annotation(project, task, one, numbers) for one in rows]
    verdict = getattr(task, "verdict", None)
    if verdict is not None and not verdict.dropped:
        made.append(
            {
                "unique_id": verdict.ref,
                "completed_by": _numbered(numbers, verdict.account),
                "was_cancelled": False,
                "ground_truth": True,
                "result": shapes.items_of(project.type, verdict.result, task.data),
            }
        )
    guidelines = {str(_numbered(numbers, one.account)): one.guideline_number for one in rows}
    return {
        "id": task.position + 1,
        "data": shown(task.data, media),
        "annotations": made,
        "predictions": task.predictions,
        "meta": {"citybrain": {"key": task.key, "state": task.state, "guidelines": guidelines}},
    }


def shown(data: dict[str, Any], media: dict[str, str]) -> dict[str, Any]:
    """A task's data as they leave: a picture as its file's name in a dataset."""
    digest = data.get("image", "")
    if digest not in media:
        return data
    return data | {"image": f"{digest}.{ENDINGS[media[digest]]}"}


def _annotation(
    project: Project, task: Task, one: Annotation, numbers: dict[str, int]
) -> dict[str, Any]:
    result = [] if one.skipped else shapes.items_of(project.type, one.result, task.data)
    return {
        "unique_id": one.ref,
        "completed_by": _numbered(numbers, one.account),
        "was_cancelled": bool(one.skipped),
        "ground_truth": False,
        "lead_time": one.seconds,
        "created_at": one.created_at.isoformat(),
        "result": result,
    }


def _numbered(numbers: dict[str, int], account: str) -> int:
    """Annotators leave as numbers: their accounts are nobody's business elsewhere."""
    return numbers.setdefault(account, len(numbers) + 1)
