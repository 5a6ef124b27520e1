"""目录元数据: what the directory says of a resource, as terms and descriptions."""

from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting
from citybrain.kernel.classes import named
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.ui.labels import district_name, kind_name, localised, party_name
from citybrain.ui.shapes import Item


def basics_of(acting: Acting, resource: Resource) -> list[Item]:
    """Every filled element of the 2017 guide and the decree of 2025."""
    shown = [
        Item(_("Directory code"), resource.code),
        Item(_("Kind"), kind_name(resource.kind), reverse("kind", args=[resource.kind])),
        Item(_("Classification"), class_words(resource)),
        Item(_("Owner"), party_name(resource.owner)),
        Item(_("Source office"), party_name(resource.source_party or resource.owner)),
        Item(_("Summary"), localised(resource.summary_zh, resource.summary_en)),
        Item(_("Sharing"), resource.get_share_type_display()),
        Item(_("Scope and use"), resource.share_scope),
        Item(_("Legal basis"), resource.share_basis),
        Item(_("Open attribute"), resource.get_open_type_display()),
        Item(_("Conditions of opening"), resource.open_conditions),
        Item(_("Update cycle"), resource.get_update_cycle_display()),
        Item(_("Grade"), resource.get_grade_display()),
        Item(_("Format class"), resource.get_format_class_display()),
        Item(_("District"), district_name(resource.district)),
        Item(_("Published on"), resource.published_at),
        Item(_("Version"), resource.version),
    ]
    return [one for one in shown if one.value not in ("", None)]


def class_words(resource: Resource) -> str:
    """类 / 项 / 目 / 细目, with names where the guide has them."""
    chosen, item = resource.category_class, resource.category_item
    if not chosen:
        return ""
    parts = [f"{chosen} {localised(*named(chosen))}"]
    if item:
        name = localised(*named(chosen, item))
        parts.append(item if name == item else f"{item} {name}")
    return " / ".join(
        (*parts, *filter(None, (resource.category_subject, resource.category_detail)))
    )


def related_to(acting: Acting, resource: Resource) -> list[Resource]:
    """The resources it relates to that one may see, in the owner's order."""
    if not resource.related:
        return []
    found = visible.resources(acting).filter(code__in=resource.related)
    return sorted(found, key=lambda one: resource.related.index(one.code))
