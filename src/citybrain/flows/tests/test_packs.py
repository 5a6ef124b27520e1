"""Packs: read, checked with file and line, packed, taken in with distrust, tried by examples."""

import io
import zipfile
from typing import Any

import pytest

from citybrain.flows.faults import Fault, FaultyError
from citybrain.flows.machine import try_example
from citybrain.flows.packs import check, read_folder, read_pack
from citybrain.flows.packs.archive import read_zip, write_zip
from citybrain.flows.packs.pack import folder_files
from citybrain.flows.shipped import folder_of, shipped
from citybrain.flows.skeleton import files_for
from citybrain.flows.tests.house import journey_files

SHIPPED = pytest.mark.parametrize("folder", shipped(), ids=lambda one: one.name)


@SHIPPED
def test_every_shipped_pack_is_sound(folder: Any) -> None:
    assert check(read_folder(folder)) == []


@SHIPPED
def test_the_examples_of_every_shipped_pack_come_to_what_they_say(folder: Any) -> None:
    pack = read_folder(folder)
    assert len(pack.examples) >= 5
    wrong = {
        one.code: trial.mismatches(one.content)
        for one in pack.examples
        if (trial := try_example(pack, one.content)).mismatches(one.content)
    }
    assert wrong == {}


@SHIPPED
def test_most_cells_of_every_table_are_guarded_by_an_example(folder: Any, capsys: Any) -> None:
    from tools.mutate_tables import measure

    guarded, cells = measure(folder)
    assert cells >= 20 and guarded >= 0.8 * cells


def test_a_new_pack_is_sound_and_its_examples_pass() -> None:
    pack = read_pack(files_for("my-office"))
    assert check(pack) == []
    assert all(not try_example(pack, e.content).mismatches(e.content) for e in pack.examples)


def faults_of(**changes: tuple[str, str, str]) -> list[Fault]:
    """What is wrong with the test pack after these changes, of form or of sense."""
    try:
        return check(read_pack(journey_files(**changes)))
    except FaultyError as error:
        return error.faults


FLOW = "flow.yaml"


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ((FLOW, "next: stops}\n      - {code: no", "next: nowhere}\n      - {code: no"),
         "flow.yaml:16", "unknown-step"),
        ((FLOW, "{code: no, next: refused, reasons: true}", "{code: no, next: stops}"),
         "flow.yaml:31", "unreachable"),
        ((FLOW, "do: decide, table: fare", "do: decide, table: fares"),
         "flow.yaml:3", "unknown-table"),
        ((FLOW, "resource: lines\n", "resource: rails\n"), "flow.yaml:6", "unknown-resource"),
        ((FLOW, "material: map", "material: plan"), "flow.yaml:10", "unknown-waives"),
        ((FLOW, "deadline: journey-look", "deadline: other"), "flow.yaml:18", "unknown-deadline"),
        ((FLOW, 'group = "old"', 'grup = "old"'), "flow.yaml:14", "expression"),
        ((FLOW, 'group = "old"', "fare"), "flow.yaml:14", "expression"),
        ((FLOW, "do: wait, until: start", "do: wait, until: age"), "flow.yaml:27", "expression"),
        ((FLOW, "do: branch", "do: brunch"), "flow.yaml:12", "union-tag-invalid"),
        ((FLOW, "do: branch", "do: branch\n    colour: red"), "flow.yaml:14", "extra-forbidden"),
        ((FLOW, "  - {id: late, ", "  - {id: rest, "), "flow.yaml:29", "step-twice"),
        ((FLOW, "fields: [age, phone, stops, start]", "fields: [age, phone, stops]"),
         "form.json:7", "field-unasked"),
        (("decisions/fare.csv", "[14..69]", "[14..68]"), "decisions/fare.csv:2", "table-gap"),
        (("decisions/fare.csv", "[14..69]", "[13..69]"), "decisions/fare.csv:4", "table-overlap"),
        (("decisions/fare.csv", "id,age,", "id,ages,"), "decisions/fare.csv:2", "unknown-name"),
        (("decisions/fare.csv", ">= 70", ">= seventy"), "decisions/fare.csv:5", "constant"),
        (("texts.en.yaml", "refused: Refused}\nou", "}\nou"), "texts.en.yaml", "text-missing"),
        (("texts.zh.yaml", "{group}，票价", "{crowd}，票价"), "texts.zh.yaml:7", "text-place"),
        (("texts.zh.yaml", "fields:", "fields: {\nx:"), "texts.zh.yaml:3", "yaml"),
        (("scenario.yaml", ": public-service", ": fun"), "scenario.yaml:7", "purpose"),
        (("scenario.yaml", "operand: count", "operand: moon"), "scenario.yaml:14", "policy"),
        (("scenario.yaml", "kind: one-thing", "kind: all"), "scenario.yaml:5", "literal-error"),
        (("form.json", '"maximum": 150', '"maximum": 150, "foo": 1'), "form.json:4", "contract"),
        (("form.json", '"format": "date"', '"format": "time"'), "form.json:7", "contract"),
        (("form.json", '"required": [', '"required" ['), "form.json:2", "json"),
        (("law.toml", 'status = "from memory"', 'status = "sure"'), "law.toml", "law"),
        (("examples/old.yaml", "today: 2026-03-01", "today: soon"), "examples/old.yaml:2",
         "string-pattern-mismatch"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_what_to_do(
    change: tuple[str, str, str], place: str, code: str
) -> None:
    found = faults_of(change=change)
    assert (place, code) in [(one.place, one.code) for one in found], found
    assert all(one.zh and one.en for one in found)


def test_a_resource_without_an_agreement_is_named() -> None:
    found = check(read_pack(journey_files()), bound=())
    assert [(one.place, one.code) for one in found] == [("scenario.yaml:11", "no-agreement")]
    assert check(read_pack(journey_files()), bound={"lines"}) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("evil.py", "print()"),
        ("decisions/../../x.csv", "U"),
        ("flow.yaml", "a: &x [1]\nb: *x\n"),
        ("flow.yaml", "a: !!python/object/apply:os.system [ls]\n"),
        ("flow.yaml", "[" * 400),
        ("form.json", "[" * 100_000),
        ("texts.zh.yaml", "a: b\na: c\n"),
    ],
)
def test_what_does_not_belong_into_a_pack_is_refused(name: str, text: str) -> None:
    with pytest.raises(FaultyError):
        read_pack({**journey_files(), name: text})


