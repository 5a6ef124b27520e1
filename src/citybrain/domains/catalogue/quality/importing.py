"""Checks from files: CSV with one check a row, JSON with a list, TOML with `[[check]]` rows.

CSV columns: rule, column, note, and any of list, low, high, pattern, resource, ref_column,
days; a list is separated by "|".
"""

import csv
import io
import tomllib
from collections.abc import Mapping
from typing import Any

import orjson

from citybrain.kernel.errors import Invalid

MOST_BYTES = 1024 * 1024
_PLAIN = ("rule", "column", "note")


def read(name: str, content: bytes) -> list[dict[str, Any]]:
    """The checks of a file, by the ending of its name. Raises `Invalid` for what is none."""
    if len(content) > MOST_BYTES:
        raise Invalid("too-large", "文件不得超过1 MB。", "At most 1 MB.")
    reader = _READERS.get(name.rpartition(".")[2].lower())
    if reader is None:
        raise Invalid("unknown-format", "应为CSV、JSON或TOML文件。", "Give CSV, JSON or TOML.")
    try:
        found = reader(content.decode("utf-8-sig"))
    except (ValueError, csv.Error, RecursionError):
        raise Invalid(
            "unreadable", "文件无法读取，请检查格式和编码（UTF-8）。", "The file cannot be read."
        ) from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid("unreadable", "文件应为检查的列表。", "The file must hold a list of checks.")
    return found


def _json(text: str) -> Any:
    return orjson.loads(text)


def _toml(text: str) -> Any:
    return tomllib.loads(text).get("check", [])


def _csv(text: str) -> Any:
    rows = csv.DictReader(io.StringIO(text))
    return [_of_row(row) for row in rows]


def _of_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    if None in row:
        raise ValueError("a row is longer than the heading")
    given = {name: (value or "").strip() for name, value in row.items()}
    plain = {name: given.pop(name, "") for name in _PLAIN}
    return plain | {"values": values_of(given)}


def values_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Values as a person types them: "a|b" or "a,b" is a list, `ref_column` is `column`."""
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    if "list" in values:
        text = str(values["list"])
        values["list"] = [one.strip() for one in text.split("|" if "|" in text else ",")]
    if "ref_column" in values:
        values["column"] = values.pop("ref_column")
    return values


_READERS = {"csv": _csv, "json": _json, "toml": _toml}
