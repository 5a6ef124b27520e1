"""The main job at the command line: register, offer, request, agree, account, prove."""

import json
from pathlib import Path

from tests.done import Done
from tests.exchange import POLICY
from tests.personas import City

from citybrain.kernel.sealing import seal_all
from citybrain.surfaces.cli.tests.conftest import Run


def said(run: Run, *arguments: str) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_main_job_runs_at_the_command_line(city: City, run: Run, tmp_path: Path):
    owner, user = ("--as", "su"), ("--as", "ci:steward")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(POLICY), encoding="utf-8")
    resource = said(
        run, "resource", "register", "--code", "T-1", "--kind", "echo", "--title-zh", "公交线路",
        "--title-en", "Bus lines", "--share-type", "unconditional", "--update-cycle", "daily",
        "--metadata", '{"text": "hello"}', *owner,
    )  # fmt: skip
    said(run, "resource", "publish", resource["ref"], *owner)
    titles = ("--title-zh", "甲", "--title-en", "A")
    offer = said(run, "offer", "make", resource["ref"], *titles, "--policy", str(policy), *owner)
    found = said(run, "resource", "list", "--q", "公交", "--status", "published", *user)
    assert [one["ref"] for one in found["items"]] == [resource["ref"]]
    why = ("--purpose", "public-service", "--basis", "甲", "--use-scope", "乙")
    request = said(run, "request", "draft", offer["ref"], *why, *user)
    said(run, "request", "move", request["ref"], "submit", *user)
    for move in ("accept", "review", "agree"):
        answered = said(run, "request", "move", request["ref"], move, *owner)
    signed = said(run, "agreement", "countersign", answered["agreement"], *user)
    assert signed["agreement"]["state"] == "active"
    assert signed["token"].startswith("cb1_")
    reference = signed["agreement"]["ref"]
    assert said(run, "agreement", "tokens", reference, *user)[0]["hint"] == signed["token"][-4:]
    said(run, "agreement", "suspend", reference, "--reasons", "检查", *owner)
    assert said(run, "agreement", "resume", reference, *owner)["state"] == "active"


def test_lists_are_tables_for_people(done: Done, run: Run):
    for name in ("resource", "offer", "request", "agreement", "use", "entry", "issue", "party"):
        result = run(name, "list", "--as", "an")
        assert result.exit_code == 0, result.output
        assert "共 " in result.output, name
    assert "公交线路表" in run("resource", "list", "--as", "an").output
    assert "准予" in run("use", "days", "--as", "ci").output


def test_a_record_is_shown_whole(done: Done, run: Run):
    shown = run("agreement", "show", done.agreement.ref, "--as", "ci").output
    assert done.agreement.urn in shown
    assert "gateway" in shown
    odrl = run("agreement", "odrl", done.agreement.ref, "--as", "ci").output
    assert json.loads(odrl)["uid"] == done.agreement.urn


def test_a_receipt_is_written_to_a_file(done: Done, run: Run, tmp_path: Path):
    seal_all()
    target = tmp_path / "receipt.json"
    made = run("ledger", "receipt", done.names["leaf"], "--output", str(target), "--as", "ci")
    assert made.exit_code == 0, made.output
    assert json.loads(target.read_text(encoding="utf-8"))["index"] == int(done.names["leaf"])
    assert "citybrain" in run("ledger", "checkpoint").output
    size = said(run, "ledger", "checkpoint")["size"]
    assert json.loads(run("ledger", "inclusion", "0").output)["size"] == size
    assert json.loads(run("ledger", "consistency", "1").output)["new"] == size


def test_waiting_records_are_sealed(city: City, run: Run):
    seal_all()
    made = ("--name-zh", "甲", "--name-en", "A", "--type", "person", "--as", "lin")
    said(run, "party", "register", *made)
    assert said(run, "seal")["actions"] == 1
    assert said(run, "seal")["actions"] == 0


def test_a_problem_is_raised_and_moved(done: Done, run: Run):
    issue = said(
        run, "issue", "raise", done.agreement.resource.ref, "--type", "correction",
        "--title", "甲", "--detail", "乙", "--as", "ci",
    )  # fmt: skip
    moves = said(run, "issue", "show", issue["ref"], "--as", "su")["moves"]
    moved = said(
        run, "issue", "move", issue["ref"], moves[0]["code"], "--reasons", "甲", "--as", "su"
    )
    assert moved["state"] == moves[0]["to"]
