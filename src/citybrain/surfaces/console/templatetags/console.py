"""Small tags for the console's forms: `{% load console %}`."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, Select
from django.utils.html import format_html
from django.utils.safestring import SafeString

from citybrain.kernel.kinds import Kind
from citybrain.ui.labels import localised, offer_status
from citybrain.ui.rules import source_status
from citybrain.ui.templatetags.ui import ENFORCEMENT, badge, icon

register = template.Library()
STATUS_TONES = {"verified": "good", "secondary": "info", "from memory": "warn"}


@register.filter
def bound(form: BaseForm, name: str) -> BoundField:
    """A form's field by a name that may hold dots."""
    return form[name]


@register.filter
def kindname(kind: Kind) -> str:
    """A kind in the reader's language."""
    return str(localised(kind.zh, kind.en))


@register.filter
def offerstatus(offer: Any) -> str:
    """Whether an offer can be asked for."""
    return offer_status(offer)


@register.filter
def sourcestatus(status: str) -> str:
    """A rule's status in words."""
    return source_status(status)


@register.filter
def statusbadge(status: str) -> SafeString:
    """A rule's status as a badge."""
    return badge(source_status(status), STATUS_TONES.get(status, "neutral"))


@register.simple_tag
def mark(enforcement: str) -> SafeString:
    """The mark of enforcement that clauses bear."""
    tone, name, words = ENFORCEMENT[enforcement]
    return format_html('<span class="cb-badge cb-tone-{}">{}{}</span>', tone, icon(name), words)


@register.simple_tag
def cell(form: BaseForm, name: str) -> Any:
    """A table's input: the column's head and the row's number are its name."""
    one = form[name]
    widget = one.field.widget
    css = "form-select" if isinstance(widget, Select) else "form-control"
    css = "form-check-input" if isinstance(widget, CheckboxInput) else f"{css} form-control-sm"
    attributes: dict[str, Any] = {
        "aria-label": one.label,
        "class": f"{css} is-invalid" if one.errors else css,
    }
    errors = [format_html('<div class="cb-error">{}</div>', error) for error in one.errors]
    return SafeString("".join([one.as_widget(attrs=attributes), *errors]))
