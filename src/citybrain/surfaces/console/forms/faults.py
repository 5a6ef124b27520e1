"""From the action's refusal to the form's fields."""

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
        form.add_error(field, texts[1 if english else 0])
        placed = placed or field is not None
    if not placed:
        form.add_error(None, error.text(get_language() or "zh-hans"))


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
