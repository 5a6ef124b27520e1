"""Policies of the closed ODRL profile: read, word, compare, compile, exchange."""

from citybrain.kernel.policy.clauses import Clause, clauses
from citybrain.kernel.policy.compile import CompiledPolicy, compile_policy
from citybrain.kernel.policy.decision import CallFacts, Delivery, Quota, Refused
from citybrain.kernel.policy.faults import Fault, PolicyFault
from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.narrower import Violation, is_within
from citybrain.kernel.policy.profile import ENFORCEMENT, OPERANDS
from citybrain.kernel.policy.windows import window_key

__all__ = [
    "ENFORCEMENT",
    "OPERANDS",
    "CallFacts",
    "Clause",
    "CompiledPolicy",
    "Constraint",
    "Delivery",
    "Fault",
    "Policy",
    "PolicyFault",
    "Quota",
    "Refused",
    "Violation",
    "clauses",
    "compile_policy",
    "is_within",
    "window_key",
]
