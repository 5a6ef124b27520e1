"""Short ways to say no: to a caller (4xx), for a source (5xx), in the name of the policy."""

from citybrain.kernel.kinds import PolicyRefusal, ServeError
from citybrain.kernel.policy.decision import Delivery, Refused


def bad(reason: str, zh: str, en: str, status: int = 400) -> ServeError:
    """The caller's mistake."""
    return ServeError(status, reason, zh, en)


def source(reason: str, zh: str, en: str, status: int = 502) -> ServeError:
    """The source's fault: the caller can only wait or tell the owner."""
    return ServeError(status, reason, zh, en)


OPERANDS = {"min_cohort": "minimumCohort", "epsilon": "privacyBudget", "aggregate_only": "action"}
"""What the policy profile calls the clause behind an attribute of `Delivery`, where it differs."""


def refuse(duty: str, reason: str, zh: str, en: str) -> PolicyRefusal:
    """The clause behind the attribute `duty` of `Delivery` forbids the answer."""
    operand = OPERANDS.get(duty, duty)
    return PolicyRefusal(Refused(reason=reason, operand=operand, zh=zh, en=en))


_CLAUSES = {
    "fields": ("字段范围", "the list of fields"),
    "rows": ("数据行范围", "the range of rows"),
    "min_cohort": ("最小群组", "the smallest group"),
    "epsilon": ("隐私预算", "the privacy budget"),
    "aggregate_only": ("仅限汇总", "aggregates only"),
}


def refuse_unsupported(delivery: Delivery, kind_zh: str, kind_en: str, *clauses: str) -> None:
    """Refuse when the policy sets one of `clauses`, which this kind has no way to obey.

    Serving anyway would break the agreement silently, so an obligation that cannot be met
    is a refusal. Raises `PolicyRefusal`.
    """
    for clause in clauses:
        if getattr(delivery, clause) not in (None, False, {}):
            zh, en = _CLAUSES[clause]
            raise refuse(
                clause,
                "obligation-not-possible",
                f"协议要求“{zh}”，{kind_zh}无法做到，故不提供；请与提供方修改协议。",
                f"The agreement demands {en}, which {kind_en} cannot obey; "
                "ask the owner to change the agreement.",
            )
