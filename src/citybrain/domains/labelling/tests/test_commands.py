"""The command `labelling`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.personas import City

from citybrain.domains.labelling.actions import projects
from citybrain.domains.labelling.commands import labelling
from citybrain.domains.labelling.models import Task
from citybrain.domains.labelling.tests import make
from citybrain.domains.labelling.tests.world import released
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def run(*arguments: str, who: str = "su") -> Result:
    return CliRunner().invoke(labelling, [*arguments, "--as", who])


def test_a_project_goes_through_the_command_line(city: City, tmp_path: Path) -> None:
    project = make.project(city)
    file = tmp_path / "t.csv"
    file.write_text("text\n一\n二\n三\n", encoding="utf-8")
    assert "new 3" in run("import", project.ref, str(file)).output
    for code in ("noise", "road", "road"):
        make.chosen(project, city.mo, code)
    for code in ("noise", "road", "noise"):
        make.chosen(project, city.ci, code)
    assert "disputed 1" in run("progress", project.ref).output
    told = run("agreement", project.ref).output
    assert "alpha" in told and "kappa 0.4" in told
    out = tmp_path / "out.json"
    assert run("export", project.ref, str(out)).exit_code == 0
    assert len(json.loads(out.read_text("utf-8"))) == 3
    assert project.ref in run("list", who="ci").output
    projects.finish_project(acting_party=city.su, project_ref=project.ref)
    card = ("--description-zh", "说明", "--licence", "CC0", "--purpose", "训练", "--origin", "测试")
    titles = ("--code", "DS-9", "--title-zh", "集", "--title-en", "Set")
    made = run("release", project.ref, *titles, *card)
    assert made.exit_code == 0, made.output
    assert run("verify", made.output.split()[0]).output.startswith("一致")


def test_verify_names_the_file_that_differs(city: City) -> None:
    _project, dataset = released(city)
    place = data_root() / dataset.metadata["path"]
    split = next((place / "splits").iterdir())
    split.write_bytes(split.read_bytes() + b"\n")
    (place / "note.txt").write_text("x")
    told = run("verify", dataset.ref)
    assert told.exit_code == 1
    assert f"splits/{split.name}: 大小不符" in told.output and "note.txt: 清单之外" in told.output


def test_verify_names_the_task_that_differs(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    assert run("verify", project.ref).exit_code == 0
    Task.objects.filter(position=1).update(data={"text": "改过"})
    told = run("verify", project.ref)
    assert told.exit_code == 1 and "t.jsonl 2: 内容不符" in told.output
    Task.objects.filter(position=1).delete()
    assert "(3/4)" in run("verify", project.ref).output


def test_a_folder_of_ones_own_is_split_and_sealed(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    lines = [json.dumps({"id": number, "label": "ab"[number % 2]}) for number in range(50)]
    (folder / "all.jsonl").write_text("\n".join(lines))
    given = ["manifest", str(folder), "--licence", "CC0", "--purpose", "训练"]
    made = CliRunner().invoke(labelling, [*given, "--records", "all.jsonl"])
    assert made.exit_code == 0, made.output
    manifest = json.loads((folder / "manifest.json").read_text())
    assert sum(one["items"] for one in manifest["splits"].values()) == 50
    assert len(made.output.strip()) == 64
    again = CliRunner().invoke(labelling, [*given, "--records", "all.jsonl"])
    assert again.output == made.output
    (folder / "all.jsonl").write_text('{"id": 1}\n{"no": 1}\n')
    refused = CliRunner().invoke(labelling, [*given, "--records", "all.jsonl"])
    assert isinstance(refused.exception, Invalid) and "line 2" in refused.exception.en


def test_a_refusal_ends_with_its_reason(city: City, tmp_path: Path) -> None:
    project = make.project(city)
    file = tmp_path / "t.jsonl"
    file.write_text('{"text": "x"}\n{}\n')
    told = run("import", project.ref, str(file))
    assert isinstance(told.exception, Invalid) and "第2行" in told.exception.zh
    export = run("export", project.ref, str(tmp_path / "x"), who="ci")
    assert isinstance(export.exception, NotAllowed) and not (tmp_path / "x").exists()
