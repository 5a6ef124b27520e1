"""Metadata and facts as terms and descriptions, in the words of the kind's own schema."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from citybrain.kernel.kinds import Kind
from citybrain.surfaces.console.forms import schema as s
from citybrain.surfaces.console.forms.words import value_label
from citybrain.ui.formats import number
from citybrain.ui.labels import localised
from citybrain.ui.shapes import Item


def metadata_of(kind: Kind, stored: Mapping[str, Any]) -> list[Item]:
    """Every filled property; groups within groups as "group · property". Columns are apart.

    `stored` is what the reader may see (`queries.described`).
    """
    root = kind.schema.model_json_schema()
    return list(_items(root, root, stored, ""))


def _items(schema: s.Schema, root: s.Schema, stored: Mapping[str, Any], before: str) -> list[Item]:
    found: list[Item] = []
    for node in s.nodes(schema, root):
        value = stored.get(node.name)
        if value in (None, "", [], {}) or node.name == "items":
            continue
        title = f"{before}{node.label}"
        if isinstance(value, Mapping):
            inner = _schema_for(node, root, value)
            found += _items(inner, root, value, f"{title} · ")
        else:
            found.append(Item(title, _words(node, value)))
    return found


def _schema_for(node: s.Node, root: s.Schema, value: Mapping[str, Any]) -> s.Schema:
    if node.sort != "either":
        return node.schema
    choices = s.variants(node, root)
    for plain in choices.values():
        if set(value) <= set(plain.get("properties", {})):
            return plain
    return node.schema


def _words(node: s.Node, value: Any) -> Any:
    if isinstance(value, list):
        return localised("、", ", ").join(str(one) for one in value)
    if isinstance(value, str) and node.sort in ("choice", "fixed"):
        return value_label(value)
    return number(value) if type(value) is int else value


def items_of(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns (信息项) of a table, as the page shows them; empty for other kinds."""
    rows = stored.get("items")
    if not isinstance(rows, list):
        return []
    return [
        {
            "name": row.get("name"),
            "title": localised(row.get("title_zh"), row.get("title_en")),
            "type": value_label(str(row.get("type", ""))),
            "sensitive": bool(row.get("sensitive")),
        }
        for row in rows
        if isinstance(row, dict)
    ]


def facts_of(facts: Mapping[str, Any]) -> list[Item]:
    """What the probe found when the source was opened."""
    names = {
        "rows": _("Rows"),
        "size": _("Size in bytes"),
        "bytes": _("Size in bytes"),
        "columns": _("Columns found"),
        "length": _("Length"),
        "sha256": "SHA-256",
        "media_type": _("Media type"),
        "host": _("Host"),
        "paths": _("Paths"),
        "methods": _("Methods"),
    }
    return [Item(names.get(name, name), _fact(value)) for name, value in facts.items()]


def _fact(value: Any) -> Any:
    if isinstance(value, list):
        return localised("、", ", ").join(str(one) for one in value)
    return number(value) if type(value) is int else value
