"""Help, errors, and who acts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.done import Done
from tests.personas import City

from citybrain.config import HOME
from citybrain.kernel.models import Account, Membership, Party
from citybrain.surfaces.cli.root import citybrain
from citybrain.surfaces.cli.table import OWN
from citybrain.surfaces.cli.tests.conftest import Run


def process(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(HOME / "src"), "LANG": "en_US.UTF-8"} | settings
    return subprocess.run(
        [sys.executable, "-m", "citybrain.surfaces.cli", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


def test_help_is_quick_and_names_every_command():
    before = os.times()
    done = process("--help")
    after = os.times()
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert set(OWN) <= set(listed)
    # Processor time, because the clock on the wall also measures the neighbours.
    spent = sum(after[2:4]) - sum(before[2:4])
    assert spent < 0.5, spent


def test_an_unknown_setting_is_refused_at_start(tmp_path: Path):
    done = process("seal", CITYBRAIN_DATADIR="x", CITYBRAIN_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "CITYBRAIN_DATADIR: no such setting" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_database_is_told_what_to_do(tmp_path: Path):
    done = process("seal", CITYBRAIN_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "./citybrain migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_own_command_can_be_imported_and_says_what_it_does():
    context = click.Context(citybrain)
    for name, entry in OWN.items():
        command = citybrain.get_command(context, name)
        assert command is not None and command.name == name
        assert entry.zh in (command.help or ""), name
        for sub in getattr(command, "commands", {}).values():
            assert sub.help, f"{name} {sub.name} has no help"


def test_errors_are_in_the_language_of_the_terminal(done: Done, run: Run):
    arguments = (
        "resource",
        "withdraw",
        done.agreement.resource.ref,
        "--reasons",
        "x",
        "--as",
        "ci",
    )
    chinese = run(*arguments)
    assert (chinese.exit_code, "没有权限" in chinese.stderr) == (1, True)
    english = run(*arguments, env={"LANG": "en_GB.UTF-8"})
    assert (english.exit_code, "You may not do this" in english.stderr) == (1, True)


def test_each_field_at_fault_is_named(city: City, run: Run):
    refused = run(
        "resource", "register", "--code", "T-1", "--kind", "echo", "--title-zh", "甲",
        "--title-en", "A", "--share-type", "conditional", "--update-cycle", "daily",
        "--metadata", '{"text": "a"}', "--as", "su",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "share_scope" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("resource", "list"),
        ("resource", "list", "--as", "nobody"),
        ("resource", "list", "--as", "su:auditor"),
        ("resource", "list", "--as", "su", "--page-size", "999"),
        ("resource", "list", "--as", "su", "--status", "nothing"),
        ("resource", "register", "--code", "a", "--kind", "echo", "--as", "su"),
        ("offer", "make", "x", "--policy", "{bad", "--as", "su"),
        ("uses",),
        ("use", "call", "x"),
        ("report", "2025H9"),
        ("request", "move", "x", "y", "--given", "nothing", "--as", "su"),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(arguments: tuple[str, ...], city: City, run: Run):
    assert run(*arguments).exit_code == 2


def test_several_roles_have_to_be_told_apart(city: City, run: Run):
    Membership.objects.create(
        account=Account.objects.get(username="su"), party=city.health, role="member"
    )
    refused = run("resource", "list", "--as", "su")
    assert refused.exit_code == 2
    assert f"su:member@{city.health.ref}" in refused.stderr
    for name in ("su:steward", f"su@{city.health.ref}", f"su:member@{city.health.ref}"):
        assert run("resource", "list", "--as", name).exit_code == 0, name


def test_the_first_administrator_founds_the_bureau_once(run: Run):
    founded = run("account", "found", "lin", "--password", "Kite-over-1-Sea", "--json")
    assert founded.exit_code == 0, founded.output
    assert json.loads(founded.stdout)["role"] == "administrator"
    assert Party.objects.get().is_bureau
    again = run("account", "found", "mo", "--password", "Kite-over-1-Sea")
    assert again.exit_code == 1
    assert run("party", "list", "--as", "lin").exit_code == 0


def test_a_gateway_that_is_not_there_is_told(run: Run):
    refused = run("use", "call", "x", "--token", "t", "--base", "http://127.0.0.1:9")
    assert refused.exit_code == 1
    assert "无法连接网关" in refused.stderr


def test_brackets_of_a_title_are_no_markup(city: City, run: Run):
    made = ("--name-zh", "[red]甲[/red]", "--name-en", "A", "--type", "person", "--as", "lin")
    assert "[red]甲[/red]" in run("party", "register", *made).output


def test_the_report_is_a_table_json_and_a_word_document(city: City, run: Run, tmp_path: Path):
    assert "未建设" in run("report", "2025H1").output
    figures = json.loads(run("report", "2025H1", "--json").stdout)["figures"]
    assert {"code", "title", "value", "unit", "status", "query"} <= set(figures[0])
    target = tmp_path / "report.docx"
    assert run("report", "2025H1", "--docx", str(target)).exit_code == 0
    assert target.read_bytes().startswith(b"PK")


def test_an_api_key_made_here_opens_the_api(city: City, run: Run):
    from django.test import Client

    made = json.loads(run("api", "key", "--label", "job", "--as", "su", "--json").stdout)
    answer = Client(headers={"Authorization": f"Bearer {made['secret']}"}).get("/api/v1/me")
    assert answer.json()["role"] == "steward"
    assert run("api", "revoke", made["key"]["ref"], "--as", "su").exit_code == 0
    answer = Client(headers={"Authorization": f"Bearer {made['secret']}"}).get("/api/v1/me")
    assert answer.status_code == 401
