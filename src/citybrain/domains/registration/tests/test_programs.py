"""The same through REST and the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.exchange import published
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.registration.commands import registration as command
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


class Program:
    """A program that acts as somebody."""

    def __init__(self, who: str) -> None:
        self.client = client_of(who)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = json.dumps(body) if body is not None else ""
        answer = self.client.generic(
            method, f"/api/v1{path}", data, content_type="application/json"
        )
        return answer.status_code, answer.json()


def test_a_program_registers_and_the_bureaus_program_decides(city: City) -> None:
    resource = published(city)
    su, lin, ci = Program("su"), Program("lin"), Program("ci")
    status, made = su.ask("POST", "/registrations", {"resource": resource.ref})
    assert status == 201 and made["moves"] == ["submit", "withdraw"]
    case = f"/registration-applications/{made['ref']}"
    for step, answers in told.ANSWERS.items():
        assert su.ask("PUT", f"{case}/steps/{step}", {"answers": answers})[0] == 200
    assert ci.ask("GET", case)[0] == 404
    with clock.at(told.START):
        assert su.ask("POST", f"{case}/moves/submit", {})[1]["state"] == "submitted"
        assert su.ask("POST", f"{case}/moves/accept", {})[0] == 403
        assert lin.ask("POST", f"{case}/moves/accept", {})[1]["moves"] == ["pass", "reject"]
        lin.ask("POST", f"{case}/moves/pass", {})
        assert lin.ask("POST", f"{case}/moves/close-notice", {})[0] == 409
    with clock.at(told.later(told.START, 11)):
        lin.ask("POST", f"{case}/moves/close-notice", {})
        assert lin.ask("POST", f"{case}/moves/code", {})[1]["state"] == "done"
    found = ci.ask("GET", "/registrations?state=valid")[1]["items"]
    assert [one["code"] for one in found] == ["370200-DJ-2025-000001-4"]
    certificate = ci.ask("GET", f"/registrations/{found[0]['ref']}/certificate")[1]
    assert certificate["format"] == "citybrain.registration-certificate"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/registrations", {"resource": "x" * 100}, 422),
        ("POST", "/registrations", {"resource": "nothing"}, 404),
        ("GET", "/registrations?page=0", None, 422),
        ("GET", "/registrations/nothing", None, 404),
        ("POST", "/registration-applications/nothing/moves/submit", {}, 404),
    ],
)
def test_a_programs_mistakes_are_problems(
    city: City, method: str, path: str, body: Any, status: int
) -> None:
    told_back = Program("su").ask(method, path, body)
    assert told_back[0] == status
    assert told_back[1]["type"].startswith("urn:citybrain:problem:")


def test_objections_are_the_bureaus_alone(city: City) -> None:
    made = told.on_notice(city)
    with clock.at(told.START):
        told.objected(made)
    path = f"/registration-applications/{made.ref}/objections"
    assert Program("su").ask("GET", path) == (200, [])
    ref = Program("lin").ask("GET", path)[1][0]["ref"]
    answer = {"upheld": False, "answer": "已核查"}
    assert Program("su").ask("POST", f"/registration-objections/{ref}/answer", answer)[0] == 403
    done = Program("lin").ask("POST", f"/registration-objections/{ref}/answer", answer)
    assert done[1]["state"] == "dismissed"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command, list(arguments))


def test_the_command_line_lists_shows_writes_and_verifies(city: City, tmp_path: Path) -> None:
    code = str(told.registered(city).registration.code)
    assert code in run("list").output
    assert code in run("list", "--state", "valid", "--json").output
    assert code not in run("list", "--state", "expired").output
    assert f"{code}/1 current" in run("show", code).output
    for name in ("certificate.pdf", "certificate.json"):
        file = tmp_path / name
        assert run("certificate", code, str(file)).exit_code == 0
        assert run("verify", str(file)).output.startswith("good")
    changed = tmp_path / "changed.json"
    changed.write_text((tmp_path / "certificate.json").read_text("utf-8").replace("2028", "2029"))
    assert run("verify", str(changed)).exit_code == 1


def test_an_unknown_code_is_refused(city: City) -> None:
    assert "There is no registration X-1" in str(run("show", "X-1").exception)
