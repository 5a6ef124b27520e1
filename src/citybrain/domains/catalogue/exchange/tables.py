"""The directory as Excel and as CSV, and the template that people fill in.

Excel is written row by row into a temporary file and CSV as a stream, so neither keeps the
directory in memory.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from citybrain.domains.catalogue.exchange import columns, rows
from citybrain.domains.catalogue.exchange.columns import Column
from citybrain.domains.catalogue.exchange.entry import Entry

MOST_ROWS = 1_048_576
"""Rows of a sheet, its heading among them."""
LAST_FILLED_ROW = 20_000
"""Down to which row the template offers choices."""
_HEAD = Font(bold=True)
_MUST = PatternFill("solid", fgColor="FDE9D9")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Sheets:
    """Rows into one sheet, and into a further one when it is full."""

    def __init__(self, book: Workbook, title: str, heads: Sequence[Column], most: int) -> None:
        self.book, self.title, self.heads, self.most = book, title, heads, most
        self.count = 0
        self._next()

    def _next(self) -> None:
        self.count += 1
        title = self.title if self.count == 1 else f"{self.title} {self.count}"
        self.sheet = self.book.create_sheet(title)
        for place, column in enumerate(self.heads, 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = column.width
        self.sheet.freeze_panes = "A2"
        self.rows = 0
        self._write([one.heading for one in self.heads])

    def add(self, values: dict[str, str]) -> None:
        """One row; a value is text, whatever it begins with."""
        if self.rows >= self.most:
            self._next()
        self._write([values.get(one.key, "") for one in self.heads])

    def _write(self, texts: Sequence[str]) -> None:
        self.rows += 1
        self.sheet.append([self._cell(text) for text in texts])

    def _cell(self, text: str) -> Any:
        if not text.startswith("="):
            return rows.plain(text)
        cell = WriteOnlyCell(self.sheet, rows.plain(text))
        cell.data_type = "s"  # what a person wrote is never run as a formula
        return cell


def write_excel(batches: Iterable[list[Entry]], file: IO[bytes], most: int = MOST_ROWS) -> int:
    """The directory as a workbook of two sheets; returns how many entries it holds."""
    book = Workbook(write_only=True)
    directory = _Sheets(book, columns.SHEET, columns.OUT, most)
    count = 0
    items = _Sheets(book, columns.ITEM_SHEET, columns.ITEM_COLUMNS, most)
    for batch in batches:
        count += len(batch)
        for entry in batch:
            directory.add(rows.cells(entry))
            for row in rows.item_cells(entry):
                items.add(row)
    book.save(file)
    return count


def csv_lines(batches: Iterable[list[Entry]]) -> Iterator[str]:
    """The directory as CSV (UTF-8 with a mark, so that Excel reads it), one line a time.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    heads = (*columns.OUT, columns.ITEMS)
    yield "\ufeff" + _line([one.heading for one in heads])
    for batch in batches:
        for entry in batch:
            values = rows.cells(entry) | {"items": rows.items_text(entry.items)}
            yield _line([_harmless(values[one.key]) for one in heads])


def _line(texts: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(texts)
    return out.getvalue()


def _harmless(text: str) -> str:
    clean = rows.plain(text)
    return "'" + clean if clean.startswith(_FORMULA) else clean


def write_template(file: IO[bytes]) -> None:
    """An empty workbook with the columns of an import, its choices and how to fill it in."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, heads in ((columns.SHEET, columns.IN), (columns.ITEM_SHEET, columns.ITEM_COLUMNS)):
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, column in enumerate(heads, 1):
            _head(sheet, place, column)
    _guide(book.create_sheet(columns.GUIDE_SHEET))
    book.save(file)


def _head(sheet: Any, place: int, column: Column) -> None:
    letter = get_column_letter(place)
    cell = sheet.cell(1, place, column.heading)
    cell.font, cell.alignment = _HEAD, Alignment(wrap_text=True, vertical="top")
    if column.required:
        cell.fill = _MUST
    hint = _hint(column)
    if hint:
        cell.comment = Comment(hint, "CityBrain")
    sheet.column_dimensions[letter].width = column.width
    if column.choices:
        listed = ",".join(zh for zh, _ in column.choices.values())
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{LAST_FILLED_ROW}")


def _hint(column: Column) -> str:
    parts = ["必填 Required"] if column.required else []
    parts += [f"{column.hint_zh} {column.hint_en}"] if column.hint_zh else []
    return "\n".join(parts)


def _guide(sheet: Any) -> None:
    sheet.append(["工作表 Sheet", "列 Column", "必填 Required", "可填内容 Values"])
    pairs = ((columns.SHEET, columns.IN), (columns.ITEM_SHEET, columns.ITEM_COLUMNS))
    for title, heads in pairs:
        for one in heads:
            choices = "；".join(f"{zh} / {en}" for zh, en in (one.choices or {}).values())
            values = choices or f"{one.hint_zh} {one.hint_en}".strip()
            sheet.append([title, one.heading, "是 Yes" if one.required else "", values])
    for letter, width in zip("ABCD", (18, 36, 14, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = _HEAD
