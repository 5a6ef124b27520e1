"""An entry of the directory as the cells of a row."""

import re
from collections.abc import Iterator

from citybrain.domains.catalogue.exchange import columns
from citybrain.domains.catalogue.exchange.entry import Entry, ItemEntry
from citybrain.kernel.kinds import all_kinds

LONGEST_CELL = 32_767
"""Characters that a cell of Excel holds."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def cells(entry: Entry) -> dict[str, str]:
    """Text by column key, for every column of an export."""
    kinds = {one.code: one.zh for one in all_kinds()}
    return {
        "category_class": columns.label(columns.CLASSES, entry.category_class),
        "source_party": entry.source_zh,
        "open_type": columns.label(columns.OPEN_TYPES, entry.open_type),
        "format_class": columns.label(columns.FORMAT_CLASSES, entry.format_class),
        "related": "; ".join(one.code for one in entry.related),
        **{name: getattr(entry, name) for name in _SAME},
        "kind": kinds.get(entry.kind, entry.kind),
        "share_type": columns.label(columns.SHARE_TYPES, entry.share_type),
        "share_way": "外部链接" if entry.external else "经平台网关提供",
        "update_cycle": columns.label(columns.UPDATE_CYCLES, entry.update_cycle),
        "issued": entry.issued.date().isoformat(),
        "grade": columns.label(columns.GRADES, entry.grade),
    }


_SAME = (
    *("code", "title_zh", "title_en", "owner_zh", "owner_code", "summary_zh", "summary_en"),
    *("format", "share_scope", "share_basis", "district", "licence", "landing_page"),
    *("category_item", "category_subject", "category_detail", "source_code", "open_conditions"),
)


def item_cells(entry: Entry) -> Iterator[dict[str, str]]:
    """One row for each information item."""
    for item in entry.items:
        yield {
            "code": entry.code,
            "name": item.name,
            "title_zh": item.title_zh,
            "title_en": item.title_en,
            "type": item.type,
            "sensitive": columns.label(columns.YES, "yes" if item.sensitive else "no"),
        }


def plain(text: str) -> str:
    """What a cell can hold: no control characters, at most 32,767 characters."""
    clean = _CONTROL.sub("", text)
    return clean if len(clean) <= LONGEST_CELL else clean[: LONGEST_CELL - 1] + "…"


def items_text(items: tuple[ItemEntry, ...]) -> str:
    """Items in one cell: `name|中文|English|type` or `…|type|敏感`, parted by semicolons.

    A title that holds one of the two signs gets its full-width twin instead.
    """
    return "; ".join(
        "|".join(
            _unmarked(part)
            for part in (
                *(item.name, item.title_zh, item.title_en, item.type),
                *(["敏感"] if item.sensitive else []),
            )
        )
        for item in items
    )


def _unmarked(text: str) -> str:
    return text.replace("|", "｜").replace(";", "；")
