"""Whatever a client sends: a problem in the reader's language, never a 5xx."""

from typing import Any

import pytest
from django.test import Client
from tests.done import ClientFor, Done, body_of
from tests.personas import City

from citybrain.surfaces.api import queries

RESOURCES = "/api/v1/resources"
DEEP = b'{"a":' * 2000 + b"1" + b"}" * 2000
BODIES = {
    "no JSON": b"{",
    "empty text": b" ",
    "bad UTF-8": b'{"title_zh": "\xff\xfe"}',
    "a NUL": b'{"title_zh": "a\\u0000b"}',
    "a NUL as key": b'{"metadata": {"\\u0000": 1}}',
    "a lone surrogate": b'{"title_zh": "\\ud800"}',
    "a huge number": b'{"metadata": {"a": 1' + b"0" * 400 + b"}}",
    "beyond 64 bits": b'{"metadata": {"a": 18446744073709551615}}',
    "not a number": b'{"metadata": {"a": NaN}}',
    "infinity": b'{"metadata": {"a": 1e999}}',
    "deep": DEEP,
    "somewhat deep": b'{"metadata": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}",
    "a list": b"[]",
    "null": b"null",
    "text": b'"x"',
}


ADDRESSES = [
    "/api/v1/resources?q=%00",
    "/api/v1/resources?%00=1",
    "/api/v1/resources?owner=a%00",
    "/api/v1/resources/%00",
    "/api/v1/resources/%ff%fe",
    "/api/v1/resources?q=%ff",
    "/api/v1/resources?q=%ed%a0%80",
    "/api/v1/resources?page=" + "9" * 5000,
    "/api/v1/resources?page=0",
    "/api/v1/resources?page=99999999999999999999",
    "/api/v1/resources?sort=nothing",
    "/api/v1/resources?district=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
    "/api/v1/uses?since=0001-01-01T00:00:00%2B23:59",
    "/api/v1/uses?since=9999-12-31T23:59:59-23:59",
    "/api/v1/entries?since=0000-00-00",
    "/api/v1/ledger/records/99999999999999999999",
    "/api/v1/ledger/records/-1",
    "/api/v1/ledger/receipts/" + "9" * 30,
    "/api/v1/ledger/receipts/%D9%A1",
    "/api/v1/ledger/proof/inclusion?index=9007199254740992",
    "/api/v1/ledger/proof/consistency?old=0",
    "/api/v1/ledger/proof/inclusion",
    "/api/v1/reports/20259",
    "/api/v1/reports/2099H1",
    "/api/v1/reports/2025H3",
]


def test_a_bad_body_is_refused(city: City, client_for: ClientFor):
    client = client_for(city.su)
    for name, body in BODIES.items():
        answer = client.post(RESOURCES, data=body, content_type="application/json")
        assert answer.status_code in (400, 422), (name, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert body_of(answer)["type"].startswith("urn:citybrain:problem:")


def test_a_bad_address_is_no_server_error(city: City, client_for: ClientFor):
    client = client_for(city.an)
    for path in ADDRESSES:
        answer = client.get(path)
        assert answer.status_code < 500, (path, answer.content)
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_body_of_another_type_is_refused(city: City, client_for: ClientFor):
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = client_for(city.su).post(RESOURCES, data=b"x=1", content_type=kind)
        assert answer.status_code == 415, answer.content


def test_an_unknown_address_and_method_are_problems(city: City, client_for: ClientFor):
    client = client_for(city.su)
    for path in ("/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/resources"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert body_of(answer)["type"] == "urn:citybrain:problem:no-such-route"
    answer = client.delete(RESOURCES)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert body_of(answer)["type"] == "urn:citybrain:problem:method-not-allowed"


def test_a_body_that_is_too_large_is_refused(city: City, client_for: ClientFor, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client_for(city.su).post(
        RESOURCES, data=b"{" + b" " * 200 + b"}", content_type="application/json"
    )
    assert answer.status_code == 413
    assert body_of(answer)["type"] == "urn:citybrain:problem:too-large"


def test_problems_are_chinese_unless_english_is_preferred(
    city: City, done: Done, client_for: ClientFor
):
    client = client_for(city.zhao)
    path = f"/api/v1/agreements/{done.agreement.ref}"
    for header, start in (
        ("", "找不到"),
        ("en-GB,zh;q=0.5", "There is"),
        ("fr,en;q=0.2,zh;q=0.8", "找不到"),
        ("fr", "找不到"),
        ("en;q=0", "找不到"),
        ("\x01\x02;;;q=,", "找不到"),
    ):
        answer = client.get(path, headers={"Accept-Language": header})
        assert body_of(answer)["detail"].startswith(start), header
    assert body_of(answer)["status"] == 404


def test_each_field_at_fault_is_named(city: City, client_for: ClientFor):
    client = client_for(city.su)
    shape = body_of(client.post(RESOURCES, {"code": ""}, content_type="application/json"))
    assert {"code", "kind", "metadata", "title_zh"} <= set(shape["errors"])
    wrong = {
        "code": "T-1",
        "kind": "echo",
        "metadata": {"other": 1},
        "title_zh": "甲",
        "title_en": "A",
        "share_type": "unconditional",
        "update_cycle": "daily",
    }
    deeper = body_of(client.post(RESOURCES, wrong, content_type="application/json"))
    assert set(deeper["errors"]) == {"metadata.text", "metadata.other"}


def test_an_unexpected_error_tells_its_number_and_nothing_else(
    city: City, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(queries, "resources_of", broken)
    answer = client_for(city.su).get(RESOURCES, headers={"X-Request-Id": "number-0042"})
    assert answer.status_code == 500
    assert "number-0042" in body_of(answer)["detail"]
    assert b"secret" not in answer.content


def test_a_bad_if_match_is_told(city: City, done: Done, client_for: ClientFor):
    answer = client_for(city.su).patch(
        f"{RESOURCES}/{done.agreement.resource.ref}",
        {"title_zh": "甲"},
        content_type="application/json",
        headers={"If-Match": '"x"'},
    )
    assert answer.status_code == 400
    assert body_of(answer)["type"] == "urn:citybrain:problem:bad-if-match"


def test_the_description_of_the_api_needs_no_sign_in(db: None):
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"].startswith("CityBrain")
