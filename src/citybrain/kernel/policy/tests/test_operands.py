"""Every operand does something: a call refused, a quota, an obligation or a clause.

`GATEWAY` has one admitted and one refused call for each operand that the gateway checks;
`YIELDS` what each other operand leaves in the compiled policy. Together they are the profile.
"""

from dataclasses import replace
from typing import Any

import pytest

from citybrain.kernel.policy import CallFacts, Delivery, Policy, Quota, clauses, compile_policy
from citybrain.kernel.policy.profile import OPERANDS, RULES

ME, OTHER = "urn:citybrain:party:me", "urn:citybrain:party:other"
NOON = 1_795_406_400  # 2026-11-23T12:00:00+08:00
FACTS = CallFacts(
    at=NOON,
    recipient=ME,
    recipient_type="department",
    purpose="research",
    scenario="S-1",
    output="json",
    environment="tee",
)

GATEWAY: list[tuple[str, str, Any, dict[str, Any], dict[str, Any], str]] = [
    ("purpose", "eq", "research", {}, {"purpose": "credit"}, "purpose-not-agreed"),
    (
        "purpose",
        "isAnyOf",
        ["research"],
        {"purpose": "model-training"},
        {"purpose": None},
        "purpose-not-agreed",
    ),
    ("purpose", "isNoneOf", ["industry"], {}, {"purpose": "credit"}, "purpose-not-agreed"),
    ("scenario", "eq", "S-1", {}, {"scenario": None}, "scenario-not-agreed"),
    ("scenario", "isAnyOf", ["S-1", "S-2"], {}, {"scenario": "S-3"}, "scenario-not-agreed"),
    ("scenario", "isNoneOf", ["S-2"], {}, {"scenario": "S-2"}, "scenario-not-agreed"),
    ("scenario", "isNoneOf", ["S-2"], {}, {"scenario": None}, "scenario-not-agreed"),
    ("recipient", "eq", ME, {}, {"recipient": OTHER}, "recipient-not-agreed"),
    ("recipient", "isAnyOf", [ME], {}, {"recipient": OTHER}, "recipient-not-agreed"),
    ("recipient", "isNoneOf", [OTHER], {}, {"recipient": OTHER}, "recipient-not-agreed"),
    (
        "recipientType",
        "eq",
        "department",
        {},
        {"recipient_type": "person"},
        "recipient-type-not-agreed",
    ),
    (
        "recipientType",
        "isAnyOf",
        ["department"],
        {},
        {"recipient_type": "enterprise"},
        "recipient-type-not-agreed",
    ),
    (
        "recipientType",
        "isNoneOf",
        ["person"],
        {},
        {"recipient_type": "person"},
        "recipient-type-not-agreed",
    ),
    ("dateTime", "gteq", "2026-11-23T12:00:00+08:00", {}, {"at": NOON - 1}, "outside-time-window"),
    ("dateTime", "gt", "2026-11-23T12:00:00+08:00", {"at": NOON + 1}, {}, "outside-time-window"),
    ("dateTime", "lteq", "2026-11-23T12:00:00+08:00", {}, {"at": NOON + 1}, "outside-time-window"),
    ("dateTime", "lt", "2026-11-23T12:00:00+08:00", {"at": NOON - 1}, {}, "outside-time-window"),
    ("outputForm", "eq", "json", {}, {"output": "csv"}, "output-not-agreed"),
    ("outputForm", "isAnyOf", ["json"], {}, {"output": None}, "output-not-agreed"),
    ("outputForm", "isNoneOf", ["file"], {}, {"output": "file"}, "output-not-agreed"),
    ("minimumCohort", "gteq", 10, {"output": "aggregate"}, {}, "aggregates-only"),
    (
        "privacyBudget",
        "lteq",
        {"total": 1, "per_answer": 0.1},
        {"output": "aggregate"},
        {},
        "aggregates-only",
    ),
    ("environment", "eq", "tee", {}, {"environment": "sandbox"}, "environment-not-agreed"),
    ("environment", "isAnyOf", ["tee"], {}, {"environment": None}, "environment-not-agreed"),
    ("consent", "eq", True, {"consent": True}, {}, "consent-missing"),
    ("consent", "eq", True, {"consent": True}, {"consent": False}, "consent-missing"),
    ("payment", "eq", 100, {"paid": True}, {}, "payment-missing"),
    ("payment", "eq", 100, {"paid": True}, {"paid": False}, "payment-missing"),
]

