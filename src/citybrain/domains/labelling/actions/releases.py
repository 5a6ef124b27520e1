"""A finished project becomes a dataset version: a draft resource of the kind `dataset`."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citybrain.domains.labelling.actions.projects import project_locked
from citybrain.domains.labelling.actions.tasks import picture_path
from citybrain.domains.labelling.exchange import outgoing
from citybrain.domains.labelling.logic.manifest import Assignment, Manifest, Source
from citybrain.domains.labelling.logic.pictures import ENDINGS
from citybrain.domains.labelling.logic.results import label_counts
from citybrain.domains.labelling.models import Project, Release
from citybrain.domains.labelling.permissions import MANAGE
from citybrain.domains.labelling.serving import folder
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action
from citybrain.kernel.actions.resources import data_root, register_resource
from citybrain.kernel.errors import Conflict, Invalid

ROOT = "labelling"


@dataclass(frozen=True, slots=True)
class Card:
    """What people say about a version; see `logic/card.py`."""

    licence: str
    purpose: str
    description_zh: str
    description_en: str
    origin: str
    limits: str = ""
    personal_data: bool = False


@action("labelling_release.make")
def make_release(
    *,
    acting_party: Acting,
    project_ref: str,
    code: str,
    title_zh: str,
    title_en: str,
    card: Card,
    train: int = 80,
    validation: int = 10,
    seed: int = 1,
) -> Release:
    """Make a dataset version of what is settled, and register it as a draft of one's own party.

    The folder is named by the digest of its manifest, so the same content is the same folder.
    Raises `Conflict` while the project is open or nothing is settled.
    """
    project = project_locked(project_ref)
    authorise(acting_party, MANAGE, project.owner)
    _check(project, train, validation, seed)
    assignment = Assignment(seed=seed, train=train, validation=validation)
    place, manifest = _written(project, card, assignment)
    latest = project.guidelines.first()
    resource = register_resource(
        acting_party=acting_party,
        code=code,
        kind="dataset",
        metadata={
            "path": place,
            "digest": manifest.digest(),
            "labels": [one["code"] for one in project.labels],
            "guideline": latest.text if latest else "",
            **{name: getattr(card, name) for name in Card.__slots__},
        },
        title_zh=title_zh,
        title_en=title_en,
        summary_zh=card.description_zh,
        summary_en=card.description_en,
        share_type="conditional",
        share_scope=card.purpose,
        update_cycle="never",
        grade="L3" if card.personal_data else "L2",
    )
    release = Release.objects.create(
        project=project,
        number=project.releases.count() + 1,
        resource=resource,
        folder=place,
        digest=manifest.digest(),
        items=sum(one.items for one in manifest.splits.values()),
    )
    ledger.write("labelling_release.make", release, acting_party, {"resource": resource.urn})
    return release


def _check(project: Project, train: int, validation: int, seed: int) -> None:
    if project.state != Project.State.FINISHED:
        raise Conflict("project-open", "请先结束标注项目。", "Finish the project first.")
    shares = (train, validation, 100 - train - validation)
    if min(shares) < 0 or not 0 <= seed <= 2**31:
        raise Invalid(
            "bad-splits", "划分比例或种子不正确。", "The shares or the seed are not right."
        )


def _written(project: Project, card: Card, assignment: Assignment) -> tuple[str, Manifest]:
    """Write the folder: first aside, then in one move to the name of its content."""
    base = data_root() / ROOT / project.ref
    base.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".", dir=base))
    try:
        media = outgoing.media_of(project)
        splits = folder.write_splits(aside, _records(project, media), assignment)
        if not splits:
            raise Conflict(
                "nothing-settled", "没有已确定的标注。", "No task has its label settled yet."
            )
        _copy_pictures(aside, _used(aside, splits) & set(media), media)
        manifest = folder.seal(
            aside,
            licence=card.licence,
            purpose=card.purpose,
            lineage=_lineage(project),
            assignment=assignment,
            splits=splits,
        )
        name = manifest.digest()[:24]
        if not (base / name).exists():
            aside.chmod(0o755)
            aside.rename(base / name)
        return f"{ROOT}/{project.ref}/{name}", manifest
    except ValueError as error:
        told = str(error).splitlines()[0]
        raise Invalid("bad-dataset", f"无法生成数据集：{told}", f"No dataset: {told}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _records(
    project: Project, media: dict[str, str]
) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    for task, result in outgoing.results(project):
        yield task.key, label_counts(project.type, result), outgoing.record_of(task, result, media)


def _used(aside: Path, splits: dict[str, Any]) -> set[str]:
    """Digests of the pictures that the written records name."""
    found = set()
    for split in splits.values():
        with (aside / split.path).open(encoding="utf-8") as lines:
            for line in lines:
                image = json.loads(line)["data"].get("image", "")
                found.add(str(image).partition(".")[0])
    return found


def _copy_pictures(aside: Path, digests: set[str], media: dict[str, str]) -> None:
    if not digests:
        return
    (aside / "pictures").mkdir()
    for digest in sorted(digests):
        name = f"{digest}.{ENDINGS[media[digest]]}"
        shutil.copyfile(picture_path(digest, media[digest]), aside / "pictures" / name)


def _lineage(project: Project) -> list[Source]:
    sources = [Source(source=project.urn)]
    if project.source_urn:
        sources.append(Source(source=project.source_urn))
    earlier = project.releases.select_related("resource").first()
    if earlier is not None:
        sources.append(Source(relation="replaces", source=earlier.resource.urn))
    return sources
