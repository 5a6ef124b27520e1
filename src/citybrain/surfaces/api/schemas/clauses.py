"""A policy as the clauses of a contract, in both languages."""

from typing import Any

from ninja import Schema
from pydantic import Field

from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy import clauses


class ClauseOut(Schema):
    """A clause as the contract shows it, and who enforces it."""

    number: int
    operand: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    enforcement: str = Field(description="gateway, delivery, or consumer (their word).")
    mark_zh: str
    mark_en: str
    how_zh: str
    how_en: str


def both_clauses(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """The clauses of a stored policy as the values of `ClauseOut`."""
    checked = checked_policy(policy)
    pairs = zip(clauses(checked, "zh"), clauses(checked, "en"), strict=True)
    return [
        {
            "number": zh.number,
            "operand": zh.operand,
            "title_zh": zh.title,
            "title_en": en.title,
            "text_zh": zh.text,
            "text_en": en.text,
            "enforcement": zh.enforcement,
            "mark_zh": zh.mark,
            "mark_en": en.mark,
            "how_zh": zh.how,
            "how_en": en.how,
        }
        for zh, en in pairs
    ]
