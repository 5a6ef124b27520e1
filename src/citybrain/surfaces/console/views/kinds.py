"""What can be a resource, and every number of law with its source."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from citybrain.engines.law import Rule
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.kinds import Kind, all_kinds
from citybrain.kernel.models import Resource
from citybrain.kernel.policy.vocabulary import OUTPUTS
from citybrain.kernel.queries import visible
from citybrain.surfaces.console.forms import schema as s
from citybrain.ui.formats import is_chinese, number, yuan
from citybrain.ui.labels import known_kind, localised, unit_name
from citybrain.ui.pages import page
from citybrain.ui.rules import parts, table_title, tables

SHOWN = ("from memory", "secondary", "verified")


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every kind and how many resources are of it."""
    published = visible.resources(acting).filter(status=Resource.Status.PUBLISHED)
    rows_by_kind = published.order_by().values_list("kind").annotate(n=Count("id"))
    counts = dict(rows_by_kind)
    rows = [{"kind": one, **_words(one), "count": counts.get(one.code, 0)} for one in all_kinds()]
    return render(
        request, "console/kinds.html", {"rows": rows, "published": Resource.Status.PUBLISHED}
    )


def _words(kind: Kind) -> dict[str, Any]:
    outputs = [
        localised(OUTPUTS[one].zh, OUTPUTS[one].en) for one in kind.outputs if one in OUTPUTS
    ]
    return {
        "name": localised(kind.zh, kind.en),
        "about": localised(kind.about_zh, kind.about_en),
        "unit": unit_name(kind),
        "outputs": localised("、", ", ").join(outputs),
    }


@page()
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponseBase:
    """One kind and its metadata fields."""
    kind = known_kind(code)
    if kind is None:
        raise NotFound("unknown-kind", "没有这种资源类型。", "There is no such kind.")
    root = kind.schema.model_json_schema()
    fields = [
        {"label": node.label, "name": node.name, "required": node.required, "help": node.help}
        for node in s.nodes(root, root)
    ]
    context = {"kind": kind, **_words(kind), "fields": fields}
    return render(request, "console/kind.html", context)


@page()
def rules(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every rule table, row by row; areas and calendars only by their number of rows."""
    chosen = request.GET.get("status", "")
    found = []
    for path, table in tables().items():
        rows = [_row(one) for one in table.rules.values() if not chosen or one.status == chosen]
        if rows:
            about = table_title(path, table)
            found.append({"path": path, "about": about, "rows": rows, "long": len(rows) > LONG})
    statuses = [one.status for table in tables().values() for one in table.rules.values()]
    context = {
        "tables": found,
        "chosen": chosen if chosen in SHOWN else "",
        "counts": [(one, statuses.count(one)) for one in SHOWN],
    }
    return render(request, "console/rules.html", context)


LONG = 12
"""Tables longer than this are folded."""


def _row(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "title": localised(rule.zh, rule.en),
        "value": _value(rule),
        "source": rule.source,
        "status": rule.status,
        "note": rule.note if not (is_chinese() and rule.note.isascii()) else "",
    }


def _value(rule: Rule) -> str:
    units = {
        "working_day": _("working days"),
        "calendar_day": _("calendar days"),
        "hour": _("hours"),
        "month": _("months"),
        "year": _("years"),
        "day": _("days"),
    }
    if isinstance(rule.value, int):
        if rule.unit == "fen":
            return yuan(rule.value)
        if rule.unit in units:
            return f"{number(rule.value)} {units[rule.unit]}"
        return str(rule.value)
    if hasattr(rule.value, "items"):
        words, colon = parts(), localised("：", ": ")
        return localised("；", "; ").join(
            f"{words.get(name, name)}{colon}{words.get(str(value), _plain(value))}"
            for name, value in rule.value.items()
        )
    return f"{rule.value} {units.get(rule.unit, '')}".strip()


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or "—"
    return str(value) or "—"
