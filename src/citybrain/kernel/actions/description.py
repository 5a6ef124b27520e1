"""What an owner says of a resource, whatever its kind: checked field by field."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from citybrain.kernel import classes
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Invalid
from citybrain.kernel.models import Party, Resource

DESCRIPTION = (
    *("title_zh", "title_en", "summary_zh", "summary_en", *classes.PARTS),
    *("source_party", "share_type", "share_scope", "share_basis", "open_type", "open_conditions"),
    *("update_cycle", "grade", "format_class", "district", "related"),
)
LONGEST = {"code": 40, "title_zh": 200, "title_en": 240}
"""Required texts and their greatest length, as the table has them."""
MOST_RELATED = 100
Faults = dict[str, tuple[str, str]]


def describe(
    resource: Resource,
    description: dict[str, Any],
    acting: Acting,
    batch: frozenset[str] = frozenset(),
) -> None:
    """Set the given fields of `DESCRIPTION`; nothing is saved.

    `source_party` is a party, or its reference or credit code; empty means the owner.
    `related` is a list of directory codes or references of resources that the acting party
    may see; `batch` has codes that are being registered with this one. Raises `Invalid`.
    """
    unknown = sorted(set(description) - set(DESCRIPTION))
    if unknown:
        raise Invalid("unknown-field", f"未知字段：{unknown}", f"Unknown fields: {unknown}")
    faults: Faults = {}
    for name, value in description.items():
        if name == "source_party":
            resource.source_party = _source(value, resource, faults)
        elif name == "related":
            resource.related = _related(value, resource, acting, batch, faults)
        else:
            setattr(resource, name, value.strip() if isinstance(value, str) else value)
    parts = {name: getattr(resource, name) for name in classes.PARTS}
    faults |= _choice_faults(resource) | classes.faults(parts)
    faults |= _share_faults(resource) | _open_faults(resource) | _length_faults(resource)
    if faults:
        raise Invalid(
            "bad-description", "请更正标出的字段。", "Correct the fields that are marked.", faults
        )


def _source(value: Party | str | None, resource: Resource, faults: Faults) -> Party | None:
    """数源单位; the owner itself is kept as None, so that one fact has one form."""
    found = value if isinstance(value, Party) else None
    if isinstance(value, str) and value.strip():
        name = value.strip()
        found = Party.objects.filter(Q(ref=name) | Q(code=name.upper())).first()
        if found is None:
            faults["source_party"] = ("没有此单位。", "There is no such party.")
    return None if found is None or found.pk == resource.owner_id else found


def _related(
    value: Sequence[str] | None,
    resource: Resource,
    acting: Acting,
    batch: frozenset[str],
    faults: Faults,
) -> list[str]:
    """Directory codes, each once, in the order given."""
    names = [one.strip() for one in value or () if one.strip()]
    if len(names) > MOST_RELATED:
        faults["related"] = (f"不得超过{MOST_RELATED}项。", f"At most {MOST_RELATED}.")
        return []
    known = _codes_by_name(names, acting) | {one: one for one in (*batch, *resource.related)}
    missing = [one for one in names if one not in known]
    if missing:
        listed = "、".join(missing[:5])
        faults["related"] = (f"目录中没有：{listed}", f"Not in the directory: {listed}")
    codes = list(dict.fromkeys(known[one] for one in names if one in known))
    if resource.code in codes:
        faults["related"] = ("不能关联自身。", "A resource is not related to itself.")
    return codes


def _codes_by_name(names: list[str], acting: Acting) -> dict[str, str]:
    """Code or reference → code, of resources that the party may see."""
    if not names:
        return {}
    found = Resource.objects.filter(Q(code__in=names) | Q(ref__in=names))
    if not acting.reads_all:
        found = found.filter(Q(status=Resource.Status.PUBLISHED) | Q(owner=acting.party))
    rows = list(found.values_list("code", "ref"))
    return {code: code for code, _ in rows} | {ref: code for code, ref in rows}


def _choice_faults(resource: Resource) -> Faults:
    choices = {
        "share_type": Resource.ShareType.values,
        "update_cycle": Resource.UpdateCycle.values,
        "grade": Resource.Grade.values,
        "open_type": ["", *Resource.OpenType.values],
        "format_class": ["", *Resource.FormatClass.values],
    }
    return {
        name: (
            f"可选：{'、'.join(filter(None, values))}",
            f"One of: {', '.join(filter(None, values))}",
        )
        for name, values in choices.items()
        if getattr(resource, name) not in values
    }


def _share_faults(resource: Resource) -> Faults:
    """The decree on sharing: conditions must be listed, and "not shared" needs a legal basis."""
    if resource.share_type == Resource.ShareType.CONDITIONAL and not resource.share_scope:
        return {
            "share_scope": (
                "有条件共享须列明共享范围和使用用途。",
                "Sharing on conditions must list the scope and the use.",
            )
        }
    if resource.share_type == Resource.ShareType.NONE and not resource.share_basis:
        return {
            "share_basis": (
                "不予共享须列明法律、行政法规或国务院决定依据。",
                "Not sharing needs a basis in a law, regulation or State Council decision.",
            )
        }
    return {}


def _open_faults(resource: Resource) -> Faults:
    """The 2017 guide: what is open on conditions lists them."""
    if resource.open_type == Resource.OpenType.CONDITIONAL and not resource.open_conditions:
        return {
            "open_conditions": (
                "有条件开放须列明开放条件。",
                "Opening on conditions must list the conditions.",
            )
        }
    return {}


def _length_faults(resource: Resource) -> Faults:
    faults: Faults = {}
    for name, limit in LONGEST.items():
        if not getattr(resource, name):
            faults[name] = ("必填。", "Required.")
        elif len(getattr(resource, name)) > limit:
            faults[name] = (f"不得超过{limit}个字符。", f"At most {limit} characters.")
    return faults
