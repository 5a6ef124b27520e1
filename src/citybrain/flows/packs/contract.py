"""`form.json`: the data contract, in a closed part of JSON Schema 2020-12.

An object of named properties: texts (enum, format date, pattern, lengths), numbers and
integers (bounds), booleans, lists of texts, and objects of these, whose fields are named with
a dot. `additionalProperties` must be false. Other keywords are refused, so that nothing is
written into a contract that the platform would not keep.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from citybrain.flows.expressions.values import BadValueError, typed
from citybrain.flows.fields import Field

TYPES = {"string": "text", "integer": "number", "number": "number", "boolean": "boolean"}
_PLAIN = frozenset({"type", "title", "description", "default", "examples"})
KEYWORDS = {
    "string": _PLAIN | {"enum", "const", "format", "pattern", "minLength", "maxLength"},
    "integer": _PLAIN | {"minimum", "maximum", "enum"},
    "number": _PLAIN | {"minimum", "maximum"},
    "boolean": _PLAIN | {"const"},
    "array": _PLAIN | {"items", "minItems", "maxItems", "uniqueItems"},
    "object": _PLAIN | {"properties", "required", "additionalProperties"},
}
ROOT = frozenset({"$schema", "$id", "$comment"})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}", re.ASCII)
LONGEST_TEXT, MOST_ITEMS, LONGEST_PATTERN, LONGEST_MATCHED = 2000, 100, 200, 200
_HEAVY = re.compile(r"\)[*+?{]")
Problem = tuple[str, str, str]
"""(field, Chinese, English)"""


class ContractError(ValueError):
    """A contract that cannot be followed; `problems` names each place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(en for _, _, en in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Property:
    """One field of the contract."""

    field: Field
    schema: Mapping[str, Any]
    required: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """The fields by name, in order."""

    properties: Mapping[str, Property]

    def faults(self, data: Mapping[str, Any], only: frozenset[str] | None = None) -> list[Problem]:
        """What is wrong with values by name; fields that are missing are not its concern."""
        found: list[Problem] = []
        for name, value in data.items():
            one = self.properties.get(name)
            if one is None or (only is not None and name not in only):
                found.append((name, "没有这一字段。", "There is no such field here."))
            elif value is not None:
                found += [(name, zh, en) for zh, en in _value_faults(one, value)]
        return found


def read_contract(schema: Any) -> Contract:
    """The contract of a schema. Raises `ContractError` with every problem."""
    problems = list(_object_problems("", schema, ROOT))
    if problems:
        raise ContractError(problems)
    return Contract(dict(_properties(schema, "", True)))


def _object_problems(path: str, schema: Any, more: frozenset[str]) -> Iterator[Problem]:
    if not isinstance(schema, dict) or schema.get("type") != "object":
        yield path, "必须是type为object的对象。", f"{path or 'The schema'} must be of type object."
        return
    unknown = sorted(set(schema) - KEYWORDS["object"] - more)
    if unknown:
        words = ", ".join(unknown)
        yield path, f"不支持关键字：{words}。", f"{path}: keywords not supported: {words}."
    if schema.get("additionalProperties") is not False:
        yield path, "须写additionalProperties: false。", f"{path}: set additionalProperties: false."
    properties = schema.get("properties", {})
    if not isinstance(properties, dict) or not properties:
        yield path, "缺少properties。", f"{path}: properties are missing."
        return
    for name in schema.get("required", []):
        if name not in properties:
            yield (
                path,
                f"required中的“{name}”不存在。",
                f"{path}: required names {name!r}, not there.",
            )
    for name, one in properties.items():
        yield from _property_problems(f"{path}.{name}" if path else name, name, one, not path)


def _property_problems(path: str, name: str, one: Any, may_nest: bool) -> Iterator[Problem]:
    if not NAME.fullmatch(name):
        yield (
            path,
            "字段名须由字母、数字、下划线组成。",
            f"{path}: use letters, digits, underscores.",
        )
        return
    kind = one.get("type") if isinstance(one, dict) else None
    if kind == "object" and may_nest:
        yield from _object_problems(path, one, frozenset())
        return
    if kind not in KEYWORDS or kind == "object":
        yield path, f"不支持类型{kind}。", f"{path}: the type {kind!r} is not supported here."
        return
    unknown = sorted(key for key in set(one) - KEYWORDS[kind] if not key.startswith("x-"))
    if unknown:
        words = ", ".join(unknown)
        yield path, f"不支持关键字：{words}。", f"{path}: keywords not supported: {words}."
    yield from _keyword_problems(path, kind, one)


def _keyword_problems(path: str, kind: str, one: dict[str, Any]) -> Iterator[Problem]:
    if one.get("format") not in (None, "date"):
        yield path, "format只支持date。", f"{path}: only the format date is supported."
    items = one.get("items", {})
    if kind == "array" and (not isinstance(items, dict) or items.get("type") != "string"):
        yield path, "列表的items须为string。", f"{path}: items must be strings."
    pattern = one.get("pattern")
    if pattern is not None and not _is_light(pattern, one):
        yield (
            path,
            f"pattern须为不超过{LONGEST_PATTERN}字符的正则，不得重复分组，并须写maxLength"
            f"（不超过{LONGEST_MATCHED}）。",
            f"{path}: a pattern is a short regular expression without repeated groups and needs"
            f" maxLength (at most {LONGEST_MATCHED}).",
        )


def _is_light(pattern: Any, one: dict[str, Any]) -> bool:
    """No pattern that takes for ever on a malicious text."""
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN or _HEAVY.search(pattern):
        return False
    if sum(pattern.count(sign) for sign in "*+") > 3 or "(?" in pattern:
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return isinstance(one.get("maxLength"), int) and one["maxLength"] <= LONGEST_MATCHED


def _properties(schema: Any, path: str, required: bool) -> Iterator[tuple[str, Property]]:
    needed = schema.get("required", [])
    for name, one in schema["properties"].items():
        full, must = f"{path}{name}", required and name in needed
        if one["type"] == "object":
            yield from _properties(one, f"{full}.", must)
        else:
            yield full, Property(_field(full, one, must), one, must)


def _field(name: str, one: dict[str, Any], required: bool) -> Field:
    kind = one["type"]
    named = "list" if kind == "array" else "date" if one.get("format") == "date" else TYPES[kind]
    allowed = tuple(one["enum"]) if kind == "string" and "enum" in one else None
    low, high = (
        None if one.get(word) is None else Decimal(str(one[word]))
        for word in ("minimum", "maximum")
    )
    return Field(name, named, kind == "integer", not required, allowed, low, high)


def _value_faults(one: Property, value: Any) -> Iterator[tuple[str, str]]:
    schema, kind = one.schema, one.field.type
    try:
        read = typed(value, kind)
    except BadValueError:
        yield _TYPE_WORDS[kind]
        return
    if isinstance(read, str):
        yield from _text_faults(schema, read)
    elif isinstance(read, Decimal):
        yield from _number_faults(one, read)
    elif isinstance(read, tuple):
        yield from _list_faults(schema, read)
    if "const" in schema and value != schema["const"]:
        yield "须按要求确认。", "This must be confirmed."


_TYPE_WORDS = {
    "text": ("须为文本。", "This must be a text."),
    "number": ("须为数值（最多12位整数、6位小数）。", "This must be a number."),
    "boolean": ("须为是或否。", "This must be yes or no."),
    "date": ("须为日期，如2026-01-31。", "This must be a date such as 2026-01-31."),
    "list": ("须为列表。", "This must be a list."),
}


def _text_faults(schema: Mapping[str, Any], value: str) -> Iterator[tuple[str, str]]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONGEST_TEXT)
    if not least <= len(value) <= most:
        yield f"长度须为{least}至{most}个字符。", f"It must have {least} to {most} characters."
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield "格式不正确。", "The form is not right."
    if "enum" in schema and value not in schema["enum"]:
        yield "不在可选值中。", "This is none of the choices."


