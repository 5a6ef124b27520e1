"""How much may be sent in from outside. The project's own limits, no law."""

from datetime import datetime, timedelta

PER_HOUR = 5
"""Objections from one address within an hour."""
TOO_MANY = (
    "提交过于频繁，请一小时后再试，或直接联系登记机构。",
    "Too many in a short time; try again in an hour, or turn to the bureau.",
)


def window_start(now: datetime) -> datetime:
    """Since when what was sent counts."""
    return now - timedelta(hours=1)
