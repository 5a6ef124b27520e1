"""Reading Excel and CSV files that people fill in, bounded in size."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from citybrain.domains.catalogue.exchange import cells, columns
from citybrain.domains.catalogue.exchange.cells import Line, Sheet
from citybrain.domains.catalogue.exchange.drafts import Draft, Fault, Place
from citybrain.kernel.errors import Invalid
from citybrain.kernel.models import Party

MOST_ROWS = 100_000
"""Entries of one file; items ten times as many."""
MOST_COLUMNS = 200
MOST_UNPACKED = 1024 * 1024 * 1024
"""Bytes of a workbook when it is unpacked."""
Found = tuple[list[Draft], list[Fault]]


def unreadable(zh: str, en: str) -> Invalid:
    """The file as a whole cannot be read."""
    return Invalid("unreadable-file", zh, en)


def too_many(most: int) -> Invalid:
    """More than one import takes."""
    return Invalid("too-many", f"超过{most}行，请分开导入。", f"More than {most} rows; split it.")


def read_excel(path: Path, owner: Party) -> Found:
    """Drafts from a filled-in template or an export. Raises `Invalid` when it is no workbook."""
    _check_size(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise unreadable("无法作为Excel文件打开。", f"Not an Excel file: {error}") from None
    try:
        if not book.worksheets:
            raise unreadable("文件中没有工作表。", "The workbook has no sheet.")
        return _of_book(book, owner)
    finally:
        book.close()


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, OSError):
        raise unreadable("无法作为Excel文件打开。", "Not an Excel file.") from None
    if size > MOST_UNPACKED:
        raise unreadable("文件解压后过大。", "The workbook is too large when unpacked.")


def _of_book(book: Any, owner: Party) -> Found:
    names = book.sheetnames
    name = columns.SHEET if columns.SHEET in names else names[0]
    sheet = cells.read(name, _rows(book[name], MOST_ROWS), (*columns.COLUMNS, columns.ITEMS))
    items = Sheet()
    for one in names:
        if one.startswith(columns.ITEM_SHEET):
            more = cells.read(one, _rows(book[one], 10 * MOST_ROWS), columns.ITEM_COLUMNS)
            items.lines += more.lines
            items.faults += more.faults
    return cells.drafts(sheet, items, owner)


def _rows(sheet: Any, most: int) -> Iterator[Sequence[str]]:
    sheet.reset_dimensions()  # what a file says of its own size may be wrong
    filled = 0
    for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
        texts = [_text(value) for value in row]
        filled += any(texts)
        if filled > most + 1:
            raise too_many(most)
        yield texts


def _text(value: Any) -> str:
    """A cell as people read it: no ".0" behind whole numbers, dates as 2025-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)


def read_csv(path: Path, owner: Party) -> Found:
    """Drafts from a CSV file in UTF-8 or GB 18030. Raises `Invalid` when it is none."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise unreadable("编码应为UTF-8或GB 18030。", "The file must be UTF-8 or GB 18030.")
    try:
        sheet = cells.read(path.name, _csv_rows(text), (*columns.COLUMNS, columns.ITEMS))
    except csv.Error as error:
        raise unreadable(f"CSV格式有误：{error}", f"Malformed CSV: {error}") from None
    items, faults = _items_in_cells(sheet)
    drafts, more = cells.drafts(sheet, items, owner)
    return drafts, [*faults, *more]


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            raise too_many(MOST_ROWS)
        yield [_unquoted(one) for one in row[:MOST_COLUMNS]]


def _unquoted(text: str) -> str:
    """Without the apostrophe that an export sets before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:2] in {"=", "+", "-", "@"} else text


def _items_in_cells(sheet: Sheet) -> tuple[Sheet, list[Fault]]:
    items, faults = Sheet(), []
    for line in sheet.lines:
        found = cells.items_of_text(line.values.get("items", ""))
        if found is None:
            words = (
                "应为“列名|中文|英文|类型”，以分号分隔。",
                "Must be name|Chinese|English|type, parted by semicolons.",
            )
            faults.append(Fault(line.place, "items", words))
        items.lines += [_item_line(line, one) for one in found or ()]
    return items, faults


def _item_line(line: Line, values: dict[str, str]) -> Line:
    """An item whose faults are told at the cell that it stands in."""
    where = line.place.letters["items"]
    letters = {one.key: where for one in columns.ITEM_COLUMNS}
    place = Place(line.place.sheet, line.place.row, letters)
    return Line(place, {"code": line.values.get("code", ""), **values})
