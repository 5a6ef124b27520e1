"""From a policy to a decision: closures that answer in about a microsecond.

Everything that can be worked out when an agreement is signed is worked out here:
sets with their narrower terms, Unix seconds, quotas. Agreements share the tests of equal
clauses, and the words of a refusal are written when it happens: with 100,000 agreements in
memory both matter.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from citybrain.kernel.policy.decision import CallFacts, Delivery, Quota, Refused
from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.outputs import outputs_left, outputs_of, outputs_of_action
from citybrain.kernel.policy.profile import OPERANDS
from citybrain.kernel.policy.refusals import refusal, refusal_of_action
from citybrain.kernel.policy.values import millionths, unix
from citybrain.kernel.policy.vocabulary import OUTPUTS, with_narrower

Test = Callable[[CallFacts], Refused | None]
Refuse = Callable[[], Refused]
SHARED = 20_000
"""Clauses whose tests are kept for sharing."""

FACT = {
    "purpose": "purpose",
    "scenario": "scenario",
    "recipient": "recipient",
    "recipientType": "recipient_type",
    "environment": "environment",
}
"""Operand that admits or excludes a set → the fact of the call it is compared with."""


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """What the gateway keeps of an agreement's policy.

    `price_per_use` and `prepaid` are fen, 0 for none. `window` is Unix seconds of the
    first and the last permitted second, None for an open end. `quotas` are counted
    down by the gateway; `delivery` is obeyed by the kind.
    """

    tests: tuple[Test, ...]
    quotas: tuple[Quota, ...]
    delivery: Delivery
    needs_consent: bool
    price_per_use: int
    prepaid: int
    allowed_outputs: frozenset[str]
    window: tuple[int | None, int | None]

    def check(self, facts: CallFacts) -> Refused | None:
        """The first clause that refuses this call, None when none does."""
        for test in self.tests:
            refused = test(facts)
            if refused is not None:
                return refused
        return None


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Work a policy out once, to decide on many calls."""
    one = {clause.operand: clause.value for clause in policy.clauses()}
    tests = [test for clause in policy.clauses() for test in _shared(clause)]
    return CompiledPolicy(
        tests=tuple(_action_tests(policy.action) + tests),
        quotas=tuple(quota for clause in policy.constraints for quota in _quotas(clause)),
        delivery=_delivery(policy.action, one),
        needs_consent="consent" in one,
        price_per_use=one.get("price", 0),
        prepaid=one.get("payment", 0),
        allowed_outputs=outputs_left(policy.action, policy.constraints),
        window=_window(policy),
    )


def _shared(clause: Constraint) -> tuple[Test, ...]:
    return _tests_of(clause.operand, clause.operator, json.dumps(clause.value))


@lru_cache(maxsize=SHARED)
def _tests_of(operand: str, operator: str, value: str) -> tuple[Test, ...]:
    return tuple(_tests(Constraint(operand=operand, operator=operator, value=json.loads(value))))


def _tests(clause: Constraint) -> list[Test]:
    refuse = partial(refusal, clause)
    if clause.operand in FACT:
        return [_set_test(clause, attrgetter(FACT[clause.operand]), refuse)]
    if clause.operand == "dateTime":
        return [_time_test(clause, refuse)]
    if clause.operand in {"outputForm", "minimumCohort", "privacyBudget"}:
        return [_one_of(attrgetter("output"), outputs_of(clause), refuse)]
    if clause.operand == "consent":
        return [_true(attrgetter("consent"), refuse)]
    if clause.operand == "payment":
        return [_true(attrgetter("paid"), refuse)]
    return []


def _action_tests(action: str) -> list[Test]:
    outputs = outputs_of_action(action)
    if outputs == frozenset(OUTPUTS):
        return []
    return [_one_of(attrgetter("output"), outputs, partial(refusal_of_action, action))]


def _set_test(clause: Constraint, fact: Callable[[CallFacts], Any], refuse: Refuse) -> Test:
    named = [clause.value] if clause.operator == "eq" else clause.value
    vocabulary = OPERANDS[clause.operand].vocabulary
    codes = with_narrower(vocabulary, named) if vocabulary else frozenset(named)
    build = _none_of if clause.operator == "isNoneOf" else _one_of
    return build(fact, codes, refuse)


def _one_of(fact: Callable[[CallFacts], Any], codes: frozenset[str], refuse: Refuse) -> Test:
    return lambda facts: None if fact(facts) in codes else refuse()


def _none_of(fact: Callable[[CallFacts], Any], codes: frozenset[str], refuse: Refuse) -> Test:
    # What is not stated cannot be shown to be outside the set, so it counts as inside.
    barred = codes | {None}
    return lambda facts: refuse() if fact(facts) in barred else None


def _true(fact: Callable[[CallFacts], Any], refuse: Refuse) -> Test:
    return lambda facts: None if fact(facts) is True else refuse()


def _time_test(clause: Constraint, refuse: Refuse) -> Test:
    moment = unix(clause.value)
    tests: dict[str, Test] = {
        "gteq": lambda facts: None if facts.at >= moment else refuse(),
        "gt": lambda facts: None if facts.at > moment else refuse(),
        "lteq": lambda facts: None if facts.at <= moment else refuse(),
        "lt": lambda facts: None if facts.at < moment else refuse(),
    }
    return tests[clause.operator]


def _quotas(clause: Constraint) -> list[Quota]:
    value = clause.value
    if clause.operand == "count":
        return [Quota("count", "uses", value)]
    if clause.operand == "rate":
        return [Quota("rate", "uses", value["limit"], value["per"])]
    if clause.operand == "volume":
        return [Quota("volume", value["metric"], value["limit"])]
    if clause.operand == "privacyBudget":
        return [Quota("privacyBudget", "epsilon", millionths(value["total"]))]
    return []


def _delivery(action: str, one: dict[str, Any]) -> Delivery:
    """`one` maps each operand that goes into delivery to its single value."""
    budget = one.get("privacyBudget")
    aggregate_only = action == "aggregate" or bool(budget) or "minimumCohort" in one
    return Delivery(
        fields=frozenset(one["fields"]) if "fields" in one else None,
        rows={column: tuple(cells) for column, cells in one.get("rows", {}).items()},
        min_cohort=one.get("minimumCohort"),
        epsilon=float(budget["per_answer"]) if budget else None,
        watermark=one.get("watermark"),
        aggregate_only=aggregate_only,
    )


def _window(policy: Policy) -> tuple[int | None, int | None]:
    ends = {
        one.operator: unix(one.value) for one in policy.constraints if one.operand == "dateTime"
    }
    start = ends.get("gteq", ends["gt"] + 1 if "gt" in ends else None)
    end = ends.get("lteq", ends["lt"] - 1 if "lt" in ends else None)
    return start, end
