"""The files of the lists: written aside, then sent or kept."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.http import FileResponse

from citybrain.domains.lists.export.docx import write_docx
from citybrain.domains.lists.export.sheet import Sheet, sheet_of
from citybrain.domains.lists.export.xlsx import write_xlsx
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Invalid
from citybrain.ui.lists import ListPage

Writer = Callable[[Sheet, IO[bytes]], int]
WRITERS: dict[str, tuple[Writer, str]] = {
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": (
        write_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}


def file_response(page: ListPage, acting: Acting, form: str) -> FileResponse:
    """The list as a download. Written to a temporary file, which goes when it is sent."""
    write, content_type = WRITERS[form]
    # Closed, and with that removed, by the response when it was sent.
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115
    write(sheet_of(page, acting), file)
    file.seek(0)
    name = f"{page.spec.name}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def save(page: ListPage, acting: Acting, path: Path) -> int:
    """Write the list to a file whose name says the form; returns its rows.

    A file that is there is replaced when all is written.
    """
    form = path.suffix.lstrip(".").lower()
    if form not in WRITERS:
        raise Invalid("bad-form", "文件名应以.xlsx或.docx结尾。", "Name a file .xlsx or .docx.")
    write, _content_type = WRITERS[form]
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as file:
            count = write(sheet_of(page, acting), file)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return count
