"""Taking in Excel and CSV: every fault at its cell in both languages, all rows or none."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from citybrain.domains.catalogue.actions import FaultsError, Taken
from citybrain.domains.catalogue.exchange import columns, importing, sheets
from citybrain.domains.catalogue.exchange.importing import Options, import_file
from citybrain.domains.catalogue.exchange.tables import write_template
from citybrain.domains.catalogue.tests import filled, listed
from citybrain.domains.catalogue.tests.test_commands import run
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import Invalid, NotAllowed
from citybrain.kernel.models import LedgerRecord, Resource


def taken(city, path: Path, **options) -> Taken:
    return import_file(city.su, path, Options(**options))


def refused(city, path: Path, **options) -> list[tuple[str, str]]:
    """Each fault in Chinese and English; nothing may have been written."""
    before = (Resource.objects.count(), LedgerRecord.objects.count())
    with pytest.raises(FaultsError) as caught:
        taken(city, path, **options)
    assert (Resource.objects.count(), LedgerRecord.objects.count()) == before
    return [(one.text("zh"), one.text("en")) for one in caught.value.faults]


def test_what_people_filled_in_becomes_drafts_with_ledger_records(city, tmp_path):
    assert taken(city, filled.workbook(tmp_path / "a.xlsx", filled.rows(3))) == Taken(3, 0, 0)
    resource = Resource.objects.get(code="A-2")
    assert (resource.owner, resource.status) == (city.transport, "draft")
    assert (resource.share_type, resource.update_cycle, resource.grade) == (
        "unconditional",
        "yearly",
        "L1",
    )
    assert LedgerRecord.objects.filter(subject=resource.urn, verb="resource.register").exists()
    assert taken(
        city, filled.workbook(tmp_path / "b.xlsx", [filled.ROW | {"code": "B"}]), publish=True
    )
    assert Resource.objects.get(code="B").status == "published"


PLANTED = [
    ("code", None, "必填"),
    ("code", "x", "40"),
    ("title_zh", None, "必填"),
    ("title_en", "y" * 241, "240"),
    ("kind", "数据湖", "外部资源"),
    ("share_type", "随便", "无条件共享"),
    ("share_type", "有条件共享", "共享范围"),
    ("share_type", "不予共享", "依据"),
    ("update_cycle", "有时", "每年"),
    ("grade", "L9", "L1 公开"),
    ("district", "3702", "6位"),
    ("landing_page", "ftp://a", "http"),
    ("landing_page", None, "必填"),
    ("landing_page", "https://u:p@example.org", "密码"),
    ("owner_zh", "民政局", "本单位"),
]
BLAMED = {"有条件共享": "share_scope", "不予共享": "share_basis"}


def test_five_thousand_rows_with_thirty_faults_and_mended(city, tmp_path):
    good = filled.rows(5_000)
    bad = [dict(row) for row in good]
    for number in range(30):
        key, value, _ = PLANTED[number % len(PLANTED)]
        bad[100 + number * 150][key] = value * 41 + str(number) if value == "x" else value
    told = refused(city, filled.workbook(tmp_path / "bad.xlsx", bad))
    assert len(told) == 30
    for number, (zh, en) in enumerate(told):
        key, value, word = PLANTED[number % len(PLANTED)]
        row = 102 + number * 150
        place = filled.letter(BLAMED.get(value, key))
        assert f"工作表“{columns.SHEET}”第{row}行{place}列" in zh and word in zh
        assert f"row {row}, column {place} " in en
    path = filled.workbook(tmp_path / "good.xlsx", good)
    start = time.perf_counter()
    assert taken(city, path) == Taken(5_000, 0, 0)
    assert time.perf_counter() - start < 20


def test_a_code_that_stands_twice_or_is_known_already_is_a_fault(city, tmp_path):
    twice = [filled.ROW, filled.ROW | {"code": "A-2"}, filled.ROW]
    [(zh, en)] = refused(city, filled.workbook(tmp_path / "a.xlsx", twice))
    assert "第4行" in zh and "第2行" in zh and "row 2" in en
    path = filled.workbook(tmp_path / "b.xlsx", filled.rows(2))
    taken(city, path)
    assert len(refused(city, path)) == 2


def test_with_change_known_entries_are_changed_where_they_differ(city, tmp_path):
    found = filled.rows(3)
    path = filled.workbook(tmp_path / "a.xlsx", found)
    taken(city, path)
    assert taken(city, path, change=True) == Taken(0, 0, 3)
    found[1] |= {"title_zh": "新名称"}
    found.append(filled.ROW | {"code": "A-9"})
    again = filled.workbook(tmp_path / "b.xlsx", found)
    assert taken(city, again, change=True) == Taken(1, 1, 2)
    changed = Resource.objects.get(code="A-2")
    assert (changed.title_zh, changed.version) == ("新名称", 2)


def test_nobody_changes_another_office_or_imports_without_the_right(city, tmp_path):
    path = filled.workbook(tmp_path / "a.xlsx", filled.rows(2))
    taken(city, path)
    with pytest.raises(FaultsError, match="2 errors"):
        import_file(city.zhao, path, Options(change=True))
    with pytest.raises(NotAllowed):
        import_file(city.mo, path, Options())


def test_a_table_comes_with_its_items_and_is_probed(city, tmp_path):
    folder = data_root()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "t.csv").write_text("a,b\n1,x\n")
    table = filled.ROW | {"kind": "数据表", "path": "t.csv", "landing_page": None}
    items = [
        {"code": "A-1", "name": "a", "title_zh": "甲", "title_en": "A", "type": "I"},
        {"code": "A-1", "name": "b", "title_zh": "乙", "title_en": "B", "type": "C"},
    ]
    taken(city, filled.workbook(tmp_path / "a.xlsx", [table], items))
    assert Resource.objects.get().facts["rows"] == 1
    items[1] |= {"type": "Q", "code": "A-1"}
    items.append({"code": "nowhere", "name": "a", "title_zh": "甲", "title_en": "A", "type": "I"})
    other = table | {"code": "A-2", "path": "../t.csv"}
    bad = [one | {"code": "A-2"} if one["code"] == "A-1" else one for one in items]
    told = refused(city, filled.workbook(tmp_path / "b.xlsx", [other], bad))
    type_letter = filled.letter("type", columns.ITEM_COLUMNS)
    assert any(f"“{columns.ITEM_SHEET}”第3行{type_letter}列" in zh for zh, _ in told)
    assert any("第4行A列" in zh and "没有此代码" in zh for zh, _ in told)
    assert any(f"第2行{filled.letter('path')}列" in zh and ".." in zh for zh, _ in told)
    assert len(told) == 3


def test_a_file_that_is_not_there_is_told_at_its_cell(city, tmp_path):
    row = filled.ROW | {"kind": "文件", "path": "no/such.zip", "landing_page": None}
    [(zh, en)] = refused(city, filled.workbook(tmp_path / "a.xlsx", [row]))
    assert f"第2行{filled.letter('path')}列" in zh and "missing" in en


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_in_the_encodings_that_offices_use(city, tmp_path, encoding):
    row = filled.ROW | {"items": "a|甲|A|C; b|乙|B|I|敏感"}
    taken(city, filled.csv_file(tmp_path / "a.csv", [row], encoding))
    items = Resource.objects.get().metadata["items"]
    assert [(one["name"], one["sensitive"]) for one in items] == [("a", False), ("b", True)]


def test_faults_of_items_in_csv_are_told_at_their_cell(city, tmp_path):
    found = [filled.ROW | {"items": "a|甲|A"}, filled.ROW | {"code": "B", "items": "1|甲|A|C"}]
    told = refused(city, filled.csv_file(tmp_path / "a.csv", found))
    place = get_column_letter(len(columns.IN) + 1)
    assert [
        f"第{row}行{place}列（信息项 Items）" in zh
        for row, (zh, _) in zip((2, 3), told, strict=True)
    ]


def test_an_export_comes_in_again_as_what_it_was(city, tmp_path):
    first = listed.publish(city, "tide", "external", listed.EXTERNAL, title_en="=SUM(1)")
    assert run("export", tmp_path / "a.xlsx").exit_code == 0
    assert run("export", tmp_path / "a.csv").exit_code == 0
    for name in ("a.xlsx", "a.csv"):
        book = sheets.read_excel if name.endswith("xlsx") else sheets.read_csv
        [draft], faults = book(tmp_path / name, city.transport)
        assert not faults and not draft.faults
        assert draft.description["title_en"] == first.title_en
        assert draft.metadata["landing_page"] == first.metadata["landing_page"]


def test_headings_that_are_unknown_missing_or_twice_are_told(city, tmp_path):
    book = Workbook()
    book.active.append(["信息资源代码", "代码code", "Directory code"])
    book.active.append(["A", "b", "c"])
    book.save(tmp_path / "a.xlsx")
    told = "\n".join(zh for zh, _ in refused(city, tmp_path / "a.xlsx"))
    assert "第1行B列（代码code）：未知的列" in told
    assert "第1行C列（Directory code）：列重复" in told
    assert "缺少列“信息资源名称 Title (Chinese)”" in told


def test_numbers_and_dates_in_cells_are_read_as_people_see_them(city, tmp_path):
    row = filled.ROW | {"code": 307001, "district": 370202.0}
    taken(city, filled.workbook(tmp_path / "a.xlsx", [row]))
    assert Resource.objects.get().code == "307001"


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\x81", b"PK\x03\x04broken", b'"a'])
def test_garbage_is_refused_whole(city, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Invalid):
        taken(city, tmp_path / name)
    assert not Resource.objects.exists()


def test_files_that_are_too_large_are_refused_before_they_are_unpacked(city, tmp_path, monkeypatch):
    path = filled.workbook(tmp_path / "a.xlsx", filled.rows(10))
    monkeypatch.setattr(sheets, "MOST_ROWS", 5)
    with pytest.raises(Invalid, match="More than 5 rows"):
        taken(city, path)
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 100)
    with pytest.raises(Invalid, match="unpacked"):
        taken(city, path)
    monkeypatch.setattr(importing, "LARGEST", 10)
    with pytest.raises(Invalid, match="larger"):
        taken(city, path)


def test_a_zip_without_a_workbook_and_an_empty_template_are_refused(city, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(Invalid):
        taken(city, tmp_path / "a.xlsx")
    file = io.BytesIO()
    write_template(file)
    (tmp_path / "b.xlsx").write_bytes(file.getvalue())
    with pytest.raises(Invalid, match="nothing to import"):
        taken(city, tmp_path / "b.xlsx")


def test_the_template_filled_in_is_imported(city, tmp_path):
    run("template", tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    for place, column in enumerate(columns.IN, 1):
        book[columns.SHEET].cell(2, place, filled.ROW.get(column.key))
    book.save(tmp_path / "t.xlsx")
    done = run("import", tmp_path / "t.xlsx", "--as", "su")
    assert done.exit_code == 0 and "new 1" in done.output


def test_control_characters_are_a_fault_and_not_a_crash(city, tmp_path):
    ((zh, en),) = refused(
        city, filled.csv_file(tmp_path / "a.csv", [filled.ROW | {"title_zh": "题\x01名"}])
    )
    assert "控制字符" in zh and "control" in en
