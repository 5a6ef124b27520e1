"""Tasks in and out: files with faults, Label Studio there and back, pictures by content."""

import io
import json
import struct
import tracemalloc
from typing import Any

import pytest
from django.urls import reverse
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.labelling.actions import tasks, work
from citybrain.domains.labelling.exchange import outgoing
from citybrain.domains.labelling.logic import pictures
from citybrain.domains.labelling.models import Annotation, Batch, Picture, Project, Task
from citybrain.domains.labelling.tests import make
from citybrain.kernel.errors import Invalid, NotAllowed
from citybrain.kernel.models import LedgerRecord

pytestmark = pytest.mark.django_db
DOCUMENTED: dict[str, Any] = {
    "id": 1,
    "data": {"text": "To have faith is to trust yourself to the water"},
    "annotations": [
        {
            "id": 1001,
            "completed_by": 7,
            "was_cancelled": False,
            "ground_truth": False,
            "lead_time": 12.5,
            "created_at": "2026-03-09T22:16:08.728353Z",
            "result": [
                {
                    "id": "t5sp3TyXPo",
                    "from_name": "label",
                    "to_name": "text",
                    "type": "labels",
                    "origin": "manual",
                    "value": {"start": 8, "end": 13, "text": "faith", "labels": ["noise"]},
                },
                {"id": "x", "type": "relation", "from_id": "t5sp3TyXPo", "to_id": "y"},
            ],
        }
    ],
    "predictions": [{"model_version": "v1", "score": 0.9, "result": []}],
}


def take(project: Project, who: Any, content: str | bytes, name: str) -> tasks.Taken:
    data = content.encode() if isinstance(content, str) else content
    return tasks.import_tasks(
        acting_party=who, project_ref=project.ref, file=io.BytesIO(data), name=name
    )


def test_csv_jsonl_and_json_give_the_same_tasks_once(city: City) -> None:
    project = make.project(city)
    first = take(project, city.su, "\ufefftext,district\n噪声,市南\n坑,市北\n", "a.csv")
    assert (first.new, first.known) == (2, 0)
    again = take(project, city.su, '{"text": "噪声", "district": "市南"}\n\n', "a.jsonl")
    assert (again.new, again.known) == (0, 1)
    bare = take(project, city.su, '[{"text": "停水"}, {"data": {"text": "路灯"}}]', "a.json")
    assert bare.new == 2
    assert list(project.tasks.values_list("position", flat=True)) == [0, 1, 2, 3]
    assert LedgerRecord.objects.filter(verb="labelling_task.import").count() == 3


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", "text,b\n一,1\n二\n", "第3行"),
        ("a.csv", 'text\n"一\n', "行"),
        ("a.csv", "other\n一\n", "第2行"),
        ("a.csv", b"text\n\xff\xfe\n", "行"),
        ("a.jsonl", '{"text": "一"}\n{"text": \n', "第2行"),
        ("a.jsonl", '{"text": "一"}\n["二"]\n', "第2行"),
        ("a.jsonl", '{"text": "\\u0000"}\n', "第1行"),
        ("a.jsonl", '{"text": "a", "n": 1e400}\n', "第1行"),
        ("a.json", '[{"data": {"text": "一"}}, {"data": {"text": ', "第2个任务"),
        ("a.json", '[{"data": {"text": "一"}} {"data": 1}]', "第2个任务"),
        ("a.json", '[{"data": {"text": "一"}}, 5]', "第2个任务"),
        ("a.json", '[{"data": {"text": "一"}, "annotations": {}}]', "第1个任务"),
        ("a.json", '{"data": {}}', "不是JSON数组"),
        ("a.json", "[" * 100_000, "第1个任务"),
        ("a.json", "[]", "没有任务"),
        ("a.csv", "", "没有任务"),
        ("a.xlsx", "x", "文件名"),
    ],
)
def test_a_broken_file_is_refused_whole_and_its_place_is_named(
    city: City, name: str, content: str | bytes, place: str
) -> None:
    project = make.project(city)
    with pytest.raises(Invalid) as refusal:
        take(project, city.su, content, name)
    assert place in refusal.value.zh
    assert not Task.objects.exists() and not Batch.objects.exists()


