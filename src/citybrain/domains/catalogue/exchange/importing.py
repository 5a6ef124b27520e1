"""From a file to drafts to the directory: what `catalogue import` does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from citybrain.domains.catalogue.actions import Taken, import_drafts
from citybrain.domains.catalogue.exchange.sheets import Found, read_csv, read_excel, unreadable
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Invalid

LARGEST = 100 * 1024 * 1024
"""Bytes of a file."""


@dataclass(frozen=True, slots=True)
class Options:
    """`publish` what is new; `change` what is known already instead of refusing it."""

    publish: bool = False
    change: bool = False


Read = Callable[[Path, Acting, Options], Found]
READERS: dict[str, Read] = {
    ".xlsx": lambda path, acting, options: read_excel(path, acting.party),
    ".csv": lambda path, acting, options: read_csv(path, acting.party),
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
