"""From the action's refusal to the form's fields."""

import re
from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.utils.translation import get_language

from citybrain.kernel.errors import ActionError


def show_faults(
    form: BaseForm, error: ActionError, name_of: Callable[[str], str] = lambda name: name
) -> None:
    """Put each message beside its field, in the reader's language; others above the form.

    `name_of` turns the action's name of a field into the form's.
    """
    english = (get_language() or "zh-hans").startswith("en")
    placed = False
    for name, texts in error.fields.items():
        field = _nearest(form, name_of(name))
        form.add_error(field, texts[1] if english else in_chinese(texts[0]))
        placed = placed or field is not None
    if not placed:
        form.add_error(None, error.text(get_language() or "zh-hans"))


USUAL = (
    (r"Field required", "必填。"),
    (r"Input should be a valid integer.*", "应为整数。"),
    (r"Input should be a valid number.*", "应为数值。"),
    (r"Input should be a valid string", "应为文本。"),
    (r"Input should be a valid boolean.*", "应为是或否。"),
    (r"Input should be greater than or equal to (\S+)", "不得小于 {}。"),
    (r"Input should be less than or equal to (\S+)", "不得大于 {}。"),
    (r"String should have at most (\d+) characters?", "不得超过 {} 个字符。"),
    (r"String should have at least (\d+) characters?", "至少 {} 个字符。"),
    (r"(?:Tuple|List) should have at least (\d+) items?.*", "至少填写 {} 项。"),
    (r"(?:Tuple|List) should have at most (\d+) items?.*", "不得超过 {} 项。"),
    (r"Input should be ('.+)", "可选：{}。"),
    (r"Extra inputs are not permitted", "没有该字段。"),
)
"""What a kind's schema says of faulty metadata is pydantic's English; its usual sentences."""


def in_chinese(text: str) -> str:
    """A schema's usual message in Chinese; any other as it is."""
    for pattern, words in USUAL:
        found = re.fullmatch(pattern, text)
        if found:
            return words.format(*found.groups())
    return text


def _nearest(form: BaseForm, name: str) -> str | None:
    """The field of this name or of the longest beginning of it ("items.3.name" → "items")."""
    while name:
        if name in form.fields:
            return name
        name = name.rpartition(".")[0]
    return None


def attempt(form: BaseForm, work: Callable[[], Any], name_of: Any = None) -> tuple[Any, int]:
    """(result, 0), or (None, HTTP status) with the refusal's messages in the form."""
    try:
        return work(), 0
    except ActionError as error:
        show_faults(form, error, *([name_of] if name_of else []))
        return None, error.status
