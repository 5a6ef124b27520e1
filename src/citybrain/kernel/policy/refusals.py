"""The refusals of the gateway, in words that name the clause."""

from collections.abc import Mapping

from citybrain.kernel.policy.decision import Refused
from citybrain.kernel.policy.model import Constraint
from citybrain.kernel.policy.profile import OPERANDS
from citybrain.kernel.policy.vocabulary import ACTIONS
from citybrain.kernel.policy.wording import value_text

SHOWN = 300
"""A list of a thousand recipients is not repeated in every refusal."""

REASONS: Mapping[str, tuple[str, str, str]] = {
    "purpose": ("purpose-not-agreed", "用途不在协议范围内。", "The purpose is not agreed."),
    "scenario": ("scenario-not-agreed", "场景不在协议范围内。", "The scenario is not agreed."),
    "recipient": ("recipient-not-agreed", "本主体不得使用。", "This party may not use it."),
    "recipientType": (
        "recipient-type-not-agreed",
        "该类型的主体不得使用。",
        "Parties of this type may not use it.",
    ),
    "dateTime": ("outside-time-window", "不在使用期限内。", "It is outside the time window."),
    "outputForm": ("output-not-agreed", "该输出形式未获许可。", "This output form is not agreed."),
    "minimumCohort": ("aggregates-only", "仅提供汇总结果。", "Only aggregates are provided."),
    "privacyBudget": ("aggregates-only", "仅提供汇总结果。", "Only aggregates are provided."),
    "environment": (
        "environment-not-agreed",
        "所声明的使用环境不符，或未声明使用环境。",
        "The declared environment is not agreed, or none is declared.",
    ),
    "consent": ("consent-missing", "没有本人的有效同意。", "The person's consent is missing."),
    "payment": ("payment-missing", "预付款尚未付清。", "The payment in advance is missing."),
}


def refusal(clause: Constraint) -> Refused:
    """What a call is told that this clause refuses: the reason, and the clause itself."""
    operand = OPERANDS[clause.operand]
    reason, zh, en = REASONS.get(clause.operand, ("not-agreed", "未获许可。", "It is not agreed."))
    clause_zh, clause_en = (
        operand.operators[clause.operator][index].replace(
            "{value}", _short(value_text(operand, clause.operator, clause.value, lang))
        )
        for index, lang in enumerate(("zh", "en"))
    )
    return Refused(
        reason=reason,
        operand=clause.operand,
        zh=f"{zh}协议条款“{operand.title_zh}”：{clause_zh}",
        en=f"{en} The clause “{operand.title_en}” of the agreement: {clause_en}",
    )


def refusal_of_action(action: str) -> Refused:
    """What a call is told whose output form does not belong to the agreed manner of use."""
    term = ACTIONS[action]
    return Refused(
        reason="action-not-agreed",
        operand="action",
        zh=f"协议许可的使用方式是“{term.zh}”，不含该输出形式。",
        en=f"The agreed manner of use is “{term.en}”; this output form is not part of it.",
    )


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
