"""The label set of a project: codes, names in two languages, colours, keyboard keys."""

import re
from collections.abc import Sequence
from typing import Any

Labels = list[dict[str, str]]
Fault = tuple[str, str]
MOST = 60
KEYS = "123456789abcdefghijklmoqrtuvwxyz"
"""Keys that labels get in their order; n, p and s are the page's own."""
COLOURS = (
    "#0f58a8", "#b02020", "#17683a", "#8a4b00", "#6b2fa0", "#00697a", "#a3195b", "#44526a",
    "#5b6300", "#7a3b1d",
)  # fmt: skip
"""Each has a contrast of at least 4.5 to white."""
_CODE = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,60}")
PAIR_LABELS: dict[str, Labels] = {
    "comparison": [
        {"code": "left", "zh": "左边更好", "en": "Left is better"},
        {"code": "right", "zh": "右边更好", "en": "Right is better"},
        {"code": "tie", "zh": "不分上下", "en": "Neither"},
    ],
    "similarity": [
        {"code": "same", "zh": "相同", "en": "Same"},
        {"code": "different", "zh": "不同", "en": "Different"},
    ],
}


def complete(labels: Sequence[dict[str, str]]) -> Labels:
    """The labels with colour and key each; given ones are kept, a key is given once."""
    taken = {one["key"] for one in labels if one.get("key")}
    free = iter([key for key in KEYS if key not in taken])
    made = []
    for number, one in enumerate(labels):
        made.append(
            {
                "code": one["code"],
                "zh": one.get("zh") or one["code"],
                "en": one.get("en") or one["code"],
                "colour": one.get("colour") or COLOURS[number % len(COLOURS)],
                "key": one.get("key") or next(free, ""),
            }
        )
    return made


def parse(text: str) -> Labels:
    """One label a line: `code | 中文 | English | key`; all but the code may be left out.

    Raises `ValueError` with (Chinese, English) as its arguments, naming the line.
    """
    found: Labels = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [one.strip() for one in line.split("|")]
        if not any(parts):
            continue
        if len(parts) > 4:
            raise ValueError(f"第{number}行多于四段。", f"Line {number} has more than four parts.")
        code, zh, en, key = (*parts, "", "", "")[:4]
        found.append({"code": code, "zh": zh, "en": en, "key": key.lower()})
    return found


def fault(labels: Any) -> Fault | None:
    """Why these are no labels of a project; None when they are."""
    if not isinstance(labels, list) or not 1 <= len(labels) <= MOST:
        return (f"标签应为1至{MOST}个。", f"There must be 1 to {MOST} labels.")
    codes: set[str] = set()
    keys: set[str] = set()
    for one in labels:
        code = str(one.get("code", "")) if isinstance(one, dict) else ""
        key = str(one.get("key", "")) if isinstance(one, dict) else ""
        if not _CODE.fullmatch(code) or code in codes:
            return (
                f"标签代码“{code[:20]}”重复或含有不允许的字符（可用字母、数字、汉字、_、-）。",
                f"The label code {code[:20]!r} is repeated or holds characters other than "
                "letters, digits, Chinese, _ and -.",
            )
        if key and (key not in KEYS or key in keys):
            return (f"按键“{key[:5]}”重复或不可用。", f"The key {key[:5]!r} is taken or reserved.")
        codes.add(code)
        keys.add(key)
    return None
