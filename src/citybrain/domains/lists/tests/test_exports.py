"""The lists as files: opened again and read, small, large and hostile."""

import io
import resource as usage
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.urls import reverse
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from openpyxl import load_workbook
from tests import exchange
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.lists.commands import lists as command
from citybrain.kernel.actions import issues
from citybrain.kernel.models import Checkpoint, Resource

pytestmark = pytest.mark.django_db
MANY = 20_000
MOST_MIB = 48


def _file(who: str, name: str, form: str, query: str = "", language: str = "zh-hans") -> bytes:
    client = client_of(who)
    client.cookies["django_language"] = language
    answer = client.get(reverse("lists-export", args=[name, form]) + query)
    assert answer.status_code == 200
    assert f"{form}" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def _cells(content: bytes) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [["" if one is None else one for one in row] for row in sheet.values]


def test_the_request_list_in_excel_has_its_block_and_its_columns(world) -> None:
    rows = _cells(_file("lin", "requests", "xlsx"))
    block = {row[0]: row[1] for row in rows[1:6]}
    assert rows[0][0] == "青岛市共享申请清单"
    assert block["制表单位"] == "大数据发展管理局"
    assert block["范围"] == "本单位可查看的全部记录"
    assert Checkpoint.objects.latest("size").root in block["账本检查点"]
    head = rows[6]
    assert head[:6] == ["编号", "资源（能力）名称", "种类", "提供单位", "申请单位", "用途"]
    body = [dict(zip(head, row, strict=True)) for row in rows[7:]]
    overdue = next(one for one in body if one["当前办理方"] == "交通运输局")
    assert overdue["剩余时间"].startswith("逾期") and overdue["到期日"] == "2025-03-17"
    assert len(body) == int(block["条数"]) == 2


def test_the_sheet_prints_on_landscape_a4_with_its_head_on_every_page(world) -> None:
    book = load_workbook(io.BytesIO(_file("lin", "issues", "xlsx")))
    sheet = book.active
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$7:$7"
    assert sheet.freeze_panes == "A8"
    assert "&P" in sheet.oddFooter.center.text
    assert sheet["A7"].font.name == "黑体" and sheet["A8"].font.name == "宋体"


def test_filters_narrow_the_file_and_are_named_in_it(world) -> None:
    query = f"?office={world.city.transport.ref}&clock=overdue"
    rows = _cells(_file("lin", "requests", "xlsx", query))
    assert rows[3][1] == "责任单位：交通运输局；期限：逾期"
    assert len(rows) == 8


def test_a_party_gets_only_what_it_may_see(world) -> None:
    assert len(_cells(_file("zhao", "requests", "xlsx"))) == 7
    assert len(_cells(_file("ci", "requests", "xlsx"))) == 9


def test_the_document_is_landscape_with_a_repeated_head_and_numbered_pages(world) -> None:
    document = Document(io.BytesIO(_file("lin", "requests", "docx")))
    section = document.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert round(section.page_width.mm) == 297 and round(section.page_height.mm) == 210
    table = document.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in table.rows[0].cells][-2:] == ["剩余时间", "状态"]
    assert len(table.rows) == 3
    assert "逾期" in table.rows[1].cells[10].text
    footer = section.footer._element.xml
    assert "NUMPAGES" in footer and "PAGE" in footer
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert document.styles["Title"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert document.paragraphs[0].text == "青岛市共享申请清单"


def test_the_files_speak_english_to_who_reads_english(world) -> None:
    rows = _cells(_file("lin", "requests", "xlsx", language="en"))
    assert rows[0][0] == "Qingdao: List of requests"
    assert rows[6][-1] == "State"
    document = Document(io.BytesIO(_file("lin", "board", "docx", language="en")))
    assert document.tables[0].rows[1].cells[0].text == "Transport Commission"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_what_a_person_wrote_never_becomes_a_formula(city: City, start: str) -> None:
    resource = exchange.published(city)
    issues.raise_issue(
        acting_party=city.ci,
        type="correction",
        resource_ref=resource.ref,
        title=f"{start} 线路",
        detail="x",
    )
    book = load_workbook(io.BytesIO(_file("lin", "issues", "xlsx")))
    cell = book.active["B8"]
    assert cell.data_type in ("s", "inlineStr") and cell.value.strip() == f"{start} 线路".strip()
    csv = client_of("lin").get(reverse("lists-issues") + "?export=csv")
    text = b"".join(csv.streaming_content).decode("utf-8-sig")
    assert "'" in text or not start.strip().startswith("=")


def test_characters_that_no_office_program_reads_are_left_out(city: City) -> None:
    exchange.published(city, title_zh="公交\x0b线路\x1f表\ufffe")
    assert "公交线路表" in str(_cells(_file("lin", "resources", "xlsx")))
    document = Document(io.BytesIO(_file("lin", "resources", "docx")))
    assert document.tables[0].rows[1].cells[1].text == "公交线路表"


@pytest.mark.parametrize("address", ["requests/export.pdf", "secrets/export.xlsx"])
def test_an_unknown_list_or_form_does_not_exist(city: City, address: str) -> None:
    assert client_of("lin").get(f"/lists/{address}").status_code == 404


@pytest.mark.parametrize("query", ["?clock=never", "?sort=colour", "?office=x", "?page=0"])
def test_a_malformed_query_is_refused(city: City, query: str) -> None:
    address = reverse("lists-export", args=["requests", "xlsx"])
    assert client_of("lin").get(address + query).status_code == 400


@pytest.fixture
def many(city: City) -> int:
    """A directory of twenty thousand."""
    Resource.objects.bulk_create(
        [
            Resource(
                code=f"M-{n:05d}",
                kind="echo",
                owner=city.transport,
                title_zh=f"公交线路第{n}号",
                title_en=f"Line {n}",
                share_type="conditional",
                share_scope="用于公共服务",
                update_cycle="monthly",
                status="published",
            )
            for n in range(MANY)
        ],
        batch_size=2000,
    )
    return MANY


def _peak() -> int:
    """The most memory that this process has held so far, in MiB."""
    return usage.getrusage(usage.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.slow
def test_twenty_thousand_rows_are_written_in_little_memory_and_capped_in_word(many: int) -> None:
    before = _peak()
    content = _file("lin", "resources", "xlsx")
    assert _peak() - before < MOST_MIB
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == many + 7
    assert f"M-{many - 1:05d}".encode() in sheet
    document = Document(io.BytesIO(_file("lin", "resources", "docx")))
    notice = next(one.text for one in document.paragraphs if "仅列前" in one.text)
    assert "仅列前1,000条，共20,000条" in notice
    assert len(document.tables[0]._tbl.tr_lst) == 1001


def test_the_command_writes_the_same_lists_and_names_its_faults(world, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    done = CliRunner().invoke(command, ["export", "requests", str(file), "--as", "lin"])
    assert done.exit_code == 0 and done.output.startswith("2 → ")
    assert _cells(file.read_bytes())[0][0] == "青岛市共享申请清单"
    word = tmp_path / "list.docx"
    asked = ["export", "board", str(word), "--as", "lin", "--language", "en"]
    assert CliRunner().invoke(command, asked).exit_code == 0
    wrong = CliRunner().invoke(command, [*asked[:3], "--as", "lin", "--query", "sort=x"])
    assert wrong.exit_code == 2
    odd = CliRunner().invoke(command, ["export", "issues", str(tmp_path / "x.pdf"), "--as", "lin"])
    assert odd.exit_code != 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["list.docx", "list.xlsx"]
