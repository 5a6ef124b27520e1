"""From the cells of a row to a draft: what a sheet of Excel and a CSV file have in common."""

import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q
from openpyxl.utils import get_column_letter

from citybrain.domains.catalogue.exchange import columns
from citybrain.domains.catalogue.exchange.columns import Column
from citybrain.domains.catalogue.exchange.drafts import MANDATORY, Draft, Fault, Place
from citybrain.kernel.models import Party

DESCRIBED = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "share_type", "share_scope"),
    *("share_basis", "update_cycle", "grade", "district"),
)
ADDED = (
    *("category_class", "category_item", "category_subject", "category_detail"),
    *("open_type", "open_conditions", "format_class"),
)
"""Columns that older templates do not have; where they are missing nothing is said of them."""
_PARTED = re.compile(r"[;；\s]+")
TABLE_FORMATS = {".csv": "csv", ".parquet": "parquet", ".geojson": "geojson", ".xlsx": "excel"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row by column key, and where it stands."""

    place: Place
    values: dict[str, str]


@dataclass(slots=True)
class Sheet:
    """The rows of a sheet, and what is wrong with its headings."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(name: str, rows: Iterator[Sequence[str]], known: Sequence[Column]) -> Sheet:
    """Rows of text, the headings first. Rows without any text are passed over."""
    sheet = Sheet()
    letters, keys = _headings(name, next(rows, ()), known, sheet)
    for number, row in enumerate(rows, 2):
        values = {key: text.strip() for key, text in zip(keys, row, strict=False) if key}
        if any(values.values()):
            sheet.lines.append(Line(Place(name, number, letters), values))
    return sheet


def _headings(
    name: str, heads: Sequence[str], known: Sequence[Column], sheet: Sheet
) -> tuple[dict[str, tuple[str, str]], list[str]]:
    by_word = {
        word.casefold(): one for one in known for word in (one.key, one.zh, one.en, one.heading)
    }
    letters: dict[str, tuple[str, str]] = {}
    keys = []
    for number, head in enumerate(heads, 1):
        column = by_word.get(" ".join(head.split()).casefold())
        here = Place(name, 1, {"head": (get_column_letter(number), head.strip())})
        keys.append(column.key if column else "")
        if column and column.key in letters:
            sheet.faults.append(Fault(here, "head", ("列重复。", "This column is there twice.")))
        elif column:
            letters[column.key] = (get_column_letter(number), column.heading)
        elif head.strip():
            sheet.faults.append(Fault(here, "head", ("未知的列。", "Unknown column.")))
    for one in known:
        if one.required and one.key not in letters:
            words = (f"缺少列“{one.heading}”。", f"The column {one.heading!r} is missing.")
            sheet.faults.append(Fault(Place(name, 1), one.key, words))
    return letters, keys


def drafts(sheet: Sheet, items: Sheet, owner: Party) -> tuple[list[Draft], list[Fault]]:
    """A draft for each row with its items, and the faults that belong to no draft."""
    faults = [*sheet.faults, *items.faults]
    if faults:
        return [], faults
    found = [_draft(line, owner) for line in sheet.lines]
    by_code = {one.code: one for one in found if one.code}
    grouped: dict[str, list[Line]] = {}
    for line in items.lines:
        grouped.setdefault(line.values.get("code", ""), []).append(line)
    for code, lines in grouped.items():
        if code in by_code:
            _add_items(by_code[code], lines)
        else:
            words = ("目录中没有此代码。", "The directory sheet has no such code.")
            faults += [Fault(line.place, "code", words) for line in lines]
    return found, faults


def _draft(line: Line, owner: Party) -> Draft:
    values = line.values
    draft = Draft(
        line.place,
        values.get("code", ""),
        values.get("kind", ""),
        {},
        {
            **{name: values.get(name, "") for name in DESCRIBED},
            **{name: values[name] for name in ADDED if name in values},
        },
    )
    for column in columns.IN:
        _read_cell(draft, column, values.get(column.key, ""))
    _check_owner(draft, values, owner)
    _name_others(draft, values, owner)
    make = _METADATA.get(draft.kind)
    draft.metadata = make(draft, values) if make else {}
    return draft


def _read_cell(draft: Draft, column: Column, text: str) -> None:
    if not text:
        if column.required:
            draft.fault(column.key, *MANDATORY)
        return
    if column.choices is None:
        return
    code = columns.meant(column.choices, text)
    if code is None:
        listed = [zh for zh, _ in column.choices.values()]
        english = [en for _, en in column.choices.values()]
        zh = f"“{text}”不可用，可选：{'、'.join(listed)}"
        draft.fault(column.key, zh, f"{text!r} is none of: {', '.join(english)}")
    elif column.key == "kind":
        draft.kind = code
    else:
        draft.description[column.key] = code


def _check_owner(draft: Draft, values: dict[str, str], owner: Party) -> None:
    """An office describes its own resources; a cell with another one's name is a mistake."""
    name, code = values.get("owner_zh", ""), values.get("owner_code", "")
    if name and name not in {owner.name_zh, owner.name_en}:
        draft.fault(
            "owner_zh",
            f"只能导入本单位（{owner.name_zh}）的资源。",
            f"Only resources of your own office ({owner.name_en}) can be imported.",
        )
    if code and code.upper() != (owner.code or "").upper():
        draft.fault("owner_code", "不是本单位的代码。", "Not the code of your own office.")


def _name_others(draft: Draft, values: dict[str, str], owner: Party) -> None:
    """数源单位 and 关联资源代码: other records, by their names or codes."""
    if "related" in values:
        draft.description["related"] = _PARTED.split(values["related"])
    name = values.get("source_party")
    if name is None:
        return
    found = owner if name in {"", owner.name_zh, owner.name_en} else _party(name)
    if found is None:
        draft.fault("source_party", "没有此单位。", "There is no such party.")
    draft.description["source_party"] = found


def _party(name: str) -> Party | None:
    """A party by its code, or by a name that no other party has."""
    wanted = Q(code=name.upper()) | Q(name_zh=name) | Q(name_en=name)
    found = list(Party.objects.filter(wanted)[:2])
    return found[0] if len(found) == 1 else None


def _external(draft: Draft, values: dict[str, str]) -> dict[str, Any]:
    page = values.get("landing_page", "")
    if not page:
        draft.fault("landing_page", "外部资源必填。", "Required for what is kept elsewhere.")
    names = ("format", "licence")
    return {"landing_page": page, **{name: values.get(name, "") for name in names}}


def _file(draft: Draft, values: dict[str, str]) -> dict[str, Any]:
    path = _path(draft, values)
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return {
        "path": path,
        "filename": PurePosixPath(path).name or "file",
        "media_type": media_type,
        "licence": values.get("licence", ""),
    }


def _table(draft: Draft, values: dict[str, str]) -> dict[str, Any]:
    path = _path(draft, values)
    form = TABLE_FORMATS.get(PurePosixPath(path).suffix.lower())
    if path and form is None:
        listed = " ".join(TABLE_FORMATS)
        draft.fault("path", f"数据表可用的文件：{listed}", f"A table's file is one of: {listed}")
    source = {"type": "file", "path": path or "none", "format": form or "csv"}
    return {"source": source, "items": [], "licence": values.get("licence", "")}


def _path(draft: Draft, values: dict[str, str]) -> str:
    path = values.get("path", "")
    if not path:
        draft.fault("path", "文件和数据表必填。", "Required for a file and a table.")
    return path


_METADATA: dict[str, Callable[[Draft, dict[str, str]], dict[str, Any]]] = {
    "external": _external,
    "file": _file,
    "table": _table,
}


def _add_items(draft: Draft, lines: Iterable[Line]) -> None:
    """Items of the draft; a file has none, and says so."""
    parts: dict[int, Place] = {}
    items = []
    for position, line in enumerate(lines):
        parts[position] = line.place
        items.append(_item(draft, position, line.values))
    draft.place = Place(draft.place.sheet, draft.place.row, draft.place.letters, parts)
    draft.faults = [Fault(draft.place, one.name, one.words) for one in draft.faults]
    if draft.kind == "file":
        draft.fault("items.0.code", "文件没有信息项。", "A file has no items.")
    else:
        draft.metadata["items"] = items


def _item(draft: Draft, position: int, values: dict[str, str]) -> dict[str, Any]:
    item: dict[str, Any] = {name: values.get(name, "") for name in ("name", "title_zh", "title_en")}
    for column in columns.ITEM_COLUMNS:
        text, name = values.get(column.key, ""), f"items.{position}.{column.key}"
        if not text and column.required:
            draft.fault(name, *MANDATORY)
        elif text and column.choices:
            code = columns.meant(column.choices, text)
            if code is None:
                listed = "、".join(zh for zh, _ in column.choices.values())
                draft.fault(name, f"“{text}”不可用，可选：{listed}", f"One of: {listed}")
            item[column.key] = code == "yes" if column.key == "sensitive" else code or text
    return item


def items_of_text(text: str) -> list[dict[str, str]] | None:
    """Information items from one cell of a CSV file; None when they cannot be read."""
    names = ("name", "title_zh", "title_en", "type", "sensitive")
    found = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        cells = [one.strip() for one in part.split("|")]
        if len(cells) not in {4, 5} or (len(cells) == 5 and cells[4] != "敏感"):
            return None
        values = dict(zip(names, cells, strict=False))
        found.append(values | ({"sensitive": "是"} if len(cells) == 5 else {}))
    return found