def test_a_pattern_that_could_take_for_ever_is_refused() -> None:
    found = faults_of(
        evil=("form.json", '"maxLength": 20', '"maxLength": 20, "pattern": "^(a+)+$"')
    )
    assert [one.code for one in found] == ["contract"]


def test_the_contract_agrees_with_json_schema() -> None:
    import json

    import jsonschema_rs

    pack = read_folder(folder_of("restaurant-licence"))
    schema = json.loads(pack.files["form.json"])
    schema.pop("required")
    standard = jsonschema_rs.validator_for(schema)
    good = dict(pack.examples[0].content.input)
    changes: list[dict[str, Any]] = [
        {}, {"firm": ""}, {"firm": 3}, {"firm": "x" * 121}, {"credit_code": "short"},
        {"credit_code": "a" * 18}, {"area": 0}, {"area": 0.999}, {"area": 100000.5},
        {"area": "60"}, {"area": True}, {"dishes": []}, {"dishes": ["hot", "hot"]},
        {"dishes": ["soup"]}, {"dishes": "hot"}, {"dishes": [1]}, {"seats": 1.5}, {"seats": -1},
        {"chain": "yes"}, {"chain": 1}, {"violations": 1001}, {"unknown": 1}, {"seats": 7.0},
    ]  # fmt: skip
    for change in changes:
        data = {**good, **change}
        assert standard.is_valid(data) == (not pack.contract.faults(data)), change


def test_a_zip_is_the_same_wherever_it_is_made_and_comes_back_whole() -> None:
    files = journey_files()
    first, second = write_zip(files), write_zip(dict(reversed(files.items())))
    assert first == second
    assert read_zip(first) == files
    assert read_pack(read_zip(first)).digest == read_pack(files).digest


def zipped(entries: list[tuple[Any, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 no zip",
        zipped([("../../etc/cron.d/x", b"x")]),
        zipped([("/flow.yaml", b"x")]),
        zipped([("decisions/../flow.yaml", b"x")]),
        zipped([("C:\\flow.yaml", b"x")]),
        zipped([("flow.yaml", b"0" * 3_000_000)]),
        zipped([(f"examples/e{n}.yaml", b"0" * 1_900_000) for n in range(6)]),
        zipped([(f"examples/e{n}.yaml", b"x") for n in range(400)]),
        zipped([(link("flow.yaml"), b"/etc/passwd")]),
        zipped([("flow.yaml", b"\xff\xfe")]),
        zipped([("flow.yaml", b"x")], zipfile.ZIP_BZIP2),
        zipped([("flow.yaml", b"x" * 5000)])[:-30],
    ],
    ids=["empty", "none", "slip", "root", "up", "drive", "bomb", "bombs", "many", "link", "binary",
         "bzip2", "torn"],
)  # fmt: skip
def test_a_dangerous_or_broken_zip_is_refused(data: bytes) -> None:
    with pytest.raises(FaultyError):
        read_zip(data)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(zipped([("flow.yaml", b"a" * 1000)]))
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(FaultyError):
        read_zip(bytes(data))


def test_a_folder_with_a_link_is_refused(tmp_path: Any) -> None:
    for name, text in journey_files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "README.md").symlink_to("/etc/hostname")
    with pytest.raises(FaultyError):
        folder_files(tmp_path)


def test_a_pack_with_a_dmn_table_decides_the_same() -> None:
    from citybrain.flows.decisions import write_dmn

    pack = read_pack(journey_files())
    files = journey_files()
    files["decisions/fare.dmn"] = write_dmn(pack.tables["fare"]).decode()
    del files["decisions/fare.csv"]
    other = read_pack(files)
    assert check(other) == []
    for example in other.examples:
        assert not try_example(other, example.content).mismatches(example.content)
