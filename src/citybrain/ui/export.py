"""A list as CSV that office software opens safely: UTF-8 with BOM, no formulas, streamed."""

import csv
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from citybrain.ui.formats import plain

if TYPE_CHECKING:
    from citybrain.ui.lists import ListPage

BOM = "\ufeff"
CHUNK = 2000
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make a spreadsheet read a text as a formula (OWASP, CSV Injection)."""


class _Line:
    """What csv.writer writes to: hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def guarded(value: Any) -> str:
    """The value as CSV text; a text that a spreadsheet would run gets an apostrophe before it.

    Figures are left alone: a negative number is no formula.
    """
    text = plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text
    # Spaces before the sign are skipped by spreadsheets too.
    return f"'{text}" if text.startswith(RISKY) or text.lstrip(" ").startswith(RISKY) else text


def csv_lines(page: "ListPage") -> Iterator[str]:
    """Every matching row (not only this page's) in the list's order."""
    writer, columns = csv.writer(_Line()), page.spec.columns
    yield BOM + str(writer.writerow([guarded(str(column.title)) for column in columns]))
    for row in page.queryset.iterator(chunk_size=CHUNK):
        yield str(writer.writerow([guarded(column.value(row)) for column in columns]))


def csv_response(page: "ListPage") -> StreamingHttpResponse:
    pieces = _pieces(csv_lines(page), get_language())
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.spec.name}.csv"'
    return response


def _pieces(lines: Iterator[str], language: str | None, size: int = 500) -> Iterator[str]:
    """Several lines a piece, each written in the request's language: streaming outlives it."""
    while True:
        with override(language):
            piece = "".join(islice(lines, size))
        if not piece:
            return
        yield piece
