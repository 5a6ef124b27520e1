"""What leaves of a project: Label Studio JSON, JSON Lines, COCO for boxes, CoNLL for spans."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.exchange import labelstudio
from citybrain.domains.labelling.logic import formats
from citybrain.domains.labelling.models import Project, Task
from citybrain.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Form:
    """One format. `types`: the types of project that it can say."""

    zh: str
    en: str
    ending: str
    media_type: str
    types: frozenset[str]
    write: Callable[[Project], Iterator[bytes]]


def results(project: Project) -> Iterator[tuple[Task, dict[str, Any]]]:
    """Every task with its settled result."""
    rows = queries.finished(project).prefetch_related("annotations")
    for task in rows.iterator(chunk_size=500):
        result = queries.result_of(task, project.type)
        if result is not None:
            yield task, result


def record_of(task: Task, result: dict[str, Any], media: dict[str, str]) -> dict[str, Any]:
    """A labelled task as one line of a dataset."""
    settled = "reviewer" if task.state == Task.State.SETTLED else "agreement"
    return {
        "id": task.key,
        "data": labelstudio.shown(task.data, media),
        "result": result,
        "settled_by": settled,
    }


def media_of(project: Project) -> dict[str, str]:
    """The media type of each of the project's pictures."""
    return dict(project.pictures.values_list("sha256", "media_type"))


def jsonl(project: Project) -> Iterator[bytes]:
    """One settled task a line."""
    media = media_of(project)
    for task, result in results(project):
        yield orjson.dumps(record_of(task, result, media)) + b"\n"


def coco(project: Project) -> Iterator[bytes]:
    """COCO object detection: absolute pixels, [x, y, width, height]."""
    media = media_of(project)
    pairs = [
        (labelstudio.shown(task.data, media), result["boxes"]) for task, result in results(project)
    ]
    yield orjson.dumps(formats.coco(pairs, project.labels))


def conll(project: Project) -> Iterator[bytes]:
    """CoNLL with BIO tags: one token and its tag a line, an empty line after each text."""
    for task, result in results(project):
        yield formats.conll(task.data["text"], result["spans"]).encode()


ALL = frozenset(Project.Type.values)
FORMS = {
    "labelstudio": Form(
        "Label Studio JSON", "Label Studio JSON", "json", "application/json", ALL,
        labelstudio.export,
    ),
    "jsonl": Form("JSON Lines", "JSON Lines", "jsonl", "application/x-ndjson", ALL, jsonl),
    "coco": Form("COCO", "COCO", "coco.json", "application/json", frozenset({"boxes"}), coco),
    "conll": Form("CoNLL BIO", "CoNLL BIO", "conll", "text/plain", frozenset({"spans"}), conll),
}  # fmt: skip


def forms_of(project: Project) -> list[tuple[str, Form]]:
    """The formats that this project can leave in."""
    return [(code, one) for code, one in FORMS.items() if project.type in one.types]


def form_for(project: Project, code: str) -> Form:
    """One of them. Raises `Invalid`."""
    form = dict(forms_of(project)).get(code)
    if form is None:
        known = ", ".join(code for code, _one in forms_of(project))
        raise Invalid("unknown-format", f"可选格式：{known}。", f"The format is one of: {known}.")
    return form
