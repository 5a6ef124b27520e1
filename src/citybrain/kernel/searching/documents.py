"""What of a resource can be found, in which field, and the values it is counted under."""

from collections.abc import Iterator
from typing import Any

from citybrain.engines.text import VERSION as TEXT_VERSION
from citybrain.engines.text import folded, index_terms
from citybrain.kernel import classes
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource

VERSION = f"5-{TEXT_VERSION}"
"""Part of the index folder's name: raised when documents or fields change."""

FACETS = ("owner", "kind", "theme", "share", "cycle", "grade", "district", "status")
"""What results are counted by; each a field of its own in the index."""

WEIGHTS = {"title": 3.0, "code": 3.0, "items": 1.2, "about": 1.0, "office": 0.8, "words": 0.6}
"""Text fields and their weight in the score; measured by benchmarks/search_quality.py."""

OTHER_THEME = "0"
_DEEPEST = 6


def themes() -> dict[str, tuple[str, str]]:
    """Classes 类 and items 项 of the directory: code ("2", "2.05") → names."""
    return {code: (rule.zh, rule.en) for code, rule in classes.table().items()}


def theme_of(resource: Resource) -> str:
    """The item 项, else the class 类, that the resource has or its directory code tells;
    `OTHER_THEME` for none."""
    own = (resource.category_class, resource.category_item)
    chosen, item = own if own[0] else classes.of_code(resource.code)[:2]
    for code in (f"{chosen}.{item}", chosen):
        if code in themes():
            return code
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
