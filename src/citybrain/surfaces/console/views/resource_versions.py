"""版本: what a resource was at each version, and what each change changed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting
from citybrain.kernel.classes import classes, named
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.queries import versions
from citybrain.kernel.queries.versions import Difference, Seen
from citybrain.surfaces.console.forms import schema as s
from citybrain.surfaces.console.forms.words import value_label
from citybrain.surfaces.console.views.resources import found
from citybrain.ui.formats import plain
from citybrain.ui.labels import district_name, known_kind, localised, party_name
from citybrain.ui.pages import page
from citybrain.ui.processes import verb_name
from citybrain.ui.subjects import account_names
from citybrain.ui.texts import Piece, compared, whole


@dataclass(frozen=True, slots=True)
class Row:
    """One field before and after, in pieces."""

    title: str
    before: list[Piece]
    after: list[Piece]


@dataclass(frozen=True, slots=True)
class Version:
    """One version for the page."""

    number: int
    at: Any
    what: str
    who: str
    reasons: str
    first: bool
    rows: list[Row]


@page()
def index(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Every version that one may see, newest first."""
    resource = found(acting, ref)
    seen = versions.of(acting, resource)
    words = _Words(resource, seen)
    names = account_names(one.row.account for one in seen)
    context = {
        "resource": resource,
        "versions": [_version(one, words, _who(one, names, acting)) for one in seen],
    }
    return render(request, "console/resource_versions.html", context)


def _who(seen: Seen, names: dict[str, str], acting: Acting) -> str:
    """The names of people are for their own party and those who read all."""
    party = seen.row.party
    if party is None:
        return _("the platform")
    name = names.get(seen.row.account, "")
    known = acting.reads_all or party.pk == acting.party.pk
    return f"{party_name(party)} · {name}" if name and known else party_name(party)


def _version(seen: Seen, words: "_Words", who: str) -> Version:
    row = seen.row
    return Version(
        number=row.number,
        at=row.at,
        what=_("Found as it was") if row.verb == "resource.found" else verb_name(row.verb),
        who=who,
        reasons=row.reasons,
        first=seen.first,
        rows=[words.row(one) for one in seen.differences],
    )


class _Words:
    """Titles of fields and values as people read them."""

    def __init__(self, resource: Resource, seen: list[Seen]) -> None:
        kind = known_kind(resource.kind)
        root = kind.schema.model_json_schema() if kind else {}
        self.metadata = {node.name: node.label for node in s.nodes(root, root)} if kind else {}
        refs = {one.snapshot.get("source_party", "") for one in seen} - {""}
        parties = Party.objects.filter(ref__in=refs) if refs else Party.objects.none()
        self.parties = {one.ref: party_name(one) for one in parties}
        self.owner = party_name(resource.owner)

    def row(self, one: Difference) -> Row:
        before, after = self.value(one, one.before), self.value(one, one.after)
        # One of a list of words is read whole; within a text the difference is looked for.
        pieces = whole(before, after) if one.field in _VALUES else compared(before, after)
        return Row(self.title(one.field), *pieces)

    def title(self, field: str) -> str:
        head, _dot, name = field.partition(".")
        if head == "items":
            return _("Column %(name)s") % {"name": name}
        if head == "metadata":
            return self.metadata.get(name, name)
        return titles().get(field, field)

    def value(self, one: Difference, value: Any) -> str:
        if one.field == "source_party":
            return self.parties.get(value, value) if value else self.owner
        if value in (None, "", [], {}):
            return ""
        if one.field.startswith("items."):
            return item_words(value)
        maker = _VALUES.get(one.field)
        return maker(value) if maker else _plain(value)


def titles() -> dict[str, str]:
    """What the fields of the description are called."""
    return {
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "summary_zh": _("Summary in Chinese"),
        "summary_en": _("Summary in English"),
        "category_class": _("Class"),
        "category_item": _("Class item"),
        "category_subject": _("Class subject"),
        "category_detail": _("Class detail"),
        "source_party": _("Source office"),
        "share_type": _("Sharing"),
        "share_scope": _("Scope and use"),
        "share_basis": _("Legal basis"),
        "open_type": _("Open attribute"),
        "open_conditions": _("Conditions of opening"),
        "update_cycle": _("Update cycle"),
        "grade": _("Grade"),
        "format_class": _("Format class"),
        "district": _("District"),
        "related": _("Related resources"),
        "status": _("Status"),
    }


_CHOICES = {
    "share_type": Resource.ShareType,
    "open_type": Resource.OpenType,
    "update_cycle": Resource.UpdateCycle,
    "grade": Resource.Grade,
    "format_class": Resource.FormatClass,
    "status": Resource.Status,
}
_VALUES: dict[str, Any] = {
    **{
        name: lambda value, of=of: str(dict(of.choices).get(value, value))
        for name, of in _CHOICES.items()
    },
    "category_class": lambda code: f"{code} {localised(*named(code))}" if code in classes() else "",
    "district": district_name,
}


def item_words(item: dict[str, Any]) -> str:
    """An information item in one line."""
    parts = [localised(item.get("title_zh"), item.get("title_en"))]
    parts.append(value_label(str(item.get("type", ""))))
    if item.get("sensitive"):
        parts.append(_("protected"))
    rest = set(item) - {"name", "title_zh", "title_en", "type", "sensitive"}
    parts += [f"{name}={_plain(item[name])}" for name in sorted(rest) if item[name]]
    other = localised(item.get("title_en"), item.get("title_zh"))
    return " · ".join([*map(str, parts), str(other)])


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_plain(one)}" for name, one in value.items() if one is not None)
    if isinstance(value, list):
        return "\n".join(_plain(one) for one in value)
    return plain(value)
