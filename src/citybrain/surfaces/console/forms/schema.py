"""A form for any kind's metadata, made from the JSON schema of its pydantic model.

Text, numbers, choices, yes/no, lists of texts (a line each), objects (their fields with a
dotted name) and alternatives (a choice, then the fields of each) become plain inputs. A
list of objects becomes a table, a column a field; anything else is a field for JSON.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from citybrain.surfaces.console.forms.words import value_label
from citybrain.ui.labels import localised

SPARE_ROWS = 3
MAX_ROWS = 500
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One property of the schema, with references followed and "or null" taken off."""

    name: str
    schema: Schema
    required: bool
    label: str
    help: str

    @property
    def sort(self) -> str:
        """choice, fixed, flag, whole, number, text, lines, rows, object, either or json."""
        given = self.schema
        if "const" in given:
            return "fixed"
        if "enum" in given:
            return "choice"
        if "oneOf" in given or "anyOf" in given:
            return "either"
        if given.get("type") == "array":
            return {"string": "lines", "object": "rows"}.get(_type(given), "json")
        names = {"boolean": "flag", "integer": "whole", "number": "number", "string": "text"}
        return names.get(given.get("type", ""), "object" if "properties" in given else "json")


def _type(given: Schema) -> str:
    item = given.get("items") or {}
    simple = {"string", "integer", "number", "boolean"}
    if item.get("type") == "object":
        parts = item.get("properties", {}).values()
        plain = all(one.get("type") in simple or "enum" in one or "anyOf" in one for one in parts)
        return "object" if plain else "json"
    return "string" if item.get("type") == "string" else "json"


def nodes(schema: Schema, root: Schema, prefix: str = "") -> Iterator[Node]:
    """The properties of an object schema in their order."""
    required = set(schema.get("required", ()))
    for name, raw in schema.get("properties", {}).items():
        plain = resolved(raw, root)
        label = localised(raw.get("zh"), str(raw.get("title", name))) or name
        note = str(raw.get("description", "")) if not raw.get("zh") or _english() else ""
        yield Node(f"{prefix}{name}", plain, name in required, label, note)


def _english() -> bool:
    return localised("zh", "en") == "en"


def resolved(raw: Schema, root: Schema) -> Schema:
    """The schema with `$ref` followed; of "this or null" only this."""
    if "$ref" in raw:
        target = root["$defs"][raw["$ref"].rpartition("/")[2]]
        raw = {**target, **{key: value for key, value in raw.items() if key != "$ref"}}
    either = [one for one in raw.get("anyOf", ()) if one.get("type") != "null"]
    if len(either) == 1:
        rest = {key: value for key, value in raw.items() if key != "anyOf"}
        return resolved({**either[0], **rest}, root)
    if "items" in raw:
        raw = {**raw, "items": resolved(raw["items"], root)}
        inner = raw["items"].get("properties")
        if inner:
            plain = {key: resolved(one, root) for key, one in inner.items()}
            raw = {**raw, "items": {**raw["items"], "properties": plain}}
    return raw


def variants(node: Node, root: Schema) -> dict[str, Schema]:
    """The alternatives by name: the fixed `type` of each, else the name of its model."""
    found = {}
    for raw in node.schema.get("oneOf") or node.schema.get("anyOf") or ():
        if raw.get("type") == "null":
            continue
        plain = resolved(raw, root)
        fixed = plain.get("properties", {}).get("type", {}).get("const")
        found[str(fixed or plain.get("title", "value"))] = plain
    return found


def field_of(node: Node, in_row: bool = False) -> forms.Field:
    """The form field of a plain property; in a table's row it may be left empty."""
    common: dict[str, Any] = {
        "label": node.label,
        "help_text": node.help,
        "required": node.required and not in_row,
    }
    given = node.schema
    if node.sort == "flag":
        return forms.BooleanField(**{**common, "required": False})
    if node.sort == "choice":
        always = not in_row and (node.required or given.get("default") is not None)
        empty = [] if always else [("", "—")]
        named = [(str(one), value_label(str(one))) for one in given["enum"]]
        return forms.ChoiceField(choices=[*empty, *named], **common)
    if node.sort == "lines":
        return forms.CharField(widget=_area(3), **{**common, "help_text": _("One on each line.")})
    if node.sort == "whole":
        return forms.IntegerField(**common)
    if node.sort == "number":
        return forms.FloatField(**common)
    if node.sort == "text":
        long = given.get("maxLength", 0) >= 1000
        widget = _area(3) if long else forms.TextInput()
        return forms.CharField(widget=widget, max_length=given.get("maxLength"), **common)
    return forms.JSONField(widget=_area(8), **{**common, "help_text": _("As JSON.")})


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def without_empty(node: Node, value: Any) -> Any:
    """What is entered as the schema wants it; None for nothing."""
    if node.sort == "lines":
        return [line.strip() for line in str(value or "").splitlines() if line.strip()] or None
    return None if value in ("", None) else value


def shown(node: Node, value: Any) -> Any:
    """A stored value as its input shows it."""
    if node.sort == "lines":
        return "\n".join(map(str, value or ()))
    if node.sort == "json":
        return json.dumps(value, ensure_ascii=False, indent=1) if value is not None else ""
    return value
