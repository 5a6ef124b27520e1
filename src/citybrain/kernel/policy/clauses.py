"""A policy as the clauses of a contract, each with its honest mark of enforcement."""

from dataclasses import dataclass

from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.profile import ENFORCEMENT, OPERANDS
from citybrain.kernel.policy.vocabulary import ACTIONS
from citybrain.kernel.policy.wording import value_text

ACTION_WORDS = {
    "zh": (
        "使用方式",
        "提供方许可使用方以“{value}”方式使用本资源。",
        "网关按使用方式判断允许的输出形式，其他形式的调用被拒绝。",
    ),
    "en": (
        "Manner of use",
        "The provider permits the consumer this manner of use: {value}.",
        "The gateway knows which forms of output belong to it and refuses calls for others.",
    ),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in one language.

    `enforcement` is "gateway", "delivery" or "consumer"; `mark` says it in words;
    `how` explains what is done, and what is not.
    """

    number: int
    operand: str
    title: str
    text: str
    enforcement: str
    mark: str
    how: str


def clauses(policy: Policy, lang: str) -> list[Clause]:
    """Every clause, numbered from 1; the first is the manner of use. `lang`: "zh…" or "en…"."""
    english = lang.startswith("en")
    found = [_action_clause(policy, english)]
    found += [_clause(number, one, english) for number, one in enumerate(policy.clauses(), start=2)]
    return found


def _action_clause(policy: Policy, english: bool) -> Clause:
    title, text, how = ACTION_WORDS["en" if english else "zh"]
    term = ACTIONS[policy.action]
    return Clause(
        number=1,
        operand="action",
        title=title,
        text=text.format(value=term.en if english else term.zh),
        enforcement="gateway",
        mark=ENFORCEMENT["gateway"][english],
        how=how,
    )


def _clause(number: int, one: Constraint, english: bool) -> Clause:
    operand = OPERANDS[one.operand]
    words = value_text(operand, one.operator, one.value, "en" if english else "zh")
    return Clause(
        number=number,
        operand=one.operand,
        title=operand.title_en if english else operand.title_zh,
        # Not str.format: a value may itself hold braces.
        text=operand.operators[one.operator][english].replace("{value}", words),
        enforcement=operand.enforced,
        mark=ENFORCEMENT[operand.enforced][english],
        how=operand.how_en if english else operand.how_zh,
    )
