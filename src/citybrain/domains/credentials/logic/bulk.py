"""A CSV file of licences as rows for `issue_many`: nothing is accepted that is not understood."""

import csv
import io
from typing import Any

from citybrain.domains.credentials.logic.rules import whole
from citybrain.domains.credentials.models import LicenceType
from citybrain.kernel.errors import Invalid

LARGEST = 2 << 20
"""Bytes of a file."""
OWN = ("holder_name", "holder_number")


def read(type: LicenceType, data: bytes) -> list[dict[str, Any]]:
    """The rows of a file whose first line names the columns. Raises `Invalid`."""
    if len(data) > LARGEST:
        raise Invalid("too-large", "文件过大。", "The file is too large.")
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        told = ("须为UTF-8编码的CSV文件。", "A CSV file in UTF-8 is needed.")
        raise Invalid("bad-file", *told) from None
    if not 0 < len(rows) <= whole("bulk"):
        most = whole("bulk")
        raise Invalid("bad-file", f"须为1至{most}行。", f"A file has 1 to {most} rows.")
    _check_head(type, set(rows[0]))
    return [_row(row) for row in rows]


def _check_head(type: LicenceType, given: set[Any]) -> None:
    known = {*OWN, *(one["name"] for one in type.claims)}
    needed = {*OWN, *(one["name"] for one in type.claims if one["required"])}
    wrong = sorted(str(one) for one in (given - known) | (needed - given))
    if wrong:
        told = "、".join(wrong)
        raise Invalid("bad-file", f"列不符：{told}。", f"Columns do not fit: {told}.")


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    given = {name: value or "" for name, value in row.items() if name is not None}
    claims = {name: value for name, value in given.items() if name not in OWN and value}
    if None in row:
        claims["…"] = "more cells than columns"
    return {
        "holder_name": given["holder_name"],
        "holder_number": given["holder_number"],
        "claims": claims,
    }
