"""Demands, ratings and the board for programs and on the command line."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client
from tests import exchange
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.lists.commands import demand as command
from citybrain.domains.lists.models import Demand
from citybrain.kernel.report import report

pytestmark = pytest.mark.django_db
BODY = {"title": "公交线路站点", "basis": "职责法定", "purpose": "public-service"}


def _post(client: Client, path: str, body: object) -> tuple[int, dict]:
    answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_program_files_a_demand_and_accepts_its_match(city: City) -> None:
    exchange.published(city)
    client = client_of("ci")
    status, made = _post(client, "/demands", BODY | {"items": ["站点"]})
    assert status == 201 and made["state"] == "matched" and made["holders"] == ["requester"]
    matches = client.get(f"/api/v1/demands/{made['ref']}/matches").json()
    assert matches[0]["terms"] and matches[0]["state"] == "proposed"
    accept = f"/demands/{made['ref']}/matches/{matches[0]['ref']}/accept"
    assert _post(client_of("zhao"), accept, {})[0] == 403
    status, met = _post(client, accept, {})
    assert status == 200 and met["state"] == "met" and met["resource"]


def test_a_program_assigns_supports_refuses_and_lists(city: City) -> None:
    _status, made = _post(client_of("ci"), "/demands", BODY)
    path = f"/demands/{made['ref']}"
    assert _post(client_of("su"), f"{path}/assign", {"office": city.health.ref})[0] == 403
    assert _post(client_of("lin"), f"{path}/assign", {"office": city.health.ref})[0] == 200
    assert _post(client_of("su"), f"{path}/support", {"words": "同需"})[0] == 201
    assert _post(client_of("zhao"), f"{path}/refuse", {"words": ""})[0] == 422
    assert _post(client_of("zhao"), f"{path}/refuse", {"words": "未采集"})[0] == 200
    listed = client_of("an").get("/api/v1/demands?state=refused").json()
    assert [one["reasons"] for one in listed["items"]] == ["未采集"]
    assert _post(client_of("ci"), f"{path}/withdraw", {"words": "晚了"})[0] == 409


@pytest.mark.parametrize(
    "body", [{}, BODY | {"title": ""}, BODY | {"items": "x"}, BODY | {"purpose": "x"}, ["x"]]
)
def test_a_malformed_demand_is_a_problem_and_nothing_is_written(city: City, body) -> None:
    status, problem = _post(client_of("ci"), "/demands", body)
    assert status in (400, 422) and problem["type"].startswith("urn:citybrain:problem:")
    assert not Demand.objects.exists()


def test_a_program_rates_and_reads_the_board(world) -> None:
    client = client_of("ci")
    rated = {"request": world.request.ref, "score": 3, "words": "一般"}
    status, rating = _post(client, "/ratings", rated)
    assert status == 201 and rating["score"] == 3 and rating["version"] == 2
    assert _post(client, "/ratings", rated | {"score": 9})[0] == 422
    assert client.get("/api/v1/ratings").json()["count"] == 1
    found = client_of("lin").get("/api/v1/lists/board").json()
    assert found["offices"][0]["name_zh"] == "交通运输局"
    assert found["offices"][0]["satisfied"] == 0.0
    assert client_of("lin").get("/api/v1/lists/board?period=2025Q1").status_code == 422
    assert client.get("/api/v1/lists/board").json()["offices"] == []
    assert Client().get("/api/v1/demands").status_code == 401


def test_demands_on_the_command_line(city: City) -> None:
    exchange.published(city)
    asked = ["file", "公交线路站点", "--as", "ci", "--basis", "职责", "--purpose", "public-service"]
    done = CliRunner().invoke(command, [*asked, "--item", "站点"])
    assert done.exit_code == 0 and "matched" in done.output and "T-0001" in done.output
    listed = CliRunner().invoke(command, ["list", "--as", "lin"])
    assert "公交线路站点" in listed.output and "民政局" in listed.output


def test_the_report_counts_ratings_and_demands(world) -> None:
    today = world.demand.created_at
    half = f"{today.year}H{1 if today.month < 7 else 2}"
    rows = {row.code: row.value for row in report(half).figures}
    assert rows["demands-filed"] == 2 and rows["demands-met"] == 0
    assert rows["answers-satisfied"] == "100.0"
