"""What the components show, as plain data. Tags take any object with these attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Tone = Literal["neutral", "info", "good", "warn", "bad"]
Enforcement = Literal["gateway", "delivery", "word"]


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline. `days_left` is negative when overdue, None when stopped."""

    title: Text
    due: date
    days_left: int | None
    provisional: bool = False
    """The calendar of the due date's year is not announced yet."""
    source: Text = ""
    source_status: Literal["", "verified", "secondary", "from memory"] = ""
    in_working_days: bool = True
    """Whether `days_left` counts working days, or calendar days as some rules do."""
    stopped: Text = ""
    """Why it no longer runs ("paused for supplement", "met on 2025-03-01")."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on a dashboard and the address of the records behind it."""

    title: Text
    value: Any
    url: str
    unit: Text = ""
    note: Text = ""
    icon: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a contract, and what makes it hold."""

    text: Text
    enforcement: Enforcement
    code: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a process; `state` says whether it lies behind, is now, comes, or ended badly."""

    title: Text
    state: Literal["done", "current", "todo", "failed"]
    note: Text = ""
    at: Any = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    title: Text
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Item:
    """A term and its description; `url` makes the description a link."""

    title: Text
    value: Any
    url: str = ""


@dataclass(frozen=True, slots=True)
class NavItem:
    title: Text
    url: str
    icon: str
    current: bool = False
    count: int = 0
    """What waits there; 0 shows nothing."""


@dataclass(frozen=True, slots=True)
class NavGroup:
    title: Text
    items: Sequence[NavItem]
