"""`report`: every figure computed from the records, with the query behind it."""

from pathlib import Path

import click
from django.conf import settings

from citybrain.kernel.report import BadPeriod, Report
from citybrain.kernel.report import report as compute
from citybrain.surfaces.cli.failures import Failure, say
from citybrain.surfaces.cli.output import console, json_option, print_json, print_rows
from citybrain.surfaces.documents.report import STATUS_ZH, report_docx, shown

COLUMNS = (
    ("title", "指标", "Figure"),
    ("value", "数值", "Value"),
    ("unit", "单位", "Unit"),
    ("status", "状态", "Status"),
    ("code", "代码", "Code"),
)


@click.command(help="The report of a period, such as 2025H1. 生成工作报告")
@click.argument("period")
@json_option
@click.option("--queries", is_flag=True, help="Show the query behind each figure. 显示查询语句")
@click.option(
    "--docx",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a Word document. 导出Word文档",
)
def report(period: str, as_json: bool, queries: bool, docx: Path | None) -> None:
    """As a table, as JSON, or as a Word document."""
    try:
        made = compute(period)
    except BadPeriod:
        raise click.UsageError(say(BadPeriod.zh, BadPeriod.en)) from None
    if docx:
        _write(made, docx)
    if as_json:
        print_json(made.as_json())
    elif not docx:
        _print(made, queries)


def _write(made: Report, target: Path) -> None:
    config = settings.CITYBRAIN
    body = report_docx(made, config.city_zh, config.city_en, say("zh", "en"))
    try:
        target.write_bytes(body)
    except OSError as error:
        raise Failure(f"{target}: {error.strerror}") from None


def _print(made: Report, queries: bool) -> None:
    out = console()
    out.print(say(made.period.zh, made.period.en), style="bold")
    for section in made.sections:
        out.print("\n" + say(section.zh, section.en), style="bold", markup=False)
        rows = [
            {
                "title": say(one.title_zh, one.title),
                "value": shown(one),
                "unit": one.unit,
                "status": say(STATUS_ZH[one.status], one.status),
                "code": one.code,
            }
            for one in section.figures
        ]
        print_rows(rows, COLUMNS)
        for one in section.figures if queries else ():
            out.print(f"  {one.code}: {one.query or one.status}", markup=False, style="dim")
    if made.checkpoint:
        size, root = made.checkpoint["size"], made.checkpoint["root"]
        out.print(say(f"\n账本检查点：大小 {size}，根 {root}", f"\ncheckpoint: {size} {root}"))
