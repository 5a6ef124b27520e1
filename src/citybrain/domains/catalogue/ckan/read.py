"""Entries from CKAN: a package as its API shows it, or a dump of many."""

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

from citybrain.domains.catalogue.exchange.foreign import GUIDE, Foreign, is_link
from citybrain.kernel.errors import Invalid

MOST_UNPACKED = 512 * 1024 * 1024


def read(content: bytes, source: str) -> list[Foreign]:
    """Packages from JSON lines (`ckanapi dump datasets`, also gzipped), a list, or an answer
    of `package_search`, `current_package_list_with_resources` or `package_show`.

    Raises `Invalid` when it is none of them.
    """
    return [package(one, source) for one in packages(_unpacked(content))]


def _unpacked(content: bytes) -> bytes:
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            text = packed.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise _unreadable("gzip") from None
    if len(text) > MOST_UNPACKED:
        raise _unreadable("too large when unpacked 解压后过大")
    return text


def packages(content: bytes) -> Iterator[dict[str, Any]]:
    """The package dictionaries of a dump or an answer."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = _lines(content)
    if isinstance(found, dict) and "result" in found:
        found = found["result"]
    if isinstance(found, dict) and isinstance(found.get("results"), list):
        found = found["results"]
    for one in found if isinstance(found, list) else [found]:
        if not isinstance(one, dict) or not isinstance(one.get("id") or one.get("name"), str):
            raise _unreadable("an entry without id 条目缺少id")
        yield one


def _lines(content: bytes) -> list[Any]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            found += [orjson.loads(line)] if line.strip() else []
        except orjson.JSONDecodeError:
            raise _unreadable(f"line {number} is not JSON 第{number}行不是JSON") from None
    return found


def _unreadable(detail: str) -> Invalid:
    return Invalid(
        "unreadable-file", f"不是有效的CKAN数据：{detail}", f"Not what CKAN writes: {detail}"
    )


def package(found: dict[str, Any], source: str) -> Foreign:
    """One package. What another CityBrain says in `extras` is read as it was meant."""
    extras = _extras(found)
    name = _text(found, "name")
    one = Foreign(id=_text(found, "id") or name, code=extras.get("code", "") or name)
    one.title_zh, one.title_en = _translated(found, "title")
    one.summary_zh, one.summary_en = _translated(found, "notes")
    shared = ("share_type", "share_scope", "share_basis", "update_cycle", "grade", "district")
    for key in (*shared, *GUIDE):
        setattr(one, key, extras.get(key, ""))
    if not one.share_type and found.get("isopen") is True:
        one.share_type = "unconditional"
    organization = found.get("organization")
    one.publisher = _text(organization if isinstance(organization, dict) else {}, "title")
    one.licence = _text(found, "license_title") or _text(found, "license_id")
    one.modified = _text(found, "metadata_modified")
    page = f"{source.rstrip('/')}/dataset/{name}"
    one.landing_page = page if is_link(page) else _text(found, "url")
    one.keywords = [_text(tag, "name") for tag in _dicts(found, "tags")]
    one.copies = [
        {"url": _text(form, "url"), "title": _text(form, "name"), "format": _text(form, "format")}
        for form in _dicts(found, "resources")
    ]
    return one


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return value.strip() if isinstance(value, str) else ""


def _dicts(found: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = found.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _extras(found: dict[str, Any]) -> dict[str, str]:
    return {_text(one, "key"): _text(one, "value") for one in _dicts(found, "extras")}


def _translated(found: dict[str, Any], key: str) -> tuple[str, str]:
    """Chinese and English where a site has translations, otherwise the one text it has."""
    texts = found.get(f"{key}_translated")
    texts = texts if isinstance(texts, dict) else {}
    only = _text(found, key)
    zh = next((_text(texts, one) for one in texts if str(one).lower().startswith("zh")), "")
    return zh or only, _text(texts, "en") or only
