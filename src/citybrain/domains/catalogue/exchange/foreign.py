"""From another catalogue's entry to a draft: kept elsewhere, described here."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from citybrain.domains.catalogue.exchange.drafts import KEPT_ELSEWHERE, Draft, Place
from citybrain.domains.catalogue.logic.external import plain_link

_CODE = re.compile(r"[^\s\x00-\x1f]{1,40}")
GUIDE = (
    *("category_class", "category_item", "category_subject", "category_detail"),
    *("open_type", "open_conditions", "format_class"),
)
"""Elements of the 2017 guide that only another CityBrain says."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a source does not say and a person has to. Without it, such entries are faults.

    `update_cycle`: where the source has none. `prefix`: before every code, so that the codes
    of two catalogues do not meet. `source`: address of the catalogue that this came from.
    """

    update_cycle: str = ""
    prefix: str = ""
    source: str = ""


@dataclass(slots=True)
class Foreign:
    """What another catalogue says. Empty where it says nothing."""

    id: str
    code: str = ""
    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    share_type: str = ""
    share_scope: str = ""
    share_basis: str = ""
    update_cycle: str = ""
    grade: str = ""
    district: str = ""
    category_class: str = ""
    category_item: str = ""
    category_subject: str = ""
    category_detail: str = ""
    open_type: str = ""
    open_conditions: str = ""
    format_class: str = ""
    publisher: str = ""
    licence: str = ""
    landing_page: str = ""
    modified: str = ""
    copies: list[dict[str, str]] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)


def code_of(found: Foreign, prefix: str) -> str:
    """Its own identifier where that can be a directory code, otherwise a digest of its id."""
    own = prefix + (found.code or found.id)
    if _CODE.fullmatch(own):
        return own
    return prefix[:20] + "x-" + hashlib.sha256(found.id.encode("utf-8", "replace")).hexdigest()[:16]


def draft_of(found: Foreign, defaults: Defaults) -> Draft:
    """A draft of the kind `external`.

    One language stands for both where there is only one. Who does not say that everybody may
    have it shares on its own conditions; what everybody may have is of the open grade.
    """
    share = found.share_type or "conditional"
    scope = found.share_scope or (KEPT_ELSEWHERE if share == "conditional" else "")
    described = {
        "title_zh": found.title_zh or found.title_en,
        "title_en": found.title_en or found.title_zh,
        "summary_zh": found.summary_zh or found.summary_en,
        "summary_en": found.summary_en or found.summary_zh,
        "share_type": share,
        "share_scope": scope,
        "share_basis": found.share_basis,
        "update_cycle": found.update_cycle or defaults.update_cycle,
        "grade": found.grade or ("L1" if share == "unconditional" else "L2"),
        "district": found.district,
        **{name: getattr(found, name) for name in GUIDE},
    }
    name = found.title_zh or found.title_en or found.id
    draft = Draft(
        Place(f"{name[:60]} <{found.id[:120]}>"),
        code_of(found, defaults.prefix),
        "external",
        _metadata(found, defaults),
        described,
    )
    if not described["update_cycle"]:
        draft.fault(
            "update_cycle",
            "来源未说明更新周期，请用 --update-cycle 指定。",
            "The source does not say how often it is updated; give --update-cycle.",
        )
    if not draft.metadata["landing_page"]:
        draft.fault("landing_page", "来源没有可用的网址。", "The source gives no usable address.")
    return draft


def _metadata(found: Foreign, defaults: Defaults) -> dict[str, Any]:
    copies = [
        {
            "url": one["url"],
            "title": one.get("title", "")[:300],
            "format": one.get("format", "")[:60],
        }
        for one in found.copies
        if is_link(one["url"])
    ][:200]
    pages = [found.landing_page, *(one["url"] for one in copies)]
    page = next((one for one in pages if is_link(one)), "")
    return {
        "landing_page": page,
        "format": next((one["format"] for one in copies if one["format"]), ""),
        "publisher": found.publisher[:300],
        "copies": copies,
        "items": found.items,
        "keywords": _short(found.keywords),
        "source_catalogue": defaults.source[:500],
        "source_id": found.id[:500],
        "source_modified": found.modified[:40],
        "licence": found.licence[:500],
    }


def _short(words: Iterable[str]) -> list[str]:
    return [one for one in dict.fromkeys(words) if one and len(one) <= 100][:100]


def is_link(text: str) -> bool:
    """True for an address that a browser may be sent to."""
    try:
        return bool(plain_link(text)) and len(text) <= 2000
    except ValueError:
        return False
