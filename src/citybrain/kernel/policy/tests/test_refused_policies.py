"""Policies outside the profile are refused, and the message names the place."""

from typing import Any

import pytest
from pydantic import ValidationError

from citybrain.kernel.policy import Constraint, Policy, PolicyFault
from citybrain.kernel.policy.profile import OPERANDS, RULES

WRONG: list[tuple[str, str, Any]] = [
    ("purpose", "eq", "world-domination"),
    ("purpose", "isAnyOf", []),
    ("purpose", "isAnyOf", "research"),
    ("purpose", "lteq", "research"),
    ("scenario", "isAnyOf", ["x"] * 1001),
    ("scenario", "eq", "with blank"),
    ("recipient", "eq", "the health office"),
    ("recipientType", "eq", "robot"),
    ("dateTime", "lt", "2026-01-01T00:00:00"),
    ("dateTime", "lt", "2026-01-01T00:00:00.5Z"),
    ("dateTime", "lt", 1_700_000_000),
    ("dateTime", "eq", "2026-01-01T00:00:00Z"),
    ("count", "lteq", 0),
    ("count", "lteq", True),
    ("count", "lteq", 1.0),
    ("count", "lteq", 10**16),
    ("rate", "lteq", {"limit": 1, "per": "PT1S"}),
    ("rate", "lteq", {"limit": 1}),
    ("volume", "lteq", {"limit": 1, "metric": "pages"}),
    ("fields", "isAnyOf", [""]),
    ("fields", "isAnyOf", ["a\x00"]),
    ("rows", "isAnyOf", {"district": []}),
    ("rows", "isAnyOf", {"district": [1.5]}),
    ("rows", "isAnyOf", {"a": ["x"], " a": ["y"]}),
    ("minimumCohort", "gteq", 1),
    ("privacyBudget", "lteq", {"total": 0.1, "per_answer": 1}),
    ("privacyBudget", "lteq", {"total": "NaN", "per_answer": "1"}),
    ("privacyBudget", "lteq", {"total": 1, "per_answer": "0.0000001"}),
    ("consent", "eq", False),
    ("outputForm", "eq", "pdf"),
    ("environment", "isNoneOf", ["tee"]),
    ("price", "eq", -1),
    ("payment", "eq", 0.5),
    ("watermark", "eq", "x" * 201),
    ("retention", "lteq", "P1Y2M"),
    ("onwardTransfer", "eq", "nobody"),
    ("onwardTransfer", "isNoneOf", ["anyone"]),
]


def fault_of(stored: Any) -> PolicyFault:
    with pytest.raises(PolicyFault) as caught:
        Policy.parse(stored)
    return caught.value


@pytest.mark.parametrize(("operand", "operator", "value"), WRONG)
def test_a_wrong_value_or_operator_is_refused_at_its_place(operand: str, operator: str, value: Any):
    place = RULES[OPERANDS[operand].rule]
    fault = fault_of({place: [{"operand": operand, "operator": operator, "value": value}]})
    assert list(fault.fields) == [f"{place}.0"]
    assert "第 1 条" in fault.zh
    assert f"1 ({operand})" in fault.en


def test_every_operand_has_a_wrong_value_in_this_table():
    assert {row[0] for row in WRONG} == set(OPERANDS)


def test_all_faulty_clauses_are_named_at_once():
    clause = {"operand": "weather", "operator": "eq", "value": 1}
    fault = fault_of({"constraints": [clause, {**clause, "operand": "count"}]})
    assert list(fault.fields) == ["constraints.0", "constraints.1"]


def test_a_duty_among_the_constraints_is_sent_to_its_list():
    clause = {"operand": "retention", "operator": "lteq", "value": "P1Y"}
    assert "duties" in fault_of({"constraints": [clause]}).en


def test_two_clauses_for_one_place_are_refused_and_two_ends_of_a_window_are_not():
    def window(first: str, second: str) -> dict[str, Any]:
        return {
            "constraints": [
                {"operand": "dateTime", "operator": first, "value": "2026-01-01T00:00:00Z"},
                {"operand": "dateTime", "operator": second, "value": "2027-01-01T00:00:00Z"},
            ]
        }

    assert len(Policy.parse(window("gteq", "lt")).constraints) == 2
    assert list(fault_of(window("gteq", "gt")).fields) == ["constraints.1"]
    assert "ends before it begins" in fault_of(window("lt", "gteq")).en


def test_clauses_that_leave_no_output_form_are_refused_together():
    clause = {"operand": "outputForm", "operator": "eq", "value": "csv"}
    assert "输出形式" in fault_of({"action": "verify", "constraints": [clause]}).zh


def test_rates_for_different_windows_may_stand_together():
    rates = [
        {"operand": "rate", "operator": "lteq", "value": {"limit": 9, "per": per}}
        for per in ("PT1M", "P1D")
    ]
    assert len(Policy.parse({"constraints": rates}).constraints) == 2
    assert list(fault_of({"constraints": [rates[0], rates[0]]}).fields) == ["constraints.1"]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "use",
        {"action": "sell"},
        {"colour": 1},
        {"constraints": {}},
        {"constraints": [{"operand": "count"}]},
        {"constraints": [None]},
        {"constraints": [{"operand": "count", "operator": "lteq", "value": 1, "extra": 1}]},
    ],
)
def test_a_wrong_shape_is_refused_in_both_languages(stored: Any):
    fault = fault_of(stored)
    assert fault.zh and fault.en and fault.fields


def test_more_than_fifty_clauses_are_refused_before_they_are_read():
    clause = {"operand": "count", "operator": "lteq", "value": 1}
    assert "50" in fault_of({"constraints": [clause] * 51}).en


def test_a_policy_is_frozen():
    with pytest.raises(ValidationError):
        Policy().action = "read"


def test_equal_policies_have_one_digest_however_they_are_written():
    def purpose(codes: list[str]) -> Constraint:
        return Constraint(operand="purpose", operator="isAnyOf", value=codes)

    def until(text: str) -> Constraint:
        return Constraint(operand="dateTime", operator="lt", value=text)

    one = Policy(constraints=[purpose(["research", "credit"]), until("2027-01-01T00:00:00+08:00")])
    two = Policy(
        constraints=[until("2026-12-31T16:00:00Z"), purpose(["credit", "research", "credit"])]
    )
    assert one.digest() == two.digest()
    assert one.digest() != Policy(constraints=[purpose(["research"])]).digest()
