"""Taking tasks and pictures in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.models import Max

from citybrain.domains.labelling.actions import annotations
from citybrain.domains.labelling.actions.projects import project_locked
from citybrain.domains.labelling.exchange import incoming, labelstudio
from citybrain.domains.labelling.logic import pictures, tasks
from citybrain.domains.labelling.models import Batch, Picture, Project, Task
from citybrain.domains.labelling.permissions import MANAGE
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action
from citybrain.kernel.errors import Conflict, Invalid

CHUNK = 500
MOST_TASKS = 1_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did. `known`: tasks that the project had already."""

    batch: Batch
    new: int
    known: int
    annotations: int


class Intake:
    """One import under way: what was read but not written yet, and the digest so far."""

    def __init__(self, project: Project, batch: Batch, acting: Acting) -> None:
        self.project, self.batch, self.acting = project, batch, acting
        self.digest = hashlib.sha256()
        self.new = self.known = 0
        top = project.tasks.aggregate(top=Max("position"))["top"]
        self.position = 0 if top is None else top + 1
        self.annotations = 0
        self.waiting: dict[str, tuple[Task, list[labelstudio.Came]]] = {}

    def take(self, place: tuple[str, str], one: incoming.Incoming) -> None:
        """Check one task and keep it for the next write. Raises `BadFile`."""
        data = one.data
        if self.project.type == Project.Type.BOXES and isinstance(data, dict):
            data = _with_picture(self.project, place, data)
        try:
            data = tasks.checked(self.project.type, data)
        except tasks.BadTask as error:
            raise incoming.BadFile(f"{place[0]}：{error.zh}", f"{place[1]}: {error.en}") from None
        key = tasks.key_of(data)
        task = Task(project=self.project, batch=self.batch, key=key, data=data)
        task.predictions = one.predictions
        # Checked now, while the place in the file is known.
        came = labelstudio.results_in(self.project, task, one, place)
        if key in self.waiting:
            self.known += 1
            self.waiting[key][1].extend(came)
            return
        self.waiting[key] = (task, came)
        if len(self.waiting) >= CHUNK:
            self.write()

    def write(self) -> None:
        """Write what waits; tasks that the project has already only get further annotations."""
        rows = {
            one.key: one
            for one in self.project.tasks.filter(key__in=list(self.waiting)).prefetch_related(
                "annotations"
            )
        }
        fresh = [task for key, (task, _came) in self.waiting.items() if key not in rows]
        self.known += len(rows)
        for task in fresh:
            task.position = self.position
            self.position += 1
            self.digest.update(tasks.line_of(task.data) + b"\n")
        Task.objects.bulk_create(fresh, batch_size=CHUNK)
        self.new += len(fresh)
        if self.new > MOST_TASKS:
            raise incoming.BadFile(
                f"一次最多导入{MOST_TASKS}个任务。", f"At most {MOST_TASKS} tasks at once."
            )
        pairs = [(rows.get(key, task), came) for key, (task, came) in self.waiting.items()]
        self.waiting = {}
        self.annotations += annotations.write(self.project, pairs, self.acting)


def _with_picture(project: Project, place: tuple[str, str], data: dict[str, Any]) -> dict[str, Any]:
    """The task's picture by its SHA-256 or by the name under which it was uploaded."""
    name = str(data.get("image", ""))[:300]
    plain = name.rpartition("/")[2]
    by_digest = project.pictures.filter(sha256=plain.partition(".")[0]).first()
    found = by_digest or project.pictures.filter(name=plain).first()
    if found is None:
        raise incoming.BadFile(
            f"{place[0]}：未上传图片“{plain[:80]}”，请先上传。",
            f"{place[1]}: the picture {plain[:80]!r} was not uploaded; upload it first.",
        )
    size = {"width": found.width, "height": found.height}
    return {"name": found.name, **data, **size, "image": found.sha256}


