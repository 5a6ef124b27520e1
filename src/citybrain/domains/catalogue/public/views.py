"""`/directory` and the page of one resource, for whoever comes by."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from citybrain.domains.catalogue import queries
from citybrain.domains.catalogue.exchange.entry import Entry, entries_of
from citybrain.domains.catalogue.public.answering import page, public_page
from citybrain.domains.catalogue.public.jsonld import in_script
from citybrain.kernel import classes
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search, visible
from citybrain.ui.labels import district_name, kind_choices, kind_name, localised
from citybrain.ui.rules import rule, source_status
from citybrain.ui.shapes import Item

PAGE = 20
COUNT_CAP = 2_000


@public_page
def directory(request: HttpRequest) -> HttpResponseBase:
    """Search of what is published; `?q= &kind= &share= &page=`. 404 beyond the last page."""
    asked = {name: request.GET.get(name, "")[:200].strip() for name in ("q", "kind", "share")}
    number = _number(request.GET.get("page", "1"))
    found = search.matching(visible.public_resources(), asked["q"].replace("\x00", ""))
    for name, column in (("kind", "kind"), ("share", "share_type")):
        if asked[name]:
            found = found.filter(**{column: asked[name].replace("\x00", "")})
    start = (number - 1) * PAGE
    rows = list(found.order_by("-published_at", "-id")[start : start + PAGE + 1])
    if not rows and number > 1:
        raise Http404(_("There is no such page."))
    count = found.order_by()[: COUNT_CAP + 1].count()
    context = {
        **asked,
        "rows": [_row(one) for one in rows[:PAGE]],
        "count": min(count, COUNT_CAP),
        "capped": count > COUNT_CAP,
        "number": number,
        "before": _address(request, number - 1) if number > 1 else "",
        "after": _address(request, number + 1) if len(rows) > PAGE else "",
        "kinds": kind_choices(),
        "shares": Resource.ShareType.choices,
    }
    return page(request, "catalogue/public/directory.html", context)


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text):
        return int(text)
    raise Http404(_("There is no such page."))


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def _row(resource: Resource) -> dict[str, Any]:
    return {
        "ref": resource.ref,
        "title": localised(resource.title_zh, resource.title_en),
        "summary": localised(resource.summary_zh, resource.summary_en),
        "owner": localised(resource.owner.name_zh, resource.owner.name_en),
        "kind": kind_name(resource.kind),
        "share": resource.get_share_type_display(),
        "published": resource.published_at,
    }


@public_page
def resource(request: HttpRequest, ref: str) -> HttpResponseBase:
    """What everybody may know of one published resource."""
    found = visible.public_resources().filter(ref=ref).first()
    if found is None:
        raise Http404(_("There is no such resource in the directory."))
    entry = entries_of([found])[0]
    base = queries.directory(request.build_absolute_uri("/"))
    context = {
        "entry": entry,
        "title": localised(entry.title_zh, entry.title_en),
        "summary": localised(entry.summary_zh, entry.summary_en),
        "basics": _basics(found, entry),
        "items": [_item(one) for one in entry.items],
        "related": entry.related,
        "lineage": [(_LINEAGE[type_](), one) for type_, one in entry.lineage],
        "shared": entry.share_type,
        "reply": _reply(entry),
        "json_ld": in_script(base, entry),
    }
    return page(request, "catalogue/public/resource.html", context)


_LINEAGE: Mapping[str, Any] = {
    "derived-from": lambda: _("Derived from"),
    "part-of": lambda: _("Part of"),
    "replaces": lambda: _("Replaces"),
}


def _item(one: Any) -> dict[str, str]:
    title = localised(one.title_zh, one.title_en)
    return {"name": one.name, "title": title, "type": one.type, "sensitive": one.sensitive}


def _basics(found: Resource, entry: Entry) -> list[Item]:
    shown = [
        Item(_("Directory code"), entry.code),
        Item(_("Kind"), kind_name(entry.kind)),
        Item(_("Classification"), class_words(entry)),
        Item(_("Provider"), localised(entry.owner_zh, entry.owner_en)),
        Item(_("Source office"), localised(entry.source_zh, entry.source_en)),
        Item(_("Sharing"), found.get_share_type_display()),
        Item(_("Scope and use"), entry.share_scope),
        Item(_("Legal basis"), entry.share_basis),
        Item(_("Open attribute"), found.get_open_type_display()),
        Item(_("Conditions of opening"), entry.open_conditions),
        Item(_("Update cycle"), found.get_update_cycle_display()),
        Item(_("Grade"), found.get_grade_display()),
        Item(_("Format class"), found.get_format_class_display()),
        Item(_("Format"), entry.format),
        Item(_("Licence"), entry.licence),
        Item(_("District"), district_name(entry.district)),
        Item(_("Published on"), entry.issued),
        Item(_("Last changed"), entry.modified),
        Item(_("Version"), entry.version),
    ]
    return [one for one in shown if one.value not in ("", None)]


def class_words(entry: Entry) -> str:
    """类 / 项 / 目 / 细目, with names where the guide has them."""
    if not entry.category_class:
        return ""
    parts = [localised(*classes.named(entry.category_class))]
    if entry.category_item:
        parts.append(localised(*classes.named(entry.category_class, entry.category_item)))
    rest = (entry.category_subject, entry.category_detail)
    return " / ".join((*parts, *filter(None, rest)))


def _reply(entry: Entry) -> dict[str, Any] | None:
    """The rule on how soon a request is answered, with its source."""
    found = rule(f"reply-{entry.share_type}")
    if found is None:
        return None
    status = source_status(found.status)
    return {"days": found.value, "source": found.source, "status": status}
