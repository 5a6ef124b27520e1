"""The closed ODRL profile, read from `profile.toml`: about twenty operands and no others."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citybrain.kernel.policy.vocabulary import VOCABULARIES, Term

_data = tomllib.loads((Path(__file__).parent / "profile.toml").read_text("utf-8"))

ODRL_IRI = "http://www.w3.org/ns/odrl/2/"
PROFILE_IRI: str = _data["profile"]["iri"]
PROFILE: str = PROFILE_IRI + _data["profile"]["version"]
"""What a policy names in its `profile`: the IRI with the version."""
PREFIXES = {"odrl": ODRL_IRI, "citybrain": PROFILE_IRI}

OPERATORS: Mapping[str, tuple[str, str]] = {
    "eq": ("等于", "equals"),
    "gt": ("晚于", "after"),
    "gteq": ("不早于或不少于", "at or after, at least"),
    "lt": ("早于", "before"),
    "lteq": ("不晚于或不超过", "at or before, at most"),
    "isAnyOf": ("属于其中之一", "is any of"),
    "isNoneOf": ("不属于其中任何一个", "is none of"),
}
LIST_OPERATORS = frozenset({"isAnyOf", "isNoneOf"})

ENFORCEMENT: Mapping[str, tuple[str, str]] = {
    "gateway": ("网关强制执行", "enforced by the gateway"),
    "delivery": ("交付时强制执行", "enforced on delivery"),
    "consumer": ("依靠使用方承诺", "rests on the consumer's word"),
}
RULES: Mapping[str, str] = {
    "constraint": "constraints",
    "duty": "duties",
    "prohibition": "prohibitions",
}
"""Rule → the list of a policy in which its clauses stand."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand: what may be said with it, and who sees to it.

    `iri` is full. `operators` maps each permitted operator to its clause (zh, en) with
    `{value}`. `value` is the value type, `vocabulary` the closed list of its terms,
    `minimum` the least integer. `rank` is the place in the profile.
    """

    code: str
    iri: str
    rule: str
    value: str
    enforced: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    how_zh: str
    how_en: str
    operators: Mapping[str, tuple[str, str]]
    rank: int
    odrl_action: str | None = None
    vocabulary: str | None = None
    minimum: int = 1

    @property
    def terms(self) -> Mapping[str, Term]:
        """The closed list of terms, empty for operands without one."""
        return VOCABULARIES[self.vocabulary] if self.vocabulary else {}


def full_iri(compact: str) -> str:
    """`odrl:use` → the full IRI. Raises `KeyError` for another prefix."""
    prefix, _, name = compact.partition(":")
    return PREFIXES[prefix] + name


def _operand(rank: int, row: dict[str, Any]) -> Operand:
    clauses = {code: (text["zh"], text["en"]) for code, text in row.pop("clause").items()}
    if not set(clauses) <= set(OPERATORS) or row["rule"] not in RULES:
        raise ValueError(f"operand {row['code']}: unknown operator or rule")
    if row["enforced"] not in ENFORCEMENT:
        raise ValueError(f"operand {row['code']}: unknown enforcement point")
    return Operand(**{**row, "iri": full_iri(row["iri"])}, operators=clauses, rank=rank)


OPERANDS: Mapping[str, Operand] = {
    row["code"]: _operand(rank, row) for rank, row in enumerate(_data["operand"])
}
