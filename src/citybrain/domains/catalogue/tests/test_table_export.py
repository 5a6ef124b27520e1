"""The directory as Excel and CSV: complete, harmless, and small in memory."""

import csv
import io
import tracemalloc
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from citybrain.domains.catalogue.exchange import columns
from citybrain.domains.catalogue.exchange.entry import Entry, batches
from citybrain.domains.catalogue.exchange.tables import csv_lines, write_excel, write_template
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.queries import visible


def workbook(rows, **more) -> tuple[int, object]:
    file = io.BytesIO()
    count = write_excel(rows, file, **more)
    return count, load_workbook(file)


def table(sheet) -> list[dict[str, str]]:
    heads, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_workbook_holds_every_entry_and_every_item(city):
    listed.demo_like(city)
    count, book = workbook(batches(visible.public_resources(), 2))
    rows = table(book[columns.SHEET])
    assert count == len(rows) == 5
    streets = next(one for one in rows if one["信息资源代码 Directory code"] == "streets")
    assert streets["信息资源提供方 Provider"] == "交通运输局"
    assert streets["共享类型 Share type"] == "无条件共享"
    assert streets["更新周期 Update cycle"] == "每年"
    items = [
        one
        for one in table(book[columns.ITEM_SHEET])
        if one["信息资源代码 Directory code"] == "streets"
    ]
    assert [one["信息项列名 Column name"] for one in items][:2] == ["code", "name"]
    assert len(items) == 5


def test_the_csv_says_the_same_in_one_sheet(city):
    listed.demo_like(city)
    text = "".join(csv_lines(batches(visible.public_resources(), 2)))
    assert text.startswith("\ufeff类 Class")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 5
    streets = next(one for one in rows if one["信息资源代码 Directory code"] == "streets")
    assert streets["信息项 Items"].startswith("code|街道代码|Street code|C; ")


def test_no_sheet_tells_where_a_source_lies(city):
    found = listed.demo_like(city)
    hidden = [one for resource in found for one in listed.secrets_of(resource)]
    text = "".join(csv_lines(batches(visible.public_resources())))
    _, book = workbook(batches(visible.public_resources()))
    shown = [str(cell) for sheet in book for row in sheet.values for cell in row]
    assert hidden and not [one for one in hidden if one in text or one in "\n".join(shown)]


@pytest.fixture
def entry(city) -> Entry:
    listed.publish(city, "307001000001", "external", listed.EXTERNAL)
    return next(batches(visible.public_resources()))[0]


def test_a_code_of_the_guide_is_taken_apart(entry):
    _, book = workbook([[entry]])
    row = table(book[columns.SHEET])[0]
    assert [row[one] for one in ("类 Class", "项 Class item", "目 Class subject")] == [
        "部门信息资源",
        "07",
        "001",
    ]


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_a_title_that_looks_like_a_formula_is_never_run(entry, text):
    bad = replace(entry, title_en=text, title_zh="\x0b题\x00")
    _, book = workbook([[bad]])
    cell = book[columns.SHEET]["G2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert book[columns.SHEET]["F2"].value == "题"
    assert f",'{text}," in list(csv_lines([[bad]]))[1]


def test_items_that_do_not_fit_into_a_sheet_go_on_in_the_next(city):
    listed.demo_like(city)
    _, book = workbook(batches(visible.public_resources()), most=4)
    assert f"{columns.ITEM_SHEET} 2" in book.sheetnames
    assert all(sheet.max_row <= 4 for sheet in book)


def test_a_hundred_times_more_entries_take_no_more_memory_as_csv(entry):
    def peak(batches_wanted: int) -> int:
        tracemalloc.start()
        for _ in csv_lines([replace(entry)] * 20 for _ in range(batches_wanted)):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1)
    assert peak(100) < 2 * peak(1) + 100_000


def test_the_template_offers_the_choices_and_says_what_is_required():
    file = io.BytesIO()
    write_template(file)
    book = load_workbook(file)
    assert book.sheetnames == [columns.SHEET, columns.ITEM_SHEET, columns.GUIDE_SHEET]
    rules = book[columns.SHEET].data_validations.dataValidation
    assert any("有条件共享" in rule.formula1 for rule in rules)
    guide = [row[1] for row in book[columns.GUIDE_SHEET].values]
    assert all(one.heading in guide for one in columns.IN)