YIELDS: list[tuple[str, str, Any, str, Any]] = [
    ("count", "lteq", 5, "quotas", (Quota("count", "uses", 5),)),
    ("rate", "lteq", {"limit": 60, "per": "PT1M"}, "quotas", (Quota("rate", "uses", 60, "PT1M"),)),
    ("volume", "lteq", {"limit": 9, "metric": "bytes"}, "quotas", (Quota("volume", "bytes", 9),)),
    (
        "privacyBudget",
        "lteq",
        {"total": "1", "per_answer": "0.1"},
        "quotas",
        (Quota("privacyBudget", "epsilon", 1_000_000),),
    ),
    (
        "privacyBudget",
        "lteq",
        {"total": "1", "per_answer": "0.1"},
        "delivery",
        Delivery(epsilon=0.1, aggregate_only=True),
    ),
    ("fields", "isAnyOf", ["b", "a"], "delivery", Delivery(fields=frozenset({"a", "b"}))),
    (
        "rows",
        "isAnyOf",
        {"district": ["370202"], "year": [2025]},
        "delivery",
        Delivery(rows={"district": ("370202",), "year": (2025,)}),
    ),
    ("minimumCohort", "gteq", 10, "delivery", Delivery(min_cohort=10, aggregate_only=True)),
    ("watermark", "eq", "青岛", "delivery", Delivery(watermark="青岛")),
    ("price", "eq", 250, "price_per_use", 250),
    ("payment", "eq", 100, "prepaid", 100),
    ("consent", "eq", True, "needs_consent", True),
    ("outputForm", "isAnyOf", ["csv", "json"], "allowed_outputs", frozenset({"csv", "json"})),
    ("dateTime", "gt", "1970-01-01T08:00:10+08:00", "window", (11, None)),
    ("dateTime", "lt", "1970-01-01T08:00:10+08:00", "window", (None, 9)),
    ("dateTime", "lteq", "1970-01-01T08:00:10+08:00", "window", (None, 10)),
]
WORD_ONLY = {"retention": ("lteq", "P30D"), "onwardTransfer": ("eq", "anyone")}


def policy_of(operand: str, operator: str, value: Any, action: str = "use") -> Policy:
    place = RULES[OPERANDS[operand].rule]
    clause = {"operand": operand, "operator": operator, "value": value}
    return Policy.parse({"action": action, place: [clause]})


@pytest.mark.parametrize(("operand", "operator", "value", "good", "bad", "reason"), GATEWAY)
def test_the_gateway_admits_one_call_and_refuses_another(
    operand: str, operator: str, value: Any, good: dict, bad: dict, reason: str
):
    compiled = compile_policy(policy_of(operand, operator, value))
    assert compiled.check(replace(FACTS, **good)) is None
    refused = compiled.check(replace(FACTS, **bad))
    assert refused is not None
    assert (refused.operand, refused.reason) == (operand, reason)
    assert OPERANDS[operand].title_zh in refused.zh
    assert OPERANDS[operand].title_en in refused.en


@pytest.mark.parametrize(("operand", "operator", "value", "where", "what"), YIELDS)
def test_a_clause_leaves_its_quota_or_obligation(
    operand: str, operator: str, value: Any, where: str, what: Any
):
    assert getattr(compile_policy(policy_of(operand, operator, value)), where) == what
    assert getattr(compile_policy(Policy()), where) != what


def test_every_operator_of_every_operand_stands_in_these_tables():
    tested = {row[:2] for row in GATEWAY} | {row[:2] for row in YIELDS}
    tested |= {(code, operator) for code, (operator, _) in WORD_ONLY.items()}
    profile = {(code, one) for code, operand in OPERANDS.items() for one in operand.operators}
    assert {pair for pair in profile if pair not in tested} == {("onwardTransfer", "isNoneOf")}


@pytest.mark.parametrize("operand", WORD_ONLY)
def test_what_rests_on_the_consumers_word_is_marked_so_and_refuses_no_call(operand: str):
    policy = policy_of(operand, *WORD_ONLY[operand])
    assert compile_policy(policy).check(FACTS) is None
    for lang, audit in (("zh", "审计"), ("en", "audit")):
        clause = clauses(policy, lang)[1]
        assert clause.enforcement == "consumer"
        assert audit in clause.text


def test_a_declared_environment_is_marked_as_the_consumers_word():
    assert clauses(policy_of("environment", "eq", "tee"), "zh")[1].mark == "依靠使用方承诺"


@pytest.mark.parametrize(
    ("action", "good", "bad"),
    [
        ("read", "json", "file"),
        ("aggregate", "aggregate", "json"),
        ("verify", "answer", "json"),
        ("download", "file", "json"),
    ],
)
def test_a_narrower_action_admits_its_outputs_only(action: str, good: str, bad: str):
    compiled = compile_policy(Policy.parse({"action": action}))
    assert compiled.check(replace(FACTS, output=good)) is None
    refused = compiled.check(replace(FACTS, output=bad))
    assert refused is not None
    assert refused.reason == "action-not-agreed"
    assert compiled.delivery.aggregate_only == (action == "aggregate")


def test_an_empty_policy_refuses_nothing_and_obliges_to_nothing():
    compiled = compile_policy(Policy())
    assert compiled.check(FACTS) is None
    assert (compiled.quotas, compiled.delivery) == ((), Delivery())