def _number_faults(one: Property, value: Decimal) -> Iterator[tuple[str, str]]:
    low, high = one.field.low, one.field.high
    if low is not None and value < low:
        yield f"不得小于{low}。", f"It must be {low} or more."
    if high is not None and value > high:
        yield f"不得大于{high}。", f"It must be {high} or less."
    if one.field.is_integer and value != int(value):
        yield "须为整数。", "It must be a whole number."
    if "enum" in one.schema and value not in one.schema["enum"]:
        yield "不在可选值中。", "This is none of the choices."


def _list_faults(schema: Mapping[str, Any], value: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", MOST_ITEMS)
    if not least <= len(value) <= most:
        yield f"须有{least}至{most}项。", f"It must have {least} to {most} entries."
    if schema.get("uniqueItems") and len(set(value)) != len(value):
        yield "不得重复。", "Nothing may stand there twice."
    allowed = schema["items"].get("enum")
    if any(len(one) > LONGEST_TEXT or (allowed and one not in allowed) for one in value):
        yield "含有不可选的值。", "One of these is none of the choices."


def flat(data: Mapping[str, Any]) -> dict[str, Any]:
    """Nested objects as names with a dot: `{"home": {"area": 3}}` → `{"home.area": 3}`."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            found[name] = value.isoformat() if isinstance(value, date) else value
    return found
