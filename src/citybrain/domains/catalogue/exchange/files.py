"""The directory into files: whole or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from citybrain.domains.catalogue import queries
from citybrain.domains.catalogue.dcat.write import MEDIA_TYPES, document
from citybrain.domains.catalogue.exchange.entry import Entry, batches
from citybrain.domains.catalogue.exchange.tables import csv_lines, write_excel, write_template
from citybrain.kernel.errors import Invalid
from citybrain.kernel.queries import visible

SUFFIXES = {
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".ttl": "ttl",
    ".jsonld": "jsonld",
    ".json": "jsonld",
    ".rdf": "rdf",
    ".xml": "rdf",
}


def form_of(path: Path, form: str | None) -> str:
    """The form that was asked for, or that the file's name tells. Raises `Invalid`."""
    found = form or SUFFIXES.get(path.suffix.lower())
    if found is None:
        listed = " ".join(SUFFIXES)
        raise Invalid(
            "unknown-format",
            f"无法从文件名判断格式，请使用：{listed}",
            f"The file's name tells no format; use one of: {listed}",
        )
    return found


def export(path: Path, form: str, base: str) -> int:
    """Write the published directory; returns how many entries it has."""
    rows = _Counted(batches(visible.public_resources()))
    with _replacing(path) as file:
        if form == "xlsx":
            write_excel(rows, file)
        else:
            for text in _texts(rows, form, base):
                file.write(text.encode())
    return rows.count


def _texts(rows: Iterable[list[Entry]], form: str, base: str) -> Iterator[str]:
    if form in MEDIA_TYPES:
        return document(queries.directory(base), rows, form)
    return csv_lines(rows)


def template(path: Path) -> None:
    """Write the template of the import."""
    with _replacing(path) as file:
        write_template(file)


class _Counted:
    """Batches, counted as they pass."""

    def __init__(self, rows: Iterable[list[Entry]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Entry]]:
        for batch in self.rows:
            self.count += len(batch)
            yield batch


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that takes its place when all went well."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
