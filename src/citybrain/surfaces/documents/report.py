"""The report as a Word document."""

from io import BytesIO

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.table import _Cell

from citybrain.kernel.report import FigureRow, Report, Section

HEADINGS = {
    "zh": ("指标", "数值", "单位", "状态"),
    "en": ("Figure", "Value", "Unit", "Status"),
}
STATUS_ZH = {"computed": "已核算", "not built": "未建设（not built）"}


def report_docx(report: Report, city_zh: str, city_en: str, language: str = "zh") -> bytes:
    """The report as .docx, in Chinese or English; the queries stand in an annex."""
    document = Document()
    _fonts(document)
    zh = language == "zh"
    title = (
        f"{city_zh}大数据工作报告（{report.period.zh}）"
        if zh
        else f"{city_en} big-data report, {report.period.en}"
    )
    document.add_heading(title, level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.core_properties.title = title
    document.core_properties.language = "zh-CN" if zh else "en"
    document.add_paragraph(
        "本报告全部数值由平台记录核算得出，查询语句见附录；标注“未建设”的指标所属领域尚未建成。"
        if zh
        else "Every value is computed from the platform's records by the query in the annex; "
        "a figure that is “not built” belongs to a domain that does not exist yet."
    )
    for section in report.sections:
        document.add_heading(section.zh if zh else section.en, level=1)
        _table(document, section, language)
    _proof(document, report, zh)
    _annex(document, report, zh)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _fonts(document: Doc) -> None:
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 14)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.name = "Noto Sans CJK SC"
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(attribute), "Noto Sans CJK SC")
        for attribute in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme"):
            fonts.attrib.pop(qn(attribute), None)


def _table(document: Doc, section: Section, language: str) -> None:
    table = document.add_table(rows=1, cols=4, style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, HEADINGS[language], strict=True):
        _write(cell, text)
    for row in section.figures:
        cells = table.add_row().cells
        status = STATUS_ZH[row.status] if language == "zh" else row.status
        title = row.title_zh if language == "zh" else row.title
        for cell, text in zip(cells, (title, shown(row), row.unit, status), strict=True):
            _write(cell, text)
        cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write(cell: _Cell, text: str) -> None:
    cell.text = text


def shown(row: FigureRow) -> str:
    """The value for people: thousands separated; a dash where there is none."""
    if row.value is None:
        return "—"
    if isinstance(row.value, int):
        return f"{row.value:,}"
    whole, dot, rest = row.value.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _proof(document: Doc, report: Report, zh: bool) -> None:
    document.add_heading("账本检查点" if zh else "Ledger checkpoint", level=1)
    text = report.checkpoint["text"] if report.checkpoint else ("尚无" if zh else "none yet")
    document.add_paragraph(text)


def _annex(document: Doc, report: Report, zh: bool) -> None:
    document.add_heading("附录：查询语句" if zh else "Annex: queries", level=1)
    for row in report.figures:
        if row.query:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{row.title_zh if zh else row.title}: ").bold = True
            run = paragraph.add_run(row.query)
            run.font.size = Pt(7.5)
