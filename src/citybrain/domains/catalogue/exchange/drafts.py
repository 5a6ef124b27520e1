"""What an import wants to register, and every fault found on the way, each at its place."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from citybrain.kernel.kinds import kind_of

Words = tuple[str, str]
"""The same in Chinese and in English."""
MANDATORY: Words = ("必填。", "Required.")
_BAD_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DISTRICT = re.compile(r"[0-9]{6}")
KEPT_ELSEWHERE = "以原目录公布的条件为准。As the source catalogue states."
"""Scope of an entry whose own catalogue does not say that everybody may have it."""


def storable(text: str) -> str:
    """The text without what no database keeps, for reports about faulty text."""
    return _BAD_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands. In a sheet: its row, and the column of each field."""

    sheet: str
    row: int = 0
    letters: Mapping[str, Words] = field(default_factory=dict)
    """Field → (column letter, heading)."""
    parts: Mapping[int, "Place"] = field(default_factory=dict)
    """Position of an information item → the place of the item."""

    def of(self, name: str) -> Words:
        """Where the field is, in both languages."""
        head, _, rest = name.partition(".")
        if head == "items" and rest:
            position, _, inner = rest.partition(".")
            part = self.parts.get(int(position)) if position.isdigit() else None
            if part is not None:
                return part.of(inner)
        if not self.row:
            return f"“{self.sheet}”的 {name}", f"{self.sheet!r}, {name}"
        letter, heading = self.letters.get(head, ("", ""))
        zh, en = f"工作表“{self.sheet}”第{self.row}行", f"Sheet {self.sheet!r}, row {self.row}"
        if letter:
            zh, en = f"{zh}{letter}列（{heading}）", f"{en}, column {letter} ({heading})"
        return zh, en


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend, and where."""

    place: Place
    name: str
    words: Words

    def text(self, language: str) -> str:
        """One line for a person."""
        english = language.startswith("en")
        return f"{self.place.of(self.name)[english]}：{self.words[english]}"


@dataclass(slots=True)
class Draft:
    """One resource to register, not checked yet."""

    place: Place
    code: str
    kind: str
    metadata: dict[str, Any]
    description: dict[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str, zh: str, en: str) -> None:
        """Note a fault; the first one of a field is told, because others follow from it."""
        if all(one.name != name for one in self.faults):
            self.faults.append(Fault(self.place, name, (zh, en)))


def check(drafts: Iterable[Draft]) -> None:
    """Note everything that can be seen without the database."""
    seen: dict[str, Draft] = {}
    for draft in drafts:
        for name, text in _texts({"code": draft.code, **draft.description}):
            if _BAD_TEXT.search(text):
                draft.fault(name, "含有控制字符或无效字符。", "Holds control characters.")
        _check_description(draft)
        _check_metadata(draft)
        first = seen.setdefault(draft.code, draft)
        if draft.code and first is not draft:
            zh, en = first.place.of("code")
            draft.fault("code", f"与{zh}重复。", f"The same as {en}.")


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text in nested values, under the dotted name of its place."""
    for name, value in values.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", text) for inner, text in _texts(value))
        elif isinstance(value, list | tuple):
            listed = {f"{name}.{position}": one for position, one in enumerate(value)}
            yield from _texts(listed)


def _check_description(draft: Draft) -> None:
    district = draft.description.get("district", "")
    if district and not _DISTRICT.fullmatch(district):
        draft.fault("district", "应为6位数字。", "Must be 6 digits.")


def _check_metadata(draft: Draft) -> None:
    for name, text in _texts(draft.metadata):
        if _BAD_TEXT.search(text):
            draft.fault(name, "含有控制字符或无效字符。", "Holds control characters.")
    try:
        schema = kind_of(draft.kind).schema
    except KeyError:
        return
    try:
        schema.model_validate(draft.metadata)
    except ValidationError as error:
        for one in error.errors():
            draft.fault(field_name(".".join(map(str, one["loc"]))), *_words(one))


def field_name(name: str) -> str:
    """The name of a fault as an import tells it: `source.file.path` is the column `path`."""
    return name.rpartition(".")[2] if name.startswith("source.") else name or "code"


_MESSAGES: dict[str, Words] = {
    "missing": MANDATORY,
    "string_too_long": ("不得超过{max_length}个字符。", "At most {max_length} characters."),
    "too_long": ("不得超过{max_length}项。", "At most {max_length}."),
    "too_short": ("至少{min_length}项。", "At least {min_length}."),
    "literal_error": ("可选：{expected}", "One of: {expected}"),
}
_REASONS: dict[str, str] = {
    "must be an http or https address": "应为 http 或 https 地址",
    "must not hold a user or password": "地址中不得含用户名或密码",
    "must not hold blanks, quotes, angle brackets or braces": "地址中不得含空格、引号或括号",
    "must be a relative path below the data folder, without '..'": (
        "应为数据目录下的相对路径，不得含“..”"
    ),
    "must be 1–64 letters, digits or underscores and start with a letter": (
        "应为1至64个字母、数字或下划线，并以字母开头"
    ),
    "two columns have the same name (case does not count)": "信息项列名重复（不分大小写）",
    "must be a plain file name": "不是有效的文件名",
}


def _words(error: Any) -> Words:
    """A message of pydantic in both languages."""
    found = _MESSAGES.get(error["type"])
    if found:
        context = error.get("ctx", {})
        return found[0].format(**context), found[1].format(**context)
    english = str(error["msg"]).removeprefix("Value error, ")
    return f"{_REASONS.get(english, '不符合要求')}（{english}）", english
