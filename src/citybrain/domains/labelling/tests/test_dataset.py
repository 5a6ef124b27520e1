"""The kind dataset: versions that never change, served file by file."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from tests.exchange import POLICY
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.labelling.actions import projects, releases
from citybrain.domains.labelling.logic.manifest import Assignment, Manifest, split_of
from citybrain.domains.labelling.serving import folder
from citybrain.domains.labelling.tests.world import CARD, released
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import ActionError, Conflict, NotAllowed
from citybrain.kernel.kinds import (
    Answer,
    Call,
    PolicyRefusal,
    ServedResource,
    ServeError,
    UseContext,
    kind_of,
)
from citybrain.kernel.models import Resource
from citybrain.kernel.policy.decision import Delivery

pytestmark = pytest.mark.django_db


def use(resource: Resource, path: str = "", method: str = "GET", **more: Any) -> Answer:
    kind = kind_of("dataset")
    served = ServedResource(
        resource.ref,
        resource.urn,
        "dataset",
        1,
        "",
        "",
        kind.schema.model_validate(resource.metadata),
        data_root(),
    )
    delivery = more.pop("delivery", Delivery())
    context = UseContext(served, delivery, "urn:x", "agreement", "req", 1.7e9, b"secret")

    async def run() -> Answer:
        answer = await kind.serve(context, Call(method, path, {}, more.get("headers", {})))
        if not isinstance(answer.body, bytes):
            answer.body = b"".join([chunk async for chunk in answer.body])
        return answer

    return asyncio.run(run())


@pytest.fixture
def dataset(city: City) -> Resource:
    return released(city)[1]


def place_of(resource: Resource) -> Path:
    return data_root() / resource.metadata["path"]


def test_a_finished_project_becomes_a_draft_that_is_published_and_offered(
    city: City, dataset: Resource
) -> None:
    assert dataset.status == "draft"
    assert dataset.facts["items"] == 4 and dataset.facts["label_counts"] == {
        "noise": 1,
        "road": 2,
        "water": 1,
    }
    resources.publish_resource(acting_party=city.su, resource_ref=dataset.ref)
    offer = resources.make_offer(
        acting_party=city.su,
        resource_ref=dataset.ref,
        title_zh="训练使用",
        title_en="For training",
        policy=POLICY,
    )
    assert offer.resource_id == dataset.pk


def test_manifest_splits_and_files_are_served_and_metered(dataset: Resource) -> None:
    answer = use(dataset)
    manifest = json.loads(answer.body)
    assert answer.units == len(answer.body) and manifest["licence"] == CARD.licence
    assert manifest["lineage"][0]["source"].startswith("urn:citybrain:labelling-project:")
    total = 0
    for name, split in manifest["splits"].items():
        one = use(dataset, f"splits/{name}")
        lines = one.body.splitlines()
        assert (len(lines), one.rows) == (split["items"], split["items"])
        assert one.units == len(one.body)
        assert use(dataset, f"files/{split['path']}").body == one.body
        total += len(lines)
        assert {"id", "data", "result", "settled_by"} == set(json.loads(lines[0]))
    assert total == 4


def test_a_part_of_a_file_is_served_and_a_range_behind_its_end_is_a_416(dataset: Resource) -> None:
    (name, *_) = json.loads(use(dataset).body)["splits"]
    whole = use(dataset, f"splits/{name}")
    part = use(dataset, f"splits/{name}", headers={"range": "bytes=3-7"})
    assert (part.status, part.body, part.units) == (206, whole.body[3:8], 5)
    assert part.headers["Content-Range"] == f"bytes 3-7/{len(whole.body)}"
    last = use(dataset, f"splits/{name}", headers={"range": "bytes=-4"})
    assert last.body == whole.body[-4:]
    behind = use(dataset, f"splits/{name}", headers={"range": "bytes=99999-"})
    assert (behind.status, behind.units) == (416, 0)
    tag = whole.headers["ETag"]
    assert use(dataset, f"splits/{name}", headers={"if-none-match": tag}).status == 304
    head = use(dataset, f"splits/{name}", method="HEAD")
    assert (head.body, head.size, head.units) == (b"", len(whole.body), 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [("files/../manifest.json", 404), ("files/none", 404), ("splits/dev", 404), ("x", 404)],
)
def test_what_the_manifest_does_not_name_is_not_served(
    dataset: Resource, path: str, status: int
) -> None:
    with pytest.raises(ServeError) as fault:
        use(dataset, path)
    assert fault.value.status == status


def test_a_clause_that_a_dataset_cannot_obey_is_a_refusal(dataset: Resource) -> None:
    with pytest.raises(PolicyRefusal):
        use(dataset, delivery=Delivery(watermark="某局"))


def test_a_changed_file_is_another_version_and_not_served(city: City, dataset: Resource) -> None:
    manifest = folder.manifest_of(data_root(), dataset.metadata["path"])
    split = next(iter(manifest.splits))
    file = place_of(dataset) / manifest.splits[split].path
    before = file.read_bytes()
    file.write_bytes(before.replace("噪声".encode(), "安静".encode()) or b"x")
    file.write_bytes(before[:-2] + b"!\n")
    with pytest.raises(ServeError) as fault:
        use(dataset, f"splits/{split}")
    assert fault.value.reason == "source-changed"
    assert folder.differences(data_root(), dataset.metadata["path"], manifest) == [
        (manifest.splits[split].path, "content")
    ]
    with pytest.raises(ActionError):
        resources.change_resource(
            acting_party=city.su, resource_ref=dataset.ref, metadata=dataset.metadata
        )


def test_a_changed_manifest_is_not_served_and_the_page_says_so(dataset: Resource) -> None:
    file = place_of(dataset) / "manifest.json"
    file.write_bytes(file.read_bytes().replace(b"CC BY", b"CC NC"))
    with pytest.raises(ServeError) as fault:
        use(dataset)
    assert fault.value.reason == "source-changed"
    page = client_of("su").get(reverse("resource-dataset", args=[dataset.ref]))
    assert "与该版本不一致" in page.content.decode()
    card = client_of("su").get(reverse("dataset-card", args=[dataset.ref]))
    assert card.status_code == 409


def test_the_card_leaves_as_markdown(dataset: Resource) -> None:
    answer = client_of("su").get(reverse("dataset-card", args=[dataset.ref]))
    text = answer.content.decode()
    for part in (
        "# 热线工单分类数据集",
        "CC BY 4.0",
        "按主要诉求",
        "| train |",
        "SHA-256(种子 seed 1",
    ):
        assert part in text
    assert dataset.metadata["digest"] in text


def test_another_party_cannot_register_the_files_as_its_own(city: City, dataset: Resource) -> None:
    manifest = folder.manifest_of(data_root(), dataset.metadata["path"])
    name = f"{dataset.metadata['path']}/{next(iter(manifest.splits.values())).path}"
    description = {
        "title_zh": "偷来的",
        "title_en": "Stolen",
        "share_type": "unconditional",
        "update_cycle": "never",
        "grade": "L1",
    }
    for kind, metadata in (
        ("dataset", dataset.metadata),
        ("file", {"path": name, "filename": "a.jsonl", "media_type": "application/json"}),
    ):
        with pytest.raises(NotAllowed):
            resources.register_resource(
                acting_party=city.zhao,
                code=f"X-{kind}",
                kind=kind,
                metadata=metadata,
                **description,
            )


def test_where_it_lies_is_nobodys_business(dataset: Resource) -> None:
    kind = kind_of("dataset")
    assert "path" not in kind.public and "digest" in kind.public


def test_the_same_item_gets_the_same_split_whatever_is_beside_it() -> None:
    assignment = Assignment(seed=1, train=80, validation=10)
    found = [split_of(f"item-{number}", assignment) for number in range(5_000)]
    assert found == [split_of(f"item-{number}", assignment) for number in range(5_000)]
    shares = [found.count(name) / 50 for name in ("train", "validation", "test")]
    assert abs(shares[0] - 80) < 2 and abs(shares[1] - 10) < 2 and abs(shares[2] - 10) < 2
    other = Assignment(seed=2, train=80, validation=10)
    assert found != [split_of(f"item-{number}", other) for number in range(5_000)]


def test_the_same_labels_make_the_same_version_and_the_next_one_replaces_it(city: City) -> None:
    project, first = released(city)
    made = {
        "acting_party": city.su,
        "project_ref": project.ref,
        "title_zh": "二",
        "title_en": "Two",
        "card": CARD,
        "train": 50,
        "validation": 25,
    }
    second = releases.make_release(code="DS-2", **made)
    assert second.number == 2 and second.digest != first.metadata["digest"]
    manifest = folder.manifest_of(data_root(), second.folder)
    assert {"relation": "replaces", "source": first.urn} in [
        one.model_dump() for one in manifest.lineage
    ]
    projects.reopen_project(acting_party=city.su, project_ref=project.ref)
    with pytest.raises(Conflict):
        releases.make_release(code="DS-3", **made)


@pytest.mark.parametrize(
    "change",
    [
        {"files": []},
        {"files": [{"path": "../a", "bytes": 1, "sha256": "0" * 64, "media_type": "x"}]},
        {"splits": {"train": {"path": "none", "items": 1}}},
        {"splits": {"dev": {"path": "a", "items": 1}}},
        {"other": 1},
    ],
)
def test_a_manifest_that_lies_about_itself_is_refused(change: dict[str, Any]) -> None:
    file = {"path": "a", "bytes": 1, "sha256": "0" * 64, "media_type": "text/plain"}
    good: dict[str, Any] = {"licence": "", "purpose": "", "files": [file]}
    Manifest.model_validate(good)
    with pytest.raises(ValueError):
        Manifest.model_validate(good | change)
