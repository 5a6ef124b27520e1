"""The numbers of `law/lists.toml`, and the demand's process that is held to them."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from citybrain.engines import calendar
from citybrain.engines.law import RuleTable, load
from citybrain.kernel.process import Process, parse

HERE = Path(__file__).parent
TABLE: RuleTable = load(HERE / "law" / "lists.toml")


@cache
def demand_process() -> Process:
    """The process `demand`, checked against the table of this app."""
    path = HERE / "definitions" / "demand.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")), TABLE, path.name)


def days(code: str) -> int:
    """The whole number of days of a rule."""
    value = TABLE[code].value
    if not isinstance(value, int):
        raise TypeError(f"rule {code!r} is no number of days")
    return value


def soon_limit(today: date) -> date:
    """The last due day that the lists show as due soon; holidays that follow it count with it."""
    return calendar.add_working_days(today, days("lists-due-soon") + 1).date - timedelta(days=1)


def escalation_day(today: date) -> date:
    """The last due day from which a clock is overdue by the rule's working days today."""
    back, left = today, days("lists-escalation")
    while left:
        left -= calendar.is_working_day(back)
        back -= timedelta(days=1)
    return back
