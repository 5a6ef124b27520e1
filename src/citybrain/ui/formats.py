"""How values look to people: money, times, numbers, names. Pure functions of value and language."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOTHING = "—"


def is_chinese() -> bool:
    """Chinese unless another language was chosen."""
    return (get_language() or "zh-hans").startswith("zh")


def number(value: Any, places: int | None = None) -> str:
    """1234567 → "1,234,567"; a dash for None. Text that is no number raises InvalidOperation."""
    if value is None or value == "":
        return NOTHING
    figure = Decimal(value) if isinstance(value, str) else value
    return f"{figure:,}" if places is None else f"{figure:,.{places}f}"


def yuan(fen: int | None) -> str:
    """Integer fen (分) → "4,790,000.00 元" or "CNY 4,790,000.00"."""
    if fen is None:
        return NOTHING
    amount = f"{Decimal(fen) / 100:,.2f}"
    return f"{amount} 元" if is_chinese() else f"CNY {amount}"


def shanghai(value: datetime | date | None, seconds: bool = False) -> str:
    """A time in Asia/Shanghai as "2025-06-30 17:05"; a date as it is. Naive times count as UTC."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        return value.isoformat()
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def localname(thing: Any) -> str:
    """An object's `title_…`, `name_…` or `label_…` in the active language, else in the other."""
    if thing is None:
        return NOTHING
    order = ("zh", "en") if is_chinese() else ("en", "zh")
    for language in order:
        for stem in ("title", "name", "label"):
            found = _member(thing, f"{stem}_{language}")
            if found:
                return str(found)
    return str(thing)


def _member(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def plain(value: Any) -> str:
    """Any value of a list's cell as text, for HTML and CSV alike; "" for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime | date):
        return shanghai(value)
    return str(value)
