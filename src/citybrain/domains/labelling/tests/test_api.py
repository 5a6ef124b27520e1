"""Labelling by programs: the way from a project to its export."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.done import body_of, client_of
from tests.personas import City

from citybrain.domains.labelling.tests import make

pytestmark = pytest.mark.django_db
BASE = "/api/v1/labelling/projects"
PROJECT = {
    "title_zh": "工单分类",
    "title_en": "Cases",
    "type": "classification",
    "labels": [{"code": "noise"}, {"code": "road"}],
    "guideline": "选一个",
    "annotators": 1,
}


def sent(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json")


def test_a_program_makes_feeds_labels_and_exports_a_project(city: City) -> None:
    steward, annotator = client_of(city.su), client_of(city.mo)
    made = sent(steward, "", PROJECT)
    assert made.status_code == 201
    ref = body_of(made)["ref"]
    tasks = [{"data": {"text": "噪声"}}, {"data": {"text": "路坑"}}]
    taken = sent(steward, f"/{ref}/tasks", {"tasks": tasks})
    assert (taken.status_code, body_of(taken)["new"]) == (201, 2)
    task = body_of(sent(annotator, f"/{ref}/next", {}))["task"]
    said = {"client_id": "program-0001", "result": {"choices": ["noise"]}}
    for _ in range(2):
        answer = sent(annotator, f"/{ref}/tasks/{task['ref']}/annotation", said)
        assert (answer.status_code, body_of(answer)["version"]) == (200, 1)
    assert body_of(annotator.get(f"{BASE}/{ref}/progress"))["agreed"] == 1
    export = steward.get(f"{BASE}/{ref}/export/jsonl")
    (line,) = b"".join(export.streaming_content).splitlines()
    assert json.loads(line)["result"] == {"choices": ["noise"]}
    assert [one["state"] for one in body_of(steward.get(f"{BASE}/{ref}/tasks"))["items"]] == [
        "agreed",
        "open",
    ]
    assert len(body_of(steward.get(BASE))["items"]) == 1


def test_strangers_and_annotators_are_refused_what_is_not_theirs(city: City) -> None:
    project = make.project(city)
    (task, *_) = make.texts(project, city.su)
    stranger, annotator, auditor = (client_of(one) for one in (city.zhao, city.ci, city.an))
    assert stranger.get(f"{BASE}/{project.ref}").status_code == 404
    assert sent(stranger, f"/{project.ref}/next", {}).status_code == 404
    assert annotator.get(f"{BASE}/{project.ref}/tasks").status_code == 403
    assert annotator.get(f"{BASE}/{project.ref}/export/jsonl").status_code == 403
    assert sent(annotator, f"/{project.ref}/tasks", {"tasks": [{"text": "x"}]}).status_code == 403
    assert sent(auditor, f"/{project.ref}/next", {}).status_code == 403
    said = {"client_id": "program-0001", "result": {"choices": ["noise"]}}
    path = f"/{project.ref}/tasks/{task.ref}/annotation"
    assert sent(annotator, path, said).status_code == 404


def test_broken_tasks_are_refused_by_their_number(city: City) -> None:
    project = make.project(city)
    body = {"tasks": [{"data": {"text": "好"}}, {"data": {"txt": "坏"}}]}
    answer = sent(client_of(city.su), f"/{project.ref}/tasks", body)
    assert answer.status_code == 422 and "第2个任务" in body_of(answer)["detail"]
    assert sent(client_of(city.su), "", PROJECT | {"type": "video"}).status_code == 422
    assert client_of(city.su).get(f"{BASE}/{project.ref}/export/coco").status_code == 422