@pytest.mark.parametrize(
    "value",
    [
        {"start": 8, "end": 999, "labels": ["noise"]},
        {"start": 8, "end": 13, "labels": ["smoke"]},
        {"start": 8, "labels": ["noise"]},
        {"start": [8], "end": 13, "labels": ["noise"]},
        {"start": 8, "end": 13, "labels": 5},
        "text",
    ],
)
def test_a_broken_annotation_is_refused_with_its_task(city: City, value: Any) -> None:
    project = make.project(city, "spans")
    broken = json.loads(json.dumps(DOCUMENTED))
    broken["annotations"][0]["result"][0]["value"] = value
    with pytest.raises(Invalid) as refusal:
        take(project, city.su, json.dumps([DOCUMENTED | {"annotations": []}, broken]), "a.json")
    assert "第2个任务的第1条标注" in refusal.value.zh and "task 2, annotation 1" in refusal.value.en
    assert not Task.objects.exists()


def test_a_task_of_label_studios_documentation_comes_in(city: City) -> None:
    project = make.project(city, "spans")
    taken = take(project, city.su, json.dumps([DOCUMENTED]), "export.json")
    assert (taken.new, taken.annotations) == (1, 1)
    annotation = Annotation.objects.get()
    assert annotation.result == {"spans": [{"start": 8, "end": 13, "label": "noise"}]}
    assert (annotation.account, annotation.seconds) == ("labelstudio-7", 12)
    assert Task.objects.get().predictions == DOCUMENTED["predictions"]


def state_of(project: Project) -> list[Any]:
    """What of a project must survive the way there and back."""
    found = []
    for task in project.tasks.order_by("position"):
        rows = [
            (one.result, bool(one.skipped), one.seconds, one.guideline_number)
            for one in task.annotations.order_by("id")
        ]
        verdict = getattr(task, "verdict", None)
        found.append((task.data, task.state, rows, verdict and verdict.result))
    return found


def labelled(city: City, type: str) -> Project:
    """A project of this type with two annotators' work, one disagreement and one verdict."""
    said: dict[str, list[Any]] = {
        "classification": [{"choices": ["noise"]}, {"choices": ["road"]}],
        "spans": [
            {"spans": [{"start": 0, "end": 2, "label": "road"}]},
            {"spans": [{"start": 3, "end": 5, "label": "water"}]},
        ],
        "pairs": [{"choice": "tie"}, {"choice": "left"}],
        "boxes": [
            {"boxes": [{"x": 1.5, "y": 2.0, "width": 30.25, "height": 9.0, "label": "road"}]},
            {"boxes": []},
        ],
    }
    if type == "boxes":
        project = make.pictured(city, make.png(), make.png(9, 9))
    elif type == "pairs":
        project = make.pairs(city)
        make.fed(project, city.su, [{"left": "甲", "right": "乙"}, {"left": "丙", "right": "丁"}])
    else:
        project = make.project(city, type)
        make.texts(project, city.su, "𠮷林路有积水", "香港中路拥堵")
    first, second = said[type]
    for who in (city.mo, city.ci):
        make.said(project, who, first)
    make.said(project, city.mo, first)
    disputed = make.said(project, city.ci, second).task
    work.give_verdict(
        acting_party=city.su, project_ref=project.ref, task_ref=disputed.ref, result=second
    )
    return project


@pytest.mark.parametrize("type", ["classification", "spans", "pairs", "boxes"])
def test_a_project_goes_to_label_studio_and_comes_back_the_same(city: City, type: str) -> None:
    project = labelled(city, type)
    left = b"".join(outgoing.FORMS["labelstudio"].write(project))
    other = make.pictured(city, make.png(), make.png(9, 9)) if type == "boxes" else None
    if other is None:
        other = make.pairs(city) if type == "pairs" else make.project(city, type)
    taken = take(other, city.su, left, "back.json")
    assert taken.annotations == 4
    assert state_of(other) == state_of(project)
    own = take(project, city.su, left, "back.json")
    assert (own.new, own.known, own.annotations) == (0, 2, 0)


