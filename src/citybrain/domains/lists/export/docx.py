"""A list as a Word document: landscape A4, a heading row on every page, pages numbered.

Rows are copies of one row's XML: python-docx's own `add_row` looks at the whole table again
for each, which takes minutes for a thousand.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import IO, Any

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from citybrain.domains.lists.export.sheet import Sheet
from citybrain.ui.formats import is_chinese

MOST_ROWS = 1000
"""A longer table is no document that anybody reads; the notice says where the rest is."""
LONGEST_CELL = 400
MARGIN = Mm(15)
SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"
TABLE_SIZE = int(Pt(8))
PADDING, SHORT, LONGEST_LINE = 3, 7, 18
"""In characters: a cell's margins, what a line holds unbroken (a date, a number), what the
widest column is reckoned with."""


def write_docx(sheet: Sheet, file: IO[bytes]) -> int:
    """Write the document; returns how many rows of the list it holds."""
    document: Doc = Document()
    _styles(document)
    width = _landscape(document)
    document.core_properties.title = sheet.title
    document.core_properties.language = "zh-CN" if is_chinese() else "en"
    _block(document, sheet)
    rows = list(sheet.rows(MOST_ROWS))
    if sheet.total > len(rows):
        _notice(document, sheet.total, len(rows))
    _table(document, sheet.headings, rows, width)
    _footer(document)
    document.save(file)
    return len(rows)


def _styles(document: Doc) -> None:
    for name, size, east in (("Normal", 9, SONG), ("Title", 18, HEI)):
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), LATIN
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), east)
        fonts.set(qn("w:ascii"), LATIN)
        fonts.set(qn("w:hAnsi"), LATIN)
        for attribute in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
    title = document.styles["Title"]
    borders = title.element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        title.element.pPr.remove(borders)
    document.styles["Normal"].paragraph_format.space_after = Pt(2)


def _landscape(document: Doc) -> int:
    """Turn the page; returns the width between the margins."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    return int(Mm(297)) - 2 * int(MARGIN)


def _block(document: Doc, sheet: Sheet) -> None:
    document.add_paragraph(sheet.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    colon = "：" if is_chinese() else ": "
    for name, value in sheet.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}{colon}").bold = True
        paragraph.add_run(value)
    document.paragraphs[-1].paragraph_format.space_after = Pt(6)


def _notice(document: Doc, total: int, shown: int) -> None:
    words = _(
        "This document holds the first %(shown)s of %(total)s entries. "
        "The complete list is in the Excel export."
    ) % {"shown": f"{shown:,}", "total": f"{total:,}"}
    run = document.add_paragraph().add_run(words)
    run.bold, run.font.color.rgb = True, RGBColor(0xB0, 0x1E, 0x1E)


def _table(
    document: Doc, headings: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> None:
    table = document.add_table(rows=2, cols=len(headings), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for share, column in zip(_shares(headings, rows, width), table.columns, strict=True):
        column.width = Emu(share)
        for cell in column.cells:
            cell.width = Emu(share)
    head, pattern = table.rows[0], table.rows[1]
    for cell, text in zip(head.cells, headings, strict=True):
        _heading(cell, text)
    _mark(head._tr, "w:tblHeader")
    _mark(pattern._tr, "w:cantSplit")
    for cell in pattern.cells:
        cell.paragraphs[0].add_run(" ").font.size = Emu(TABLE_SIZE)
        _roomy(cell)
    body = table._tbl
    body.remove(pattern._tr)
    for row in rows:
        body.append(_filled(pattern._tr, row))


def _heading(cell: Any, text: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Emu(TABLE_SIZE)
    _roomy(cell)
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEI)
    shading = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", "DCE6F1")):
        shading.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _roomy(cell: Any) -> None:
    """Words in the middle of their row, with air above and below."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    form = cell.paragraphs[0].paragraph_format
    form.space_before = form.space_after = Pt(2)


def _mark(row: Any, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))


def _filled(pattern: Any, row: Sequence[str]) -> Any:
    made = deepcopy(pattern)
    for place, text in zip(made.iter(qn("w:t")), row, strict=True):
        place.text = text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
        place.set(qn("xml:space"), "preserve")
    return made


def _shares(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Each column's width: short ones get what their words need, the others share the rest."""
    weights = [_weight(list(texts)) for texts in zip(headings, *rows[:100], strict=True)]
    needs = [(weight + PADDING) * TABLE_SIZE for weight in weights]
    short = [need if weight <= SHORT else 0 for weight, need in zip(weights, needs, strict=True)]
    if sum(short) > width * 3 // 4 or not any(not one for one in short):
        return [width * need // sum(needs) for need in needs]
    rest, wide = width - sum(short), sum(needs) - sum(short)
    return [kept or rest * need // wide for kept, need in zip(short, needs, strict=True)]


def _weight(texts: Sequence[str]) -> int:
    """How many Chinese characters wide nine of ten cells are, within bounds."""
    heading, *values = ((_halves(text) + 1) // 2 for text in texts)
    typical = sorted(values)[int(len(values) * 0.9) - 1] if values else 0
    return max(2, heading, min(LONGEST_LINE, typical))


def _halves(text: str) -> int:
    return sum(2 if ord(one) > 0x2E80 else 1 for one in text[:80])


def _footer(document: Doc) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = ("第 ", " 页，共 ", " 页") if is_chinese() else ("Page ", " of ", "")
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(between)
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(after)


def _field(paragraph: Paragraph, code: str) -> None:
    """A field that the office program fills in."""
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._r.append(mark)