@action("labelling_task.import")
def import_tasks(
    *, acting_party: Acting, project_ref: str, file: IO[bytes], name: str, form: str = ""
) -> Taken:
    """Take the tasks of a file in, all or none.

    One ledger record for the batch, whose digest covers its tasks, and one for each annotation
    that comes along. Raises `Invalid` naming the line or task at fault.
    """
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    if project.state != Project.State.OPEN:
        raise Conflict("project-finished", "该标注项目已结束。", "The project is finished.")
    try:
        chosen = form or incoming.form_of(name)
        found = incoming.READERS[chosen](file)
        return _taken_in(project, acting_party, found, name, chosen)
    except KeyError:
        raise Invalid("unknown-format", "没有这种格式。", "There is no such format.") from None
    except incoming.BadFile as error:
        raise Invalid("bad-file", error.zh, error.en, {"file": (error.zh, error.en)}) from None


def _taken_in(
    project: Project, acting: Acting, found: Iterator[incoming.Placed], name: str, form: str
) -> Taken:
    batch = Batch.objects.create(project=project, name=Path(name).name[:200], form=form)
    intake = Intake(project, batch, acting)
    for place, one in found:
        intake.take(place, one)
    intake.write()
    if not intake.new and not intake.known:
        raise incoming.BadFile("文件中没有任务。", "The file holds no task.")
    batch.tasks_count, batch.digest = intake.new, intake.digest.hexdigest()
    batch.save()
    ledger.write("labelling_task.import", batch, acting, {"known": intake.known})
    return Taken(batch, intake.new, intake.known, intake.annotations)


def pictures_root() -> Path:
    """Where pictures of projects lie: outside the folder that metadata paths can name."""
    root: Path = settings.CITYBRAIN.data_dir / "labelling" / "pictures"
    return root


def picture_path(sha256: str, media_type: str) -> Path:
    """The file of a picture."""
    return pictures_root() / sha256[:2] / f"{sha256}.{pictures.ENDINGS[media_type]}"


@action("labelling_picture.upload")
def upload_pictures(
    *, acting_party: Acting, project_ref: str, files: list[tuple[str, bytes]]
) -> Taken:
    """Keep pictures and make a task of each, all or none.

    Type and size are found by the content; SVG and everything else is refused.
    """
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    if project.type != Project.Type.BOXES:
        raise Conflict("no-pictures", "该项目不标注图片。", "This project labels no pictures.")
    if not files:
        raise Invalid("no-file", "请选择图片。", "Choose pictures.")
    if project.state != Project.State.OPEN:
        raise Conflict("project-finished", "该标注项目已结束。", "The project is finished.")
    found = [(Path(name).name[:200], *_measured(name, data)) for name, data in files]
    items = []
    for name, data, seen in found:
        digest = hashlib.sha256(data).hexdigest()
        _keep(picture_path(digest, seen.media_type), data)
        Picture.objects.get_or_create(
            project=project,
            sha256=digest,
            defaults={
                "media_type": seen.media_type,
                "width": seen.width,
                "height": seen.height,
                "bytes": len(data),
                "name": name,
            },
        )
        shown = {"image": digest, "name": name, "width": seen.width, "height": seen.height}
        items.append(((name, name), incoming.Incoming(shown)))
    try:
        return _taken_in(project, acting_party, iter(items), items[0][0][0], "pictures")
    except incoming.BadFile as error:
        raise Invalid("bad-file", error.zh, error.en) from None


def _measured(name: str, data: bytes) -> tuple[bytes, pictures.Measured]:
    try:
        return data, pictures.measured(data)
    except pictures.BadPicture as error:
        shown = Path(name).name[:80]
        texts = (f"{shown}：{error.zh}", f"{shown}: {error.en}")
        raise Invalid("bad-picture", *texts, {"pictures": texts}) from None


def _keep(path: Path, data: bytes) -> None:
    if path.exists() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{hashlib.sha256(data).hexdigest()[:8]}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)