def test_offsets_leave_as_label_studio_counts_them(city: City) -> None:
    project = labelled(city, "spans")
    left = json.loads(b"".join(outgoing.FORMS["labelstudio"].write(project)))
    value = left[0]["annotations"][0]["result"][0]["value"]
    assert (value["start"], value["end"], value["text"]) == (0, 3, "𠮷林")


@pytest.mark.parametrize(("type", "form"), [("spans", "conll"), ("boxes", "coco")])
def test_the_settled_labels_leave_in_the_formats_of_their_field(
    city: City, type: str, form: str
) -> None:
    project = labelled(city, type)
    answer = client_of("su").get(reverse("labelling-export", args=[project.ref, form]))
    body = b"".join(answer.streaming_content).decode()
    if form == "conll":
        assert body.startswith("𠮷\tB-road\n林\tI-road\n路\tO\n")
    else:
        assert [len(json.loads(body)[name]) for name in ("images", "annotations")] == [2, 1]
    lines = client_of("su").get(reverse("labelling-export", args=[project.ref, "jsonl"]))
    records = [json.loads(line) for line in b"".join(lines.streaming_content).splitlines()]
    assert [one["settled_by"] for one in records] == ["agreement", "reviewer"]
    assert (
        client_of("su").get(reverse("labelling-export", args=[project.ref, "xml"])).status_code
        == 400
    )


def test_many_tasks_are_imported_in_little_memory(city: City) -> None:
    project = make.project(city)
    count = 3_000
    lines = b"".join(
        json.dumps({"text": f"工单{number}：" + "路面积水" * 60}).encode() + b"\n"
        for number in range(count)
    )
    tracemalloc.start()
    taken = take(project, city.su, lines, "big.jsonl")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken.new == count
    assert peak < 24 * 2**20


def test_only_the_steward_of_the_owner_brings_tasks_in(city: City) -> None:
    project = make.project(city)
    for who in (city.mo, city.ci, city.lin, city.zhao):
        with pytest.raises(NotAllowed):
            take(project, who, "text\n一\n", "a.csv")


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xda\x00\x02zz\xff\xd9"


def webp(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x00" * 4 + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(make.png(12, 7), "image/png"), (jpeg(12, 7), "image/jpeg"), (webp(12, 7), "image/webp")],
)
def test_a_picture_is_known_by_its_content(data: bytes, media_type: str) -> None:
    assert pictures.measured(data) == pictures.Measured(media_type, 12, 7)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + b"\x00" * 40,
        make.png()[:-4],
        make.png(30_000, 1),
        jpeg(12, 7)[:12],
        b"\xff\xd8\xff" + b"\xff" * 50,
        webp(12, 7)[:20],
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(pictures.BadPicture):
        pictures.measured(data)


def test_a_picture_of_fifty_megabytes_is_refused_and_nothing_is_kept(city: City) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    project = make.project(city, "boxes")
    huge = SimpleUploadedFile("huge.png", make.png() + b"\x00" * (50 * 2**20), "image/png")
    small = SimpleUploadedFile("small.png", make.png(), "image/png")
    url = reverse("labelling-import", args=[project.ref])
    answer = client_of("su").post(url, {"pictures": [small, huge]})
    assert answer.status_code == 422
    assert "huge.png：图片超过20 MB" in answer.content.decode()
    assert not Picture.objects.exists() and not Task.objects.exists()


def test_a_picture_disguised_by_its_name_is_refused_in_the_page(city: City) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    project = make.project(city, "boxes")
    fake = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
    url = reverse("labelling-import", args=[project.ref])
    answer = client_of("su").post(url, {"pictures": [fake]})
    assert answer.status_code == 422 and "a.png" in answer.content.decode()


def test_a_file_with_a_fault_is_told_in_the_page(city: City) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    project = make.project(city)
    url = reverse("labelling-import", args=[project.ref])
    file = SimpleUploadedFile("a.jsonl", b'{"text": "x"}\n{"tex": "y"}\n')
    answer = client_of("su").post(url, {"file": file})
    assert answer.status_code == 422 and "第2行" in answer.content.decode()
    good = SimpleUploadedFile("a.jsonl", b'{"text": "x"}\n')
    assert client_of("su").post(url, {"file": good}).status_code == 302
    assert client_of("su").post(url, {}).status_code == 422
    assert Task.objects.count() == 1
