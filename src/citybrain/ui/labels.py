"""Words for what the kernel knows by code: kinds, states, purposes, rules, reasons."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from citybrain.engines.codes import area
from citybrain.gateway.problems import PROBLEMS
from citybrain.kernel.kinds import Kind, all_kinds, kind_of
from citybrain.kernel.policy import OPERANDS
from citybrain.kernel.policy.refusals import REASONS
from citybrain.kernel.policy.vocabulary import PURPOSES
from citybrain.ui.formats import is_chinese

TONES = {
    "draft": "neutral",
    "submitted": "info",
    "supplement": "warn",
    "accepted": "info",
    "review": "info",
    "extended": "warn",
    "agreed": "good",
    "delivered": "good",
    "refused": "bad",
    "suspended": "warn",
    "ended": "neutral",
    "published": "good",
    "withdrawn": "neutral",
    "open": "info",
    "awaiting": "warn",
    "active": "good",
    "granted": "good",
    "failed": "warn",
    "met": "good",
    "paused": "warn",
    "cancelled": "neutral",
}


def localised(zh: Any, en: Any) -> Any:
    """The one in the reader's language."""
    return (zh or en) if is_chinese() else (en or zh)


def tone(state: str) -> str:
    """The colour of a state."""
    return TONES.get(state, "neutral")


def kind_name(code: str) -> str:
    """A kind's name; its code when no domain declares it any more."""
    kind = known_kind(code)
    return localised(kind.zh, kind.en) if kind else code


def known_kind(code: str) -> Kind | None:
    """The kind, or None when its domain is not installed."""
    try:
        return kind_of(code)
    except KeyError:
        return None


def offer_status(offer: Any) -> str:
    """Whether an offer can be asked for."""
    return _("Can be asked for") if offer.status == "open" else _("Taken back")


def unit_name(kind: Kind) -> str:
    """What is metered."""
    return str(localised(kind.unit_zh, kind.unit))


def kind_choices() -> list[tuple[str, str]]:
    """Every kind with its name."""
    return [(one.code, localised(one.zh, one.en)) for one in all_kinds()]


def purpose_name(code: str) -> str:
    """A purpose in words."""
    term = PURPOSES.get(code)
    return localised(term.zh, term.en) if term else code


def purpose_choices() -> list[tuple[str, str]]:
    """The vocabulary of purposes."""
    return [(term.code, localised(term.zh, term.en)) for term in PURPOSES.values()]


def operand_name(code: str) -> str:
    """The clause that an operand stands for."""
    operand = OPERANDS.get(code)
    return localised(operand.title_zh, operand.title_en) if operand else code


def party_name(party: Any) -> str:
    """A party's name; a dash for none."""
    return localised(party.name_zh, party.name_en) if party else "—"


def resource_title(resource: Any) -> str:
    """A resource's title; a dash for none."""
    return localised(resource.title_zh, resource.title_en) if resource else "—"


def district_choices() -> list[tuple[str, str]]:
    """The city's districts."""
    language = "zh" if is_chinese() else "en"
    found = area.children(settings.CITYBRAIN.city_code)
    return [(one.code, area.name(one.code, language)) for one in found]


def district_name(code: str) -> str:
    """A district's name; "whole city" for none."""
    if not code:
        return _("Whole city")
    return area.name(code, "zh" if is_chinese() else "en") or code


def reason_name(code: str) -> str:
    """Why a use was refused or failed; the code itself for one that has no words here."""
    return reason_names().get(code, code)


def reason_names() -> dict[str, str]:
    """The gateway's and the kinds' stable reasons in words; the policy's come with its clauses."""
    policy = {reason: (zh, en) for reason, zh, en in REASONS.values()}
    gateway = {reason: (one.zh, one.en) for reason, one in PROBLEMS.items()}
    both = policy | gateway
    known = {code: str(localised(*words)).rstrip("。.") for code, words in both.items()}
    return known | {
        "": "",
        "action-not-agreed": _("The manner of use is not agreed"),
        "unknown-field": _("There is no such field"),
        "upstream-timeout": _("The source did not answer in time"),
        "upstream-error": _("The source failed"),
    }
