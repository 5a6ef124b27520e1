"""The main job through the API alone: register, offer, request, agree, account, prove."""

from typing import Any

from django.test import Client
from django.utils import timezone
from tests.done import ClientFor, Done, body_of
from tests.exchange import POLICY
from tests.personas import City

from citybrain.kernel.models import Use
from citybrain.kernel.sealing import seal_all

RESOURCE: dict[str, Any] = {
    "code": "T-1",
    "kind": "echo",
    "metadata": {"text": "hello"},
    "title_zh": "公交线路表",
    "title_en": "Bus lines",
    "share_type": "conditional",
    "share_scope": "用于公共服务",
    "update_cycle": "monthly",
}


def post(client: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    answer = client.post(
        f"/api/v1{path}", data=body or {}, content_type="application/json", headers=headers
    )
    assert answer.status_code < 300, (path, answer.content.decode())
    return body_of(answer)


def get(client: Client, path: str) -> Any:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200, (path, answer.content.decode())
    return body_of(answer)


def test_the_main_job_runs_through_the_api(city: City, client_for: ClientFor):
    owner, user = client_for(city.su), client_for(city.ci)
    resource = post(owner, "/resources", RESOURCE)
    assert resource["status"] == "draft"
    assert resource["facts"] == {"length": 5}
    post(owner, f"/resources/{resource['ref']}/publish")
    offer = post(
        owner,
        "/offers",
        {"resource": resource["ref"], "title_zh": "甲", "title_en": "A", "policy": POLICY},
    )
    assert [one["operand"] for one in offer["clauses"]] == ["action", "purpose", "count"]

    found = get(user, "/resources?q=公交&kind=echo&status=published&sort=title")
    assert [one["ref"] for one in found["items"]] == [resource["ref"]]
    request = post(
        user,
        "/requests",
        {"offer": offer["ref"], "purpose": "public-service", "basis": "甲", "use_scope": "乙"},
    )
    assert [one["code"] for one in request["moves"]] == ["submit", "withdraw"]
    post(user, f"/requests/{request['ref']}/moves/submit")
    assert get(owner, "/lists")["requests_open"] == 1
    for move in ("accept", "review", "agree"):
        answered = post(owner, f"/requests/{request['ref']}/moves/{move}")
    assert answered["state"] == "agreed"

    reference = answered["agreement"]
    signed = post(user, f"/agreements/{reference}/countersign", {"label": "first"})
    assert signed["agreement"]["state"] == "active"
    assert signed["token"].startswith("cb1_")
    assert len(signed["agreement"]["signatures"]) == 2
    tokens = get(user, f"/agreements/{reference}/tokens")["items"]
    assert [(one["label"], one["hint"]) for one in tokens] == [("first", signed["token"][-4:])]


def test_every_agreement_can_be_had_as_odrl(city: City, done: Done, client_for: ClientFor):
    answer = client_for(city.ci).get(f"/api/v1/agreements/{done.agreement.ref}/odrl")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.json()["@type"] == "Agreement"
    assert answer.json()["uid"] == done.agreement.urn


def test_what_was_sealed_can_be_proved(city: City, done: Done, client_for: ClientFor):
    client = client_for(city.su)
    seal_all()
    checkpoint = get(client, "/ledger/checkpoint")
    index = int(done.names["leaf"])
    record = get(client, f"/ledger/records/{index}")
    assert record["subject"] == done.agreement.urn
    proof = get(client, f"/ledger/proof/inclusion?index={index}")
    assert proof["size"] == checkpoint["size"]
    assert get(client, f"/ledger/proof/consistency?old=1&new={proof['size']}")["old"] == 1
    receipt = get(client, f"/ledger/receipts/{index}")
    assert receipt["index"] == index


def test_uses_are_filtered_and_counted_by_day(city: City, done: Done, client_for: ClientFor):
    client = client_for(city.ci)
    day = timezone.localdate().isoformat()
    found = get(client, f"/uses?agreement={done.agreement.ref}&outcome=granted")
    assert [one["request_id"] for one in found["items"]] == ["request-0001"]
    assert get(client, "/uses?outcome=refused")["count"] == 0
    assert get(client, "/uses/stats") == [
        {
            "day": day,
            "granted": 1,
            "refused": 0,
            "failed": 0,
            "units": 2,
            "rows": 10,
            "bytes": 100,
        }
    ]
    assert Use.objects.count() == 1


def test_an_old_version_is_refused(city: City, done: Done, client_for: ClientFor):
    client = client_for(city.su)
    path = f"/api/v1/resources/{done.agreement.resource.ref}"
    tag = client.get(path).headers["ETag"]
    first = client.patch(
        path, {"title_zh": "甲"}, content_type="application/json", headers={"If-Match": tag}
    )
    assert first.status_code == 200
    second = client.patch(
        path, {"title_zh": "乙"}, content_type="application/json", headers={"If-Match": tag}
    )
    assert second.status_code == 412
    assert body_of(second)["type"] == "urn:citybrain:problem:changed-meanwhile"
    third = client.patch(
        path, {"title_zh": "乙", "expected_version": 1}, content_type="application/json"
    )
    assert third.status_code == 409
    held = client.post(
        path + "/withdraw",
        {"reasons": "停用", "expected_version": 1},
        content_type="application/json",
    )
    assert held.status_code == 409


def test_lists_come_in_pages(city: City, done: Done, client_for: ClientFor):
    client = client_for(city.an)
    for path in ("/resources", "/requests", "/agreements", "/uses", "/entries"):
        page = get(client, f"{path}?page_size=1")
        assert set(page) >= {"items", "page", "page_size", "count", "count_capped", "more"}
        assert len(page["items"]) == 1
        beyond = get(client, f"{path}?page=1000000")
        assert (beyond["items"], beyond["more"]) == ([], False)
        assert client.get(f"/api/v1{path}?page_size=201").status_code == 422
