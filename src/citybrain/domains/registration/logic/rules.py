"""The domain's numbers of law (`law/registration.toml`) as values."""

from collections.abc import Mapping
from pathlib import Path

from citybrain.engines.law import RuleTable, load
from citybrain.kernel.process import DEADLINES, DeadlineRule

LAW: RuleTable = load(Path(__file__).parent.parent / "law" / "registration.toml")
RENEWAL = DeadlineRule.of(DEADLINES["registration-renewal"])
"""The window before expiry in which a renewal is applied for, as a clock of the registrant."""


def whole(code: str) -> int:
    """A rule whose value is a whole number."""
    value = LAW[code].value
    if not isinstance(value, int):
        raise TypeError(f"rule {code!r} is no whole number")
    return value


def stands_on_notice(kind: str) -> bool:
    """Whether applications of this kind are put on public notice before they are decided."""
    value = LAW["notice"].value
    return isinstance(value, Mapping) and bool(value.get(kind, True))
