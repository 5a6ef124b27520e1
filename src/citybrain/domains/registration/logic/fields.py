"""What a step of the form is made of, and how what was typed is checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from citybrain.ui.shapes import Text

Sort = Literal["text", "area", "choice", "date", "number", "yes", "lines"]
Faults = dict[str, tuple[str, str]]
MISSING = ("请填写此项。", "This is needed.")
LONGEST = {"text": 200, "area": 4000, "lines": 60_000, "number": 15, "date": 10, "choice": 40}
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `public`: what stands on public notice and in the register."""

    name: str
    title: Text
    sort: Sort = "text"
    required: bool = True
    needed_if: tuple[str, str] | None = None
    """(name, value) of another answer of the step that makes this one needed."""
    choices: tuple[tuple[str, Text], ...] = ()
    help: Text = ""
    public: bool = True
    longest: int = 0

    def needed(self, given: Mapping[str, Any]) -> bool:
        """Whether an answer is needed beside the other answers of the step."""
        if self.needed_if:
            name, value = self.needed_if
            return str(given.get(name) or "") == value
        return self.required


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    code: str
    title: Text
    lead: Text
    fields: tuple[Field, ...]


def cleaned(step: Step, given: Mapping[str, Any], complete: bool) -> tuple[dict[str, Any], Faults]:
    """The answers as they are kept, and the faults by field.

    `complete`: what is needed must be there; without it a half-filled page is kept.
    """
    known = {one.name for one in step.fields}
    faults: Faults = {
        name: ("没有此项。", "There is no such field.") for name in given if name not in known
    }
    kept: dict[str, Any] = {}
    for one in step.fields:
        value, fault = _value(one, given.get(one.name))
        if fault:
            faults[one.name] = fault
        else:
            kept[one.name] = value
    for one in step.fields if complete else ():
        empty = kept.get(one.name) in ("", None, False, [])
        if one.name not in faults and empty and one.needed(kept):
            faults[one.name] = MISSING
    return kept, faults


def _value(one: Field, given: Any) -> tuple[Any, tuple[str, str] | None]:
    if one.sort == "yes":
        return given in (True, "on", "true", "yes"), None
    if one.sort == "lines":
        return _lines(given)
    text = "" if given is None else str(given).strip()
    longest = one.longest or LONGEST[one.sort]
    if len(text) > longest:
        return None, (f"不得超过{longest}个字符。", f"At most {longest} characters.")
    if not text:
        return "", None
    return _READERS.get(one.sort, _text)(one, text)


def _text(_one: Field, text: str) -> tuple[Any, tuple[str, str] | None]:
    return text, None


def _choice(one: Field, text: str) -> tuple[Any, tuple[str, str] | None]:
    if text in {code for code, _title in one.choices}:
        return text, None
    return None, ("请从列出的选项中选择。", "Choose one of those listed.")


def _date(_one: Field, text: str) -> tuple[Any, tuple[str, str] | None]:
    try:
        return date.fromisoformat(text).isoformat(), None
    except ValueError:
        return None, ("日期应写作 2025-03-01。", "Write the date as 2025-03-01.")


def _number(_one: Field, text: str) -> tuple[Any, tuple[str, str] | None]:
    if text.isascii() and text.isdigit():
        return int(text), None
    return None, ("请填写不带小数的非负数。", "Give a whole number, not negative.")


_READERS = {"choice": _choice, "date": _date, "number": _number}


def _lines(given: Any) -> tuple[Any, tuple[str, str] | None]:
    """Data items, one a line: "name | type | note", or the list that was kept before."""
    if isinstance(given, list):
        given = "\n".join(line_of(one) for one in given if isinstance(one, Mapping))
    text = str(given or "")
    if len(text) > LONGEST["lines"]:
        return None, ("数据项过长。", "The data items are too long.")
    rows = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        name, type_, note = (*map(str.strip, line.replace("｜", "|").split("|", 2)), "", "")[:3]
        if not name or len(name) > 100 or number > MOST_LINES:
            zh = f"第{number}行：每行以数据项名称开头（不超过100字），最多{MOST_LINES}行。"
            en = f"Line {number}: begin with the item's name (at most 100); {MOST_LINES} lines."
            return None, (zh, en)
        rows.append({"name": name, "type": type_[:40], "note": note[:300]})
    return rows, None


def line_of(item: Mapping[str, Any]) -> str:
    """A data item as the line in which it was typed."""
    parts = [str(item.get(name) or "") for name in ("name", "type", "note")]
    return " | ".join(parts).rstrip(" |")
