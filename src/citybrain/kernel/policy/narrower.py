"""Is what is asked for within what is offered? Names each clause that goes beyond."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.outputs import outputs_of_action
from citybrain.kernel.policy.profile import OPERANDS, Operand
from citybrain.kernel.policy.values import ANYONE, DURATION, unix
from citybrain.kernel.policy.vocabulary import ACTIONS, with_narrower
from citybrain.kernel.policy.wording import value_text

SECONDS = {"PT1M": 60, "PT1H": 3_600, "P1D": 86_400, "P1M": 31 * 86_400}
"""Calendar windows nest, and no month has more than 31 days."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One clause of the offer that the request goes beyond."""

    operand: str
    zh: str
    en: str


Clauses = list[Constraint]
Rule = Callable[[Constraint, Clauses, Policy], bool]


def is_within(requested: Policy, offered: Policy) -> list[Violation]:
    """The clauses of the offer that the request goes beyond; empty when it is within.

    Where two clauses cannot be compared with certainty, the request counts as wider.
    """
    found = list(_action_violations(requested, offered))
    for clause in offered.clauses():
        same = [one for one in requested.clauses() if one.operand == clause.operand]
        if not RULES[clause.operand](clause, same, requested):
            found.append(_violation(clause, same))
    return found


def _action_violations(requested: Policy, offered: Policy) -> Iterator[Violation]:
    if outputs_of_action(requested.action) <= outputs_of_action(offered.action):
        return
    asked, given = ACTIONS[requested.action], ACTIONS[offered.action]
    yield Violation(
        "action",
        f"使用方式：申请“{asked.zh}”，超出供给的“{given.zh}”",
        f"manner of use: “{asked.en}” is asked for, which is beyond “{given.en}”",
    )


def _violation(offered: Constraint, asked: Clauses) -> Violation:
    operand = OPERANDS[offered.operand]
    zh, en = (_words(operand, [offered], lang) for lang in ("zh", "en"))
    if not asked:
        return Violation(
            offered.operand,
            f"{operand.title_zh}：申请缺少供给条款“{zh}”",
            f"{operand.title_en}: the request lacks the clause of the offer “{en}”",
        )
    asked_zh, asked_en = (_words(operand, asked, lang) for lang in ("zh", "en"))
    return Violation(
        offered.operand,
        f"{operand.title_zh}：申请“{asked_zh}”，超出供给“{zh}”",
        f"{operand.title_en}: the request says “{asked_en}”, which is beyond “{en}”",
    )


def _words(operand: Operand, clauses: Clauses, lang: str) -> str:
    return " ".join(
        operand.operators[one.operator][0 if lang == "zh" else 1].replace(
            "{value}", value_text(operand, one.operator, one.value, lang)
        )
        for one in clauses
    )


def _named(clause: Constraint) -> frozenset[str]:
    """What a clause about a set names, with narrower terms where it has a vocabulary."""
    named = [clause.value] if clause.operator == "eq" else clause.value
    vocabulary = OPERANDS[clause.operand].vocabulary
    return with_narrower(vocabulary, named) if vocabulary else frozenset(named)


def _admits(clause: Constraint, name: str) -> bool:
    return (name in _named(clause)) != (clause.operator == "isNoneOf")


def _set(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    if not asked:
        return False
    one = asked[0]
    terms = OPERANDS[one.operand].terms
    if terms:
        return {name for name in terms if _admits(one, name)} <= {
            name for name in terms if _admits(offered, name)
        }
    if offered.operator == "isNoneOf":
        barred = _named(offered)
        return barred <= _named(one) if one.operator == "isNoneOf" else not barred & _named(one)
    return one.operator != "isNoneOf" and _named(one) <= _named(offered)


def _ends(clause: Constraint) -> tuple[bool, int]:
    """Is it a start, and the first or last whole second that is permitted."""
    shift = {"gt": 1, "lt": -1}.get(clause.operator, 0)
    return clause.operator in {"gt", "gteq"}, unix(clause.value) + shift


def _time(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    is_start, limit = _ends(offered)
    same_end = [moment for starts, moment in map(_ends, asked) if starts == is_start]
    return any(one >= limit if is_start else one <= limit for one in same_end)


def _uses_per(window: str | None, requested: Policy) -> float:
    """The most uses that a policy lets fall into one window (None: into the whole term)."""
    length = SECONDS[window] if window else math.inf
    most = math.inf
    for one in requested.constraints:
        if one.operand == "count":
            most = min(most, one.value)
        if one.operand == "rate":
            windows = max(1, length // SECONDS[one.value["per"]]) if window else math.inf
            most = min(most, one.value["limit"] * windows)
    return most


def _count(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return _uses_per(None, requested) <= offered.value


def _rate(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return _uses_per(offered.value["per"], requested) <= offered.value["limit"]


def _volume(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    metric, limit = offered.value["metric"], offered.value["limit"]
    return any(one.value["metric"] == metric and one.value["limit"] <= limit for one in asked)


def _rows(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return bool(asked) and all(
        column in asked[0].value and _cells(asked[0].value[column]) <= _cells(cells)
        for column, cells in offered.value.items()
    )


def _cells(cells: list[Any]) -> set[tuple[type, Any]]:
    return {(type(cell), cell) for cell in cells}


def _budget(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return any(
        all(Decimal(one.value[key]) <= Decimal(offered.value[key]) for key in offered.value)
        for one in asked
    )


def _at_least(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return any(one.value >= offered.value for one in asked)


def _present(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return any(one.value == offered.value for one in asked)


def _hours(value: str, longest: bool) -> int:
    """The longest or shortest that a duration can be, as months and years vary."""
    found = DURATION.fullmatch(value)
    number, unit = (int(found[1] or found[3]), found[2] or found[4]) if found else (0, "H")
    days = {"D": (1, 1), "M": (28, 31), "Y": (365, 366)}
    return number if unit == "H" else number * 24 * days[unit][longest]


def _months(value: str) -> int | None:
    found = DURATION.fullmatch(value)
    factor = {"M": 1, "Y": 12}.get((found[2] or "") if found else "")
    return int(found[1]) * factor if found and factor else None


def _retention(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    if not asked:
        return False
    mine, theirs = asked[0].value, offered.value
    months = _months(mine), _months(theirs)
    if months[0] is not None and months[1] is not None:
        return months[0] <= months[1]
    return _hours(mine, longest=True) <= _hours(theirs, longest=False)


def _excepted(clause: Constraint) -> set[str]:
    return set() if clause.value == ANYONE else set(clause.value)


def _transfer(offered: Constraint, asked: Clauses, requested: Policy) -> bool:
    return any(_excepted(one) <= _excepted(offered) for one in asked)


RULES: Mapping[str, Rule] = {
    "purpose": _set,
    "scenario": _set,
    "recipient": _set,
    "recipientType": _set,
    "dateTime": _time,
    "count": _count,
    "rate": _rate,
    "volume": _volume,
    "fields": _set,
    "rows": _rows,
    "minimumCohort": _at_least,
    "privacyBudget": _budget,
    "consent": _present,
    "outputForm": _set,
    "environment": _set,
    "price": _at_least,
    "payment": _at_least,
    "watermark": _present,
    "retention": _retention,
    "onwardTransfer": _transfer,
}
