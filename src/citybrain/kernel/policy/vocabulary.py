"""The closed vocabularies of the profile: purposes, types of party, environments, outputs, actions.

They are data (`purposes.toml`, `vocabularies.toml`). A purpose may have a broader one;
to permit the broader is to permit the narrower.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a vocabulary. `outputs` is of actions only: None for every output form."""

    code: str
    zh: str
    en: str
    broader: str | None = None
    iri: str | None = None
    outputs: frozenset[str] | None = None


def _terms(rows: list[dict[str, Any]]) -> dict[str, Term]:
    found = {
        row["code"]: Term(**{**row, "outputs": frozenset(row["outputs"])})
        if "outputs" in row
        else Term(**row)
        for row in rows
    }
    if len(found) != len(rows):
        raise ValueError("a code stands twice in one vocabulary")
    return found


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


_others = _load("vocabularies.toml")
PURPOSES: Mapping[str, Term] = _terms(_load("purposes.toml")["term"])
ACTIONS: Mapping[str, Term] = _terms(_others["actions"])
RECIPIENT_TYPES: Mapping[str, Term] = _terms(_others["recipient_types"])
ENVIRONMENTS: Mapping[str, Term] = _terms(_others["environments"])
OUTPUTS: Mapping[str, Term] = _terms(_others["outputs"])

VOCABULARIES: Mapping[str, Mapping[str, Term]] = {
    "purposes": PURPOSES,
    "recipient_types": RECIPIENT_TYPES,
    "environments": ENVIRONMENTS,
    "outputs": OUTPUTS,
}


def _is_under(terms: Mapping[str, Term], code: str | None, roots: frozenset[str]) -> bool:
    while code is not None:
        if code in roots:
            return True
        code = terms[code].broader
    return False


def with_narrower(vocabulary: str, codes: Iterable[str]) -> frozenset[str]:
    """The codes with everything below them. Raises `KeyError` for an unknown vocabulary."""
    terms, roots = VOCABULARIES[vocabulary], frozenset(codes)
    return frozenset(code for code in terms if _is_under(terms, code, roots))
