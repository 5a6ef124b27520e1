"""From a file to drafts to the directory: what `catalogue import` does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from citybrain.domains.catalogue.actions import Taken, import_drafts
from citybrain.domains.catalogue.ckan import read as ckan
from citybrain.domains.catalogue.dcat import read as dcat
from citybrain.domains.catalogue.exchange.drafts import Draft
from citybrain.domains.catalogue.exchange.foreign import Defaults, Foreign, draft_of
from citybrain.domains.catalogue.exchange.sheets import (
    MOST_ROWS,
    Found,
    read_csv,
    read_excel,
    too_many,
    unreadable,
)
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Invalid

LARGEST = 100 * 1024 * 1024
"""Bytes of a file."""


@dataclass(frozen=True, slots=True)
class Options:
    """`publish` what is new; `change` what is known already instead of refusing it."""

    publish: bool = False
    change: bool = False
    defaults: Defaults = field(default_factory=Defaults)


Read = Callable[[Path, Acting, Options], Found]


def _dcat(form: str) -> Read:
    def read(path: Path, acting: Acting, options: Options) -> Found:
        return drafted(dcat.read(path.read_bytes(), form), options.defaults), []

    return read


def _json(path: Path, acting: Acting, options: Options) -> Found:
    """CKAN's JSON, or DCAT's when it says so by an `@context` or `@graph`."""
    content = path.read_bytes()
    if path.suffix.lower() == ".json" and (b'"@context"' in content or b'"@graph"' in content):
        return drafted(dcat.read(content, "jsonld"), options.defaults), []
    return drafted(ckan.read(content, options.defaults.source), options.defaults), []


def drafted(found: list[Foreign], defaults: Defaults) -> list[Draft]:
    """Other catalogues' entries as drafts. Raises `Invalid` for more than one import takes."""
    if len(found) > MOST_ROWS:
        raise too_many(MOST_ROWS)
    return [draft_of(one, defaults) for one in found]


READERS: dict[str, Read] = {
    ".xlsx": lambda path, acting, options: read_excel(path, acting.party),
    ".csv": lambda path, acting, options: read_csv(path, acting.party),
    ".ttl": _dcat("ttl"),
    ".rdf": _dcat("rdf"),
    ".xml": _dcat("rdf"),
    ".jsonld": _dcat("jsonld"),
    ".json": _json,
    ".jsonl": _json,
    ".gz": _json,
}


def import_file(acting: Acting, path: Path, options: Options) -> Taken:
    """Register all that the file describes, or nothing.

    Raises `actions.FaultsError` with every fault, `Invalid` for a file that cannot be read.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        listed = " ".join(READERS)
        raise Invalid(
            "unknown-format",
            f"无法从文件名判断格式，请使用：{listed}",
            f"The file's name tells no format; use one of: {listed}",
        )
    if path.stat().st_size > LARGEST:
        raise unreadable("文件超过100 MB。", "The file is larger than 100 MB.")
    drafts, faults = read(path, acting, options)
    if not drafts and not faults:
        raise unreadable("文件中没有可导入的条目。", "There is nothing to import in the file.")
    return import_drafts(
        acting_party=acting,
        drafts=drafts,
        faults=faults,
        publish=options.publish,
        change=options.change,
    )
