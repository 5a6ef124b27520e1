"""Which output forms an action and its constraints leave."""

from collections.abc import Iterable
from typing import Any, Protocol

from citybrain.kernel.policy.vocabulary import ACTIONS, OUTPUTS

AGGREGATE = frozenset({"aggregate"})


class Clause(Protocol):
    """What is needed of a clause."""

    operand: str
    operator: str
    value: Any


def admitted(clause: Clause, universe: frozenset[str]) -> frozenset[str]:
    """What of the universe a clause with eq, isAnyOf or isNoneOf admits."""
    named = frozenset([clause.value] if clause.operator == "eq" else clause.value)
    return universe - named if clause.operator == "isNoneOf" else universe & named


def outputs_of(clause: Clause) -> frozenset[str]:
    """The output forms that one clause leaves; a cohort or budget leaves aggregates only."""
    if clause.operand in {"minimumCohort", "privacyBudget"}:
        return AGGREGATE
    universe = frozenset(OUTPUTS)
    return admitted(clause, universe) if clause.operand == "outputForm" else universe


def outputs_of_action(action: str) -> frozenset[str]:
    """The output forms in which an action is done. Raises `KeyError` for an unknown one."""
    outputs = ACTIONS[action].outputs
    return frozenset(OUTPUTS) if outputs is None else outputs


def outputs_left(action: str, clauses: Iterable[Clause]) -> frozenset[str]:
    """The output forms that are left under all of them."""
    left = outputs_of_action(action)
    for clause in clauses:
        left &= outputs_of(clause)
    return left
