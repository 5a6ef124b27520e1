"""Quality by the API and by the command line."""

import json

import pytest
from click.testing import CliRunner
from tests.suites import client_of

from citybrain.domains.catalogue.commands import catalogue
from citybrain.domains.catalogue.models import Expectation, GradeProposal, Profile
from citybrain.domains.catalogue.quality import jobs
from citybrain.domains.catalogue.tests import quality_world
from citybrain.domains.catalogue.tests.test_quality_pages import SOMEBODY
from citybrain.kernel.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def persons(city):
    return quality_world.persons(city)


def run(*words: str):
    return CliRunner().invoke(catalogue, list(words), catch_exceptions=False)


def test_the_command_profiles_and_prints_the_score(persons):
    told = run("profile", persons.code, "--as", "su")
    assert told.exit_code == 0 and "规范性 Normativity: 100" in told.output
    assert "公民身份号码" in told.output or "Citizen identity" in told.output
    whole = json.loads(run("profile", persons.ref, "--as", "su", "--json").output)
    assert whole["rows"] == 60 and SOMEBODY not in json.dumps(whole)


def test_the_command_ends_with_1_when_the_source_cannot_be_read(city):
    table = quality_world.table(city, "Q-5", "a\n1\n", {"a": "I"})
    (quality_world.data_root() / table.metadata["source"]["path"]).unlink()
    assert run("profile", "Q-5", "--as", "su").exit_code == 1


def test_checks_are_written_listed_imported_and_dropped(persons, tmp_path):
    added = run(
        "check",
        "add",
        persons.code,
        "in_list",
        "--column",
        "district",
        "--set",
        "list=370202,370203",
        "--as",
        "su",
    ).output.strip()
    assert Expectation.objects.get(ref=added).values == {"list": ["370202", "370203"]}
    file = tmp_path / "a.csv"
    file.write_text("rule,column,low\nnot_null,name,\nrow_count,,1\n")
    assert "2" in run("check", "import", persons.code, str(file), "--as", "su").output
    listed = run("check", "list", persons.code, "--as", "an").output
    assert len(listed.splitlines()) == 3
    with pytest.raises(NotFound):
        run("check", "list", persons.code, "--as", "ci")
    run("check", "drop", added, "--as", "su")
    assert not Expectation.objects.get(ref=added).active
    with pytest.raises(Conflict):
        run("check", "drop", added, "--as", "su")
    with pytest.raises(Invalid):
        run("check", "add", persons.code, "nothing", "--as", "su")


def ask(name: str, method: str, path: str, body=None):
    sent = {} if body is None else {"data": json.dumps(body)}
    more = {} if method == "get" else {"content_type": "application/json", **sent}
    return getattr(client_of(name), method)(f"/api/v1{path}", **more)


def test_a_program_profiles_reads_and_decides(persons):
    base = f"/resources/{persons.ref}"
    assert ask("su", "get", f"{base}/profile").status_code == 404
    made = ask("su", "post", f"{base}/profile")
    assert made.status_code == 202 and made.json()["state"] == "done"
    found = ask("su", "get", f"{base}/profile").json()
    assert found["rows"] == 60 and set(found["scores"]) >= {"accuracy", "timeliness"}
    assert ask("ci", "post", f"{base}/profile").status_code == 403
    wrote = ask("su", "post", f"{base}/checks", [{"rule": "unique", "column": "identity"}])
    assert wrote.status_code == 201, wrote.content
    faulty = ask("su", "post", f"{base}/checks", [{"rule": "unique", "column": "x"}])
    assert faulty.status_code == 422 and "1.column" in faulty.json()["errors"]
    assert len(ask("an", "get", f"{base}/checks").json()) == 1
    check = wrote.json()[0]["ref"]
    assert ask("su", "delete", f"/checks/{check}").json()["active"] is False
    proposals = {one["column"]: one for one in ask("su", "get", f"{base}/grade-proposals").json()}
    no = f"/grade-proposals/{proposals['name']['ref']}/decline"
    assert ask("su", "post", no, {"reasons": "均为虚构"}).status_code == 422
    assert ask("su", "post", no, {"reasons": "均为虚构姓名"}).json()["state"] == "declined"
    yes = f"/grade-proposals/{proposals['identity']['ref']}/accept"
    assert ask("su", "post", yes).json()["state"] == "accepted"
    assert GradeProposal.objects.filter(state="open").count() == 1


def test_a_program_of_an_outsider_gets_scores_without_values(persons):
    quality_world.profiled(persons)
    outside = ask("ci", "get", f"/resources/{persons.ref}/profile").json()
    assert outside["overall"] and "top" not in outside["columns"][0]
    inside = ask("su", "get", f"/resources/{persons.ref}/profile").json()
    assert "top" in inside["columns"][0] and SOMEBODY not in json.dumps(inside)
    for path in ("checks", "grade-proposals", "preview"):
        assert ask("ci", "get", f"/resources/{persons.ref}/{path}").status_code == 404
    rows = ask("su", "get", f"/resources/{persons.ref}/preview").json()
    assert rows["rows"][0][0] == f"{SOMEBODY[:6]}********{SOMEBODY[-4:]}"


def test_a_large_source_waits_for_the_worker_and_can_be_cancelled(persons, monkeypatch):
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 1)
    asked = ask("su", "post", f"/resources/{persons.ref}/profile").json()
    assert asked["state"] == "queued"
    assert ask("su", "post", f"/resources/{persons.ref}/profile").status_code == 409
    assert ask("ci", "get", f"/profiles/{asked['ref']}").json()["progress"] == 0
    assert ask("ci", "post", f"/profiles/{asked['ref']}/cancel").status_code == 403
    cancelled = ask("su", "post", f"/profiles/{asked['ref']}/cancel").json()
    assert cancelled["state"] == "cancelled" and Profile.objects.get().overall is None
