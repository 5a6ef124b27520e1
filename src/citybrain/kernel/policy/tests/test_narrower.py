"""A request may tighten every clause of an offer, and widen none."""

from typing import Any

import pytest
from hypothesis import given, settings

from citybrain.kernel.policy import Policy, PolicyFault, is_within
from citybrain.kernel.policy.profile import OPERANDS
from citybrain.kernel.policy.tests.strategies import later, policies
from citybrain.kernel.policy.tests.test_operands import policy_of

P = "urn:citybrain:party:"
MINUTE, DAY = "PT1M", "P1D"

STEPS: list[tuple[str, tuple[str, Any], tuple[str, Any]]] = [
    ("purpose", ("isAnyOf", ["industry"]), ("eq", "credit")),
    ("purpose", ("isNoneOf", ["credit"]), ("isNoneOf", ["financial-service"])),
    ("purpose", ("isNoneOf", ["industry"]), ("eq", "research")),
    ("scenario", ("isAnyOf", ["a", "b"]), ("eq", "a")),
    ("scenario", ("isNoneOf", ["a"]), ("isNoneOf", ["a", "b"])),
    ("recipient", ("isNoneOf", [P + "a"]), ("eq", P + "b")),
    ("recipient", ("isAnyOf", [P + "a", P + "b"]), ("isAnyOf", [P + "a"])),
    ("recipientType", ("isNoneOf", ["person"]), ("eq", "department")),
    ("dateTime", ("gteq", "2026-01-01T00:00:00Z"), ("gt", "2026-01-01T00:00:00Z")),
    ("dateTime", ("lteq", "2026-01-01T00:00:00Z"), ("lt", "2026-01-01T00:00:00Z")),
    ("count", ("lteq", 10), ("lteq", 9)),
    ("rate", ("lteq", {"limit": 10, "per": MINUTE}), ("lteq", {"limit": 9, "per": MINUTE})),
    ("rate", ("lteq", {"limit": 1500, "per": DAY}), ("lteq", {"limit": 1, "per": MINUTE})),
    ("rate", ("lteq", {"limit": 10, "per": MINUTE}), ("lteq", {"limit": 10, "per": DAY})),
    ("volume", ("lteq", {"limit": 9, "metric": "rows"}), ("lteq", {"limit": 8, "metric": "rows"})),
    ("fields", ("isAnyOf", ["a", "b"]), ("isAnyOf", ["a"])),
    ("rows", ("isAnyOf", {"d": ["1", "2"]}), ("isAnyOf", {"d": ["1"], "e": ["3"]})),
    ("minimumCohort", ("gteq", 10), ("gteq", 11)),
    (
        "privacyBudget",
        ("lteq", {"total": "1", "per_answer": "0.1"}),
        ("lteq", {"total": "0.9", "per_answer": "0.1"}),
    ),
    ("outputForm", ("isNoneOf", ["file"]), ("eq", "json")),
    ("environment", ("isAnyOf", ["tee", "sandbox"]), ("eq", "tee")),
    ("price", ("eq", 100), ("eq", 101)),
    ("payment", ("eq", 100), ("eq", 101)),
    ("retention", ("lteq", "P1Y"), ("lteq", "P6M")),
    ("retention", ("lteq", "P1M"), ("lteq", "P28D")),
    ("onwardTransfer", ("isNoneOf", ["department"]), ("eq", "anyone")),
]


@pytest.mark.parametrize(("operand", "wide", "narrow"), STEPS)
def test_the_narrower_is_within_the_wider_and_not_the_other_way(
    operand: str, wide: tuple[str, Any], narrow: tuple[str, Any]
):
    wider, narrower = policy_of(operand, *wide), policy_of(operand, *narrow)
    assert is_within(narrower, wider) == []
    [violation] = is_within(wider, narrower)
    assert violation.operand == operand
    assert OPERANDS[operand].title_zh in violation.zh
    assert OPERANDS[operand].title_en in violation.en


@pytest.mark.parametrize("operand", OPERANDS)
def test_leaving_out_a_clause_of_the_offer_is_wider(operand: str):
    first = {code: wide for code, wide, _ in reversed(STEPS)}
    clause = first.get(operand, ("eq", True if operand == "consent" else "印"))
    [violation] = is_within(Policy(), policy_of(operand, *clause))
    assert violation.operand == operand
    assert is_within(policy_of(operand, *clause), Policy()) == []


def test_another_watermark_or_metric_is_not_the_agreed_one():
    assert is_within(policy_of("watermark", "eq", "甲"), policy_of("watermark", "eq", "乙"))
    rows, size = ({"limit": 1, "metric": metric} for metric in ("rows", "bytes"))
    assert is_within(policy_of("volume", "lteq", size), policy_of("volume", "lteq", rows))


def test_a_count_bounds_every_rate_but_no_rate_bounds_a_count():
    rate = policy_of("rate", "lteq", {"limit": 5, "per": MINUTE})
    count = policy_of("count", "lteq", 5)
    assert is_within(count, rate) == []
    assert [one.operand for one in is_within(rate, count)] == ["count"]


def test_durations_that_calendars_make_uncertain_count_as_wider():
    assert is_within(policy_of("retention", "lteq", "P30D"), policy_of("retention", "lteq", "P1M"))
    same = policy_of("retention", "lteq", "P12M"), policy_of("retention", "lteq", "P1Y")
    assert is_within(*same) == is_within(*reversed(same)) == []


def test_a_wider_manner_of_use_is_named():
    read, use, verify = (Policy.parse({"action": one}) for one in ("read", "use", "verify"))
    assert [one.operand for one in is_within(use, read)] == ["action"]
    assert is_within(verify, read) == is_within(read, use) == []


def tightened(clause: dict[str, Any]) -> dict[str, Any]:
    """The clause a little tighter, or the same where there is nothing in between."""
    value, operator, operand = clause["value"], clause["operator"], OPERANDS[clause["operand"]]
    if isinstance(value, list) and operator == "isAnyOf":
        return {**clause, "value": value[:1]}
    if operand.value in {"integer", "fen"}:
        step = -1 if operator == "lteq" else 1
        return {**clause, "value": max(value + step, 1)}
    if operand.value in {"rate", "volume"}:
        return {**clause, "value": {**value, "limit": max(value["limit"] - 1, 1)}}
    if operand.value == "epsilon":
        return {**clause, "value": {**value, "total": value["per_answer"]}}
    if operand.value == "rows":
        return {**clause, "value": {column: cells[:1] for column, cells in value.items()}}
    if operand.value == "instant":
        return {**clause, "value": later(value, 60 if operator in {"gt", "gteq"} else -60)}
    return clause


@given(policies())
@settings(max_examples=150, deadline=None)
def test_a_policy_tightened_in_every_clause_stays_within(policy: Policy):
    stored = policy.canonical()
    tighter = {
        name: [tightened(one) for one in given_] if isinstance(given_, list) else given_
        for name, given_ in stored.items()
    }
    try:
        asked = Policy.parse(tighter)
    except PolicyFault as fault:
        assert "constraints" in fault.fields  # tightened until nothing was left
        return
    assert is_within(asked, policy) == []
