"""Workbooks as people fill them in."""

import csv
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from citybrain.domains.catalogue.exchange import columns

ROW: dict[str, Any] = {
    "code": "A-1",
    "title_zh": "潮汐表",
    "title_en": "Tide table",
    "kind": "外部资源",
    "share_type": "无条件共享",
    "update_cycle": "每年",
    "grade": "L1 公开",
    "landing_page": "https://data.example.org/tide",
}


def rows(count: int) -> list[dict[str, Any]]:
    return [ROW | {"code": f"A-{number}"} for number in range(1, count + 1)]


def workbook(
    path: Path, found: list[dict[str, Any]], items: list[dict[str, Any]] | None = None
) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, known, given in (
        (columns.SHEET, columns.IN, found),
        (columns.ITEM_SHEET, columns.ITEM_COLUMNS, items or []),
    ):
        sheet = book.create_sheet(title)
        sheet.append([one.heading for one in known])
        for row in given:
            sheet.append([row.get(one.key) for one in known])
    book.save(path)
    return path


def letter(key: str, known: tuple[columns.Column, ...] = columns.IN) -> str:
    return get_column_letter([one.key for one in known].index(key) + 1)


def csv_file(path: Path, found: list[dict[str, Any]], encoding: str = "utf-8-sig") -> Path:
    heads = (*columns.IN, columns.ITEMS)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([one.heading for one in heads])
        writer.writerows([[row.get(one.key, "") for one in heads] for row in found])
    return path
