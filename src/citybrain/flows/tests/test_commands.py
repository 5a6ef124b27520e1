"""`./citybrain scenario …`, through the command line's own door."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.personas import City

from citybrain.flows.models import PackVersion
from citybrain.flows.tests.house import PACKS
from citybrain.surfaces.cli.root import citybrain


def call(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(citybrain, ["scenario", *arguments], input=given)


def test_a_new_pack_is_checked_tested_and_packed(tmp_path: Path) -> None:
    assert call("new", "tea-house", "--to", str(tmp_path)).exit_code == 0
    folder = str(tmp_path / "tea-house")
    assert "无误" in call("check", folder).output
    assert call("test", folder).output.strip().endswith("2 / 2")
    made = call("pack", folder, str(tmp_path / "a.zip"))
    again = call("pack", folder, str(tmp_path / "b.zip"))
    assert made.output.split()[0] == again.output.split()[0]
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert call("new", "tea-house", "--to", str(tmp_path)).exit_code == 1


def test_check_names_file_and_line_and_ends_with_one(tmp_path: Path) -> None:
    call("new", "tea-house", "--to", str(tmp_path))
    table = tmp_path / "tea-house/decisions/eligibility.csv"
    table.write_text(table.read_text().replace(">= 60", ">= 61"))
    found = call("check", str(tmp_path / "tea-house"))
    assert found.exit_code == 1
    assert "decisions/eligibility.csv:2" in found.output and "60" in found.output
    tested = call("test", str(tmp_path / "tea-house"))
    assert tested.exit_code == 1 and "1 / 2" in tested.output


def test_a_run_from_a_file_tells_path_result_and_papers() -> None:
    example = PACKS / "journey/examples/old.yaml"
    told = call("run", str(PACKS / "journey"), "--input", str(example), "--language", "en").output
    assert "→ Look (look)" in told and "= Arrived (arrived)" in told and "- Map" in told
    assert "[o]" in told


def test_a_run_at_the_terminal_asks_for_what_is_not_given() -> None:
    answers = "abc\n30\n13000000000\neast\n\n" + '{"text": "seven"}\nfine\ny\n'
    told = call("run", str(PACKS / "journey"), given=answers).output
    assert "须为数值" in told
    assert "= 到达 (arrived)" in told


@pytest.mark.django_db
def test_a_pack_is_imported_once_and_a_faulty_one_not_at_all(city: City, tmp_path: Path) -> None:
    first = call("import", str(PACKS / "journey"), "--as", "ci")
    assert first.exit_code == 0, first.output
    second = call("import", str(PACKS / "journey"), "--as", "ci")
    assert first.output == second.output
    assert PackVersion.objects.count() == 1
    assert call("import", str(PACKS / "journey"), "--as", "ci", "--activate").exit_code == 1
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert call("import", str(tmp_path / "x.zip"), "--as", "ci").exit_code == 1
    assert call("import", str(PACKS / "journey"), "--as", "su").exit_code == 1


def test_the_commands_of_the_kernel_are_still_there() -> None:
    told = call("--help").output
    for name in ("register", "list", "new", "check", "test", "run", "pack", "import"):
        assert f"  {name} " in told
