"""What a task shows: which fields each type of project needs, checked before it is kept."""

import hashlib
from typing import Any

from citybrain.engines.ledger.canonical import canonical

LONGEST_TEXT = 20_000
LONGEST_DATA = 60_000
FIELDS = {
    "classification": ("text",),
    "spans": ("text",),
    "pairs": ("left", "right"),
    "boxes": ("image",),
}
"""What annotators see. Other fields of a task are kept and come back in every export."""


class BadTask(ValueError):  # noqa: N818 - named as what happened
    """Why something is no task, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def checked(type: str, data: Any) -> dict[str, Any]:
    """The task's data. Raises `BadTask`."""
    if not isinstance(data, dict):
        raise BadTask("任务数据应为对象。", "The data of a task must be an object.")
    for name in FIELDS[type]:
        value = data.get(name)
        if not isinstance(value, str) or not value.strip():
            raise BadTask(f"缺少字段“{name}”。", f"The field {name!r} is missing.")
        if len(value) > LONGEST_TEXT:
            raise BadTask(
                f"字段“{name}”超过{LONGEST_TEXT}个字符。",
                f"The field {name!r} is longer than {LONGEST_TEXT} characters.",
            )
    if not _keepable(data, 0):
        raise BadTask(
            "内容含有空字符、无效的Unicode字符、超出范围的数字，或嵌套过深。",
            "It holds a NUL, invalid Unicode, a number out of range, or is nested too deep.",
        )
    return data


def _keepable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int | float):
        return -(2**53) < value < 2**53
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return depth < 8 and len(parts) < 500 and all(_keepable(one, depth + 1) for one in parts)


def line_of(data: dict[str, Any]) -> bytes:
    """The canonical line of a task, whose SHA-256 is the task's key."""
    return canonical(_plain(data))


def _plain(value: Any) -> Any:
    """JSON without floats, which have no canonical form: fractions as text."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def key_of(data: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical data."""
    return hashlib.sha256(line_of(data)).hexdigest()


def length_of(type: str, data: dict[str, Any]) -> int:
    """Length of the text in code points, where spans are marked in it."""
    return len(data["text"]) if type == "spans" else 0
