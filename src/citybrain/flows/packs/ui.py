"""`ui.json`: how the form is laid out, in JSON Forms' vocabulary: Control, Group, rule.

    {"type": "VerticalLayout", "elements": [
      {"type": "Group", "label": "groups.person", "elements": [
        {"type": "Control", "scope": "#/properties/name"},
        {"type": "Control", "scope": "#/properties/spouse",
         "rule": {"effect": "SHOW", "condition": {"expression": "married"}}}]}]}

A condition is an expression of the pack, or JSON Forms' own `scope` with a `schema` of const
or enum.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LAYOUTS = ("VerticalLayout", "HorizontalLayout", "Group")


class UiError(ValueError):
    """A layout that cannot be followed, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Control:
    """A field, in a group; `shown` is the expression that must be true, "" for always."""

    field: str
    group: str
    shown: str


def read_ui(layout: Any) -> tuple[Control, ...]:
    """The controls in order. Raises `UiError`."""
    return tuple(_controls(layout, "", (), 0))


def _controls(one: Any, group: str, conditions: tuple[str, ...], depth: int) -> Iterator[Control]:
    if not isinstance(one, Mapping) or depth > 8:
        raise UiError(
            "布局须为对象，且嵌套不超过8层。", "A layout is an object, nested 8 deep at most."
        )
    kind = one.get("type")
    known = {"type", "label", "elements", "rule", "scope", "options"}
    if kind not in (*LAYOUTS, "Control") or set(one) - known:
        odd = ", ".join(sorted(set(one) - known)) or str(kind)
        raise UiError(f"不支持“{odd}”。", f"{odd!r} is not supported.")
    rule = _rule(one["rule"]) if "rule" in one else ""
    conditions = (*conditions, rule) if rule else conditions
    if kind == "Control":
        shown = " and ".join(f"({each})" for each in conditions)
        yield Control(_field(one.get("scope")), group, shown)
        return
    if kind == "Group":
        group = str(one.get("label", ""))
    for inner in one.get("elements", ()):
        yield from _controls(inner, group, conditions, depth + 1)


def _field(scope: Any) -> str:
    parts = str(scope).split("/")
    if len(parts) not in (3, 5) or parts[0] != "#" or set(parts[1::2]) != {"properties"}:
        raise UiError(
            f"scope应写成#/properties/字段名，而不是“{scope}”。",
            f"Write a scope as #/properties/name, not {scope!r}.",
        )
    return ".".join(parts[2::2])


def _rule(rule: Any) -> str:
    """The expression under which the element is shown."""
    effect = rule.get("effect") if isinstance(rule, Mapping) else None
    if effect not in ("SHOW", "HIDE") or not isinstance(rule.get("condition"), Mapping):
        raise UiError(
            "rule须有effect（SHOW或HIDE）和condition。", "A rule has effect and condition."
        )
    text = _condition(rule["condition"])
    return text if effect == "SHOW" else f"not coalesce({text}, false)"


def _condition(condition: Mapping[str, Any]) -> str:
    if isinstance(condition.get("expression"), str):
        return str(condition["expression"])
    schema = condition.get("schema")
    if isinstance(schema, Mapping) and ("const" in schema or "enum" in schema):
        values = schema.get("enum", [schema.get("const")])
        listed = ", ".join(json.dumps(one, ensure_ascii=False) for one in values)
        return f"{_field(condition.get('scope'))} in [{listed}]"
    raise UiError(
        "condition须为expression，或带const、enum的schema。",
        "A condition is an expression, or a schema with const or enum.",
    )
