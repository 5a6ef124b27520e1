"""The domain's times and limits (`law/credentials.toml`) as values."""

from datetime import timedelta
from pathlib import Path

from citybrain.engines.law import RuleTable, load

LAW: RuleTable = load(Path(__file__).parent.parent / "law" / "credentials.toml")


def whole(code: str) -> int:
    """A rule whose value is a whole number."""
    value = LAW[code].value
    if not isinstance(value, int):
        raise TypeError(f"rule {code!r} is no whole number")
    return value


def minutes(code: str) -> timedelta:
    """A rule that is a time."""
    return timedelta(minutes=whole(code))
