"""Components and filters for templates: `{% load ui %}`. Each is shown on the style page."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, RadioSelect, Select
from django.forms import CheckboxSelectMultiple as Boxes
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from citybrain.ui import formats
from citybrain.ui.lists import ListPage
from citybrain.ui.navigation import tabs_of

register = template.Library()

TONE_ICONS = {
    "neutral": "",
    "info": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "circle-x",
}
ENFORCEMENT = {
    "gateway": ("good", "shield-check", _("enforced by the gateway")),
    "delivery": ("info", "truck-delivery", _("enforced at delivery")),
    "word": ("warn", "user-check", _("rests on the consumer's word")),
}
SOURCE_STATUS = {
    "verified": _("verified"),
    "secondary": _("from a secondary source"),
    "from memory": _("from memory, to be verified"),
}
STEP_WORDS = {
    "done": _("done"),
    "current": _("now"),
    "todo": _("to come"),
    "failed": _("ended here"),
}
STEP_ICONS = {"done": "check", "current": "player-play", "todo": "clock", "failed": "x"}


@register.filter
def yuan(fen: int | None) -> str:
    return formats.yuan(fen)


@register.filter
def shanghai(value: datetime | date | None) -> str:
    return formats.shanghai(value)


@register.filter
def number(value: Any) -> str:
    return formats.number(value)


@register.filter
def localname(thing: Any) -> str:
    return formats.localname(thing)


@register.filter
def htmllang(code: str) -> str:
    """Django's language code as HTML writes it: "zh-hans" → "zh-Hans"."""
    return "zh-Hans" if code.lower().startswith("zh") else code


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon from the sprite: decoration unless it has a label. Empty without a name."""
    if not name:
        return SafeString("")
    href = f"{static('vendor/tabler-icons/sprite.svg')}#{name}"
    if not label:
        return format_html(
            '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
            href,
        )
    return format_html(
        '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
    )


@register.simple_tag
def badge(text: Any, tone: str = "neutral") -> SafeString:
    """A state: its text, with colour and icon by tone. An unknown tone raises KeyError."""
    mark = icon(TONE_ICONS[tone])
    return format_html('<span class="cb-badge cb-tone-{}">{}{}</span>', tone, mark, text)


@register.inclusion_tag("ui/components/table.html", takes_context=True)
def table(context: template.Context, page: ListPage) -> dict[str, Any]:
    """A list with its search, filters, sorting, pages and export (see ui/lists.py)."""
    spec = page.spec
    filters = [
        {
            "filter": one,
            "chosen": page.chosen.get(one.code, ""),
            "options": [] if one.in_panel else list(page.titles_of(one).items()),
        }
        for one in spec.filters
    ]
    return {
        "page": page,
        "spec": spec,
        "list_id": f"list-{spec.name}",
        "heads": [_head(page, column) for column in spec.columns],
        "filters": filters,
        "sorts": _sorts(page) if page.total else [],
        "path": context["request"].path if "request" in context else "",
        "first": (page.number - 1) * page.size + 1,
        "final": min(page.number * page.size, page.known),
    }


def _sorts(page: ListPage) -> list[tuple[str, str, bool]]:
    """Every order as a choice, for widths at which the headings are not shown."""
    rows = []
    for column in page.spec.columns:
        if column.sort:
            rows.append((column.code, f"{column.title} ↑"))
            rows.append((f"-{column.code}", f"{column.title} ↓"))
    if rows and (page.unsorted or not page.sort):
        rows.insert(0, ("", page.unsorted or formats.NOTHING))
    return [(code, title, code == page.sort) for code, title in rows]


def _head(page: ListPage, column: Any) -> dict[str, Any]:
    ascending, descending = page.sort == column.code, page.sort == f"-{column.code}"
    following = f"-{column.code}" if ascending else column.code
    return {
        "column": column,
        "url": page.url(sort=following, page="") if column.sort else "",
        "aria": "ascending" if ascending else "descending" if descending else "",
        "icon": "arrow-up" if ascending else "arrow-down" if descending else "arrows-sort",
    }


@register.inclusion_tag("ui/components/clock.html")
def clock(face: Any) -> dict[str, Any]:
    """A deadline (shapes.Clock): what is left in words, the date, the rule's source."""
    tone, words = _left(face)
    status = SOURCE_STATUS.get(face.source_status, "")
    return {"face": face, "tone": tone, "words": words, "source_status": status}


def _left(face: Any) -> tuple[str, str]:
    days = face.days_left
    if days is None:
        return "neutral", str(face.stopped)
    if days == 0:
        return "warn", str(_("due today"))
    words = _in_working_days(days) if face.in_working_days else _in_days(days)
    return ("bad" if days < 0 else "warn" if days <= 2 else "info"), words % {"n": abs(days)}


def _in_working_days(days: int) -> str:
    if days < 0:
        return ngettext("overdue by %(n)s working day", "overdue by %(n)s working days", -days)
    return ngettext("%(n)s working day left", "%(n)s working days left", days)


def _in_days(days: int) -> str:
    if days < 0:
        return ngettext("overdue by %(n)s day", "overdue by %(n)s days", -days)
    return ngettext("%(n)s day left", "%(n)s days left", days)


