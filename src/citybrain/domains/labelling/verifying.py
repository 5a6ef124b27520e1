"""What differs from what is registered: files of datasets, tasks of projects."""

import hashlib

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.logic import tasks
from citybrain.domains.labelling.logic.card import DatasetMetadata
from citybrain.domains.labelling.models import Project
from citybrain.domains.labelling.serving import folder
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.models import Resource

WORDS = {
    "missing": "缺少 missing",
    "size": "大小不符 size differs",
    "content": "内容不符 content differs",
    "extra": "清单之外 not in the manifest",
}


def differences(acting: Acting, ref: str) -> list[str]:
    """One line for each difference of the dataset or project; none: all is as registered."""
    dataset = queries.datasets(acting).filter(ref=ref).first()
    if dataset is not None:
        return dataset_differences(dataset)
    return project_differences(queries.project(acting, ref))


def dataset_differences(resource: Resource) -> list[str]:
    """Files against the manifest, the manifest against the registered digest."""
    card = DatasetMetadata.model_validate(resource.metadata)
    try:
        manifest = folder.manifest_of(data_root(), card.path)
        found = folder.differences(data_root(), card.path, manifest)
    except ServeError as error:
        return [f"{error.detail_zh} {error.detail_en}"]
    lines = [f"{name}: {WORDS[what]}" for name, what in found]
    if manifest.digest() != card.digest:
        lines.insert(0, f"manifest.json: {WORDS['content']}")
    return lines


def project_differences(project: Project) -> list[str]:
    """Each batch's tasks against its sealed digest; each task against its own key."""
    lines = []
    for batch in project.batches.order_by("id"):
        digest, count = hashlib.sha256(), 0
        for task in batch.tasks.order_by("position").iterator(chunk_size=1000):
            count += 1
            digest.update(tasks.line_of(task.data) + b"\n")
            if tasks.key_of(task.data) != task.key:
                lines.append(f"{batch.name} {task.position + 1}: {WORDS['content']}")
        if (count, digest.hexdigest()) != (batch.tasks_count, batch.digest):
            lines.append(f"{batch.name}: {WORDS['content']} ({count}/{batch.tasks_count})")
    return lines
