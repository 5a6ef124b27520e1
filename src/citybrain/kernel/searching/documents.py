"""What of a resource can be found, in which field, and the values it is counted under."""

from collections.abc import Iterator
from typing import Any

from citybrain.engines.text import VERSION as TEXT_VERSION
from citybrain.engines.text import folded, index_terms
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource

VERSION = f"4-{TEXT_VERSION}"
"""Part of the index folder's name: raised when documents or fields change."""

FACETS = ("owner", "kind", "theme", "share", "cycle", "grade", "district", "status")
"""What results are counted by; each a field of its own in the index."""

WEIGHTS = {"title": 3.0, "code": 3.0, "items": 1.2, "about": 1.0, "office": 0.8, "words": 0.6}
"""Text fields and their weight in the score; measured by benchmarks/search_quality.py."""

THEMES = {
    "1": ("基础信息资源", "Base information"),
    "2": ("主题信息资源", "Information by theme"),
    "3": ("部门信息资源", "Information of departments"),
}
"""类: the first digit of a directory code. 政务信息资源目录编制指南（试行）,
发改高技〔2017〕1272号."""
OTHER_THEME = "0"
_DEEPEST = 6


def theme_of(resource: Resource) -> str:
    """The class 类 of a resource by its directory code; `OTHER_THEME` for codes of other form.

    A code of the guide is digits for class, item, subject and detail, a stroke, and a number.
    """
    head, stroke, _ = resource.code.partition("/")
    if stroke and head.isascii() and head.isdigit() and head[:1] in THEMES:
        return head[0]
    return OTHER_THEME


def values_of(resource: Resource) -> dict[str, str]:
    """The resource's value of each facet; "" where it has none."""
    return {
        "owner": resource.owner.ref,
        "kind": resource.kind,
        "theme": theme_of(resource),
        "share": resource.share_type,
        "cycle": resource.update_cycle,
        "grade": resource.grade,
        "district": resource.district,
        "status": resource.status,
    }


def texts_of(resource: Resource) -> dict[str, str]:
    """The text of each field. Only what every reader of the resource may know."""
    items, words = _public_words(resource)
    return {
        "title": f"{resource.title_zh} {resource.title_en}",
        "code": resource.code,
        "items": " ".join(items),
        "about": f"{resource.summary_zh} {resource.summary_en}",
        "office": f"{resource.owner.name_zh} {resource.owner.name_en}",
        "words": " ".join(words),
    }


def terms_of(resource: Resource) -> dict[str, str]:
    """The terms of each field, and of all together under `all`."""
    found = {name: index_terms(text) for name, text in texts_of(resource).items()}
    return found | {"all": " ".join(dict.fromkeys(" ".join(found.values()).split()))}


def exact_code(code: str) -> str:
    """A code as it is compared: letters of one size and width."""
    return folded(code).strip()


def item_names(resource: Resource) -> list[str]:
    """Names and titles of the information items 信息项 that the kind makes public."""
    return _public_words(resource)[0]


def _public_words(resource: Resource) -> tuple[list[str], list[str]]:
    try:
        kind = kind_of(resource.kind)
    except KeyError:
        return [], []
    public = {name: one for name, one in resource.metadata.items() if name in kind.public}
    items = [
        text
        for one in _listed(public.pop("items", []))
        for name in ("title_zh", "title_en", "title", "name")
        if isinstance(text := one.get(name), str) and text
    ]
    return items, [kind.zh, kind.en, *_texts(public, 0)]


def _listed(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Every text inside metadata, in their order."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, dict):
        for one in value.values():
            yield from _texts(one, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for one in value:
            yield from _texts(one, depth + 1)