@register.inclusion_tag("ui/components/figure.html")
def figure(shown: Any) -> dict[str, Any]:
    """A number of a dashboard (shapes.Figure), linked to the records behind it."""
    value = shown.value
    text = formats.number(value) if isinstance(value, int | float) or value is None else value
    return {"figure": shown, "text": text}


@register.inclusion_tag("ui/components/clause.html")
def clause(one: Any) -> dict[str, Any]:
    """A contract's clause (shapes.Clause) with its enforcement mark."""
    tone, name, words = ENFORCEMENT[one.enforcement]
    return {"clause": one, "tone": tone, "icon_name": name, "words": words}


@register.inclusion_tag("ui/components/clause_key.html")
def clause_key() -> dict[str, Any]:
    """What the three enforcement marks mean."""
    return {"marks": list(ENFORCEMENT.values())}


@register.inclusion_tag("ui/components/steps.html")
def steps(label: Any, items: Iterable[Any]) -> dict[str, Any]:
    """The progress of a process: shapes.Step in order."""
    rows = [{"step": s, "words": STEP_WORDS[s.state], "icon": STEP_ICONS[s.state]} for s in items]
    return {"label": label, "rows": rows}


@register.inclusion_tag("ui/components/diff.html")
def diff(caption: Any, changes: Iterable[Any]) -> dict[str, Any]:
    """Fields before and after: shapes.Change."""
    rows = [
        {"title": c.title, "before": formats.plain(c.before), "after": formats.plain(c.after)}
        for c in changes
    ]
    return {"caption": caption, "rows": rows}


@register.inclusion_tag("ui/components/definitions.html")
def definitions(items: Iterable[Any]) -> dict[str, Any]:
    """Terms and descriptions: shapes.Item, or (title, value) pairs."""
    rows = []
    for item in items:
        pair = isinstance(item, tuple)
        title, value = item if pair else (item.title, item.value)
        url = "" if pair else getattr(item, "url", "")
        shown = value if isinstance(value, SafeString) else formats.plain(value)
        rows.append({"title": title, "value": shown or formats.NOTHING, "url": url})
    return {"rows": rows}


@register.inclusion_tag("ui/components/confirm.html", takes_context=True)
def confirm(
    context: template.Context,
    url: str,
    label: Any,
    message: Any,
    tone: str = "primary",
    icon_name: str = "",
    fields: Sequence[tuple[str, Any]] = (),
) -> dict[str, Any]:
    """A POST in two steps: the button opens a question, the answer sends. Works without JS.

    `tone`: primary or danger. `fields` are hidden (name, value) pairs.
    """
    return {
        "url": url,
        "label": label,
        "message": message,
        "tone": tone,
        "icon_name": icon_name,
        "fields": fields,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with label, help and error, tied together for screen readers."""
    widget = bound.field.widget
    grouped = isinstance(widget, RadioSelect | Boxes)
    if isinstance(widget, CheckboxInput):
        css = "form-check-input"
    else:
        css = "form-select" if isinstance(widget, Select) else "form-control"
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    # A group passes its class on to the element around its choices, where it would be wrong.
    attributes: dict[str, str | bool] = {}
    if not grouped:
        attributes["class"] = f"{css} is-invalid" if bound.errors else css
    if described and not grouped:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "grouped": grouped,
        "single": isinstance(widget, CheckboxInput),
        "described": " ".join(described),
    }


@register.inclusion_tag("ui/components/form.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Every visible field of a form, and its hidden ones."""
    return {"form": form}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What must be mended, each with a link to its field; takes the focus when the page loads."""
    rows = [(bound, error) for bound in form for error in bound.errors]
    return {"form": form, "rows": rows, "general": form.non_field_errors()}


@register.inclusion_tag("ui/components/chart.html")
def chart(src: str, label: Any, tall: bool = False) -> dict[str, Any]:
    """A chart of the JSON at `src` (`{type, title, categories, series, unit}`), with its table.

    `type`: line, bar, stacked, pie. `series`: [{"name", "data": [number or null, …]}]; a pie
    has one series. `label` says what the chart shows, for those who do not see it.
    """
    return {"src": src, "label": label, "tall": tall}


@register.inclusion_tag("ui/components/map.html")
def map(src: str, label: Any, tall: bool = False) -> dict[str, Any]:
    """A map of the GeoJSON at `src` (WGS-84) over the city's outline, with a table of its features.

    Properties shown: `title` (or name_zh and name_en), `url`, `tone`, `note`.
    """
    return {"src": src, "label": label, "tall": tall, "outline": "ui/qingdao_outline.geojson"}


@register.simple_tag
def list_url(listing: ListPage, **changes: Any) -> str:
    """The query string of a list with changes, for links inside its template."""
    return listing.url(**changes)


@register.inclusion_tag("ui/components/tabs.html", takes_context=True)
def tabs(context: template.Context, subject: str, record: Any, current: str) -> dict[str, Any]:
    """The pages about one record (`navigation.add_tab`); nothing when there is only one."""
    acting = context["request"].acting
    found = [
        (reverse(one.name, args=[record.ref]), one.title, one.name == current)
        for one in tabs_of(subject, acting, record)
    ]
    return {"tabs": found if len(found) > 1 else []}
