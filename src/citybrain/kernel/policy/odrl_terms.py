"""Reading JSON-LD: names in any of their spellings, lists or single objects, literals."""

from collections.abc import Mapping
from typing import Any

from citybrain.kernel.policy.faults import Fault, PolicyFault
from citybrain.kernel.policy.profile import LIST_OPERATORS, ODRL_IRI, PREFIXES, Operand, full_iri

KEYWORDS = {"@id": "uid", "type": "@type", "id": "uid"}
NUMERIC = frozenset({"integer", "fen"})


def fault(place: str, zh: str, en: str) -> PolicyFault:
    """One fault at one place."""
    where = place or "policy"
    return PolicyFault([Fault(place, f"{where}：{zh}", f"{where}: {en}")])


def prefixed(compact: str) -> str:
    """As the ODRL context spells it: its own terms bare, those of the profile prefixed."""
    return compact.removeprefix("odrl:")


def left_operand(operand: Operand) -> str:
    """The operand's name in a document."""
    if operand.iri.startswith(ODRL_IRI):
        return operand.iri.removeprefix(ODRL_IRI)
    return "citybrain:" + operand.iri.removeprefix(PREFIXES["citybrain"])


def many(given: Any) -> list[Any]:
    """JSON-LD lets a list of one be written as the one; nothing is the empty list."""
    if given is None:
        return []
    if isinstance(given, dict) and len(given) == 1 and isinstance(given.get("@list"), list):
        return list(given["@list"])
    return list(given) if isinstance(given, list) else [given]


def one_of(given: Any, place: str) -> Any:
    """The only element. Raises `PolicyFault` when there is none or more than one."""
    found = many(given)
    if len(found) != 1:
        raise fault(place, "须恰有一个", "there must be exactly one")
    return found[0]


def known_keys(given: Any, allowed: set[str], place: str) -> dict[str, Any]:
    """An object with its keys in bare ODRL spelling. Raises `PolicyFault` for unknown keys."""
    if not isinstance(given, dict):
        raise fault(place, "须为对象", "must be an object")
    found: dict[str, Any] = {}
    for key, value in given.items():
        bare = key.removeprefix(ODRL_IRI).removeprefix("odrl:")
        bare = KEYWORDS.get(bare, bare)
        if bare not in allowed or bare in found:
            raise fault(place, f"未知或重复的项 {key[:80]}", f"unknown or repeated {key[:80]!r}")
        found[bare] = value
    return found


def literal(given: Any) -> Any:
    """What a node or literal object stands for: its `@id` or `@value`."""
    if isinstance(given, dict) and "@id" in given and len(given) == 1:
        return given["@id"]
    if isinstance(given, dict) and "@value" in given and set(given) <= {"@value", "@type"}:
        return given["@value"]
    return given


def local(given: Any, known: Mapping[str, str | None], place: str) -> str:
    """The code whose IRI this is: bare (for ODRL terms), prefixed, or in full.

    `known` maps codes to IRIs, prefixed or full, None for an ODRL term of the same name.
    Raises `PolicyFault` for any other name.
    """
    name = literal(given)
    if isinstance(name, str):
        for code, iri in known.items():
            if name in _spellings(iri or f"odrl:{code}"):
                return code
    raise fault(place, f"未知的名称 {str(name)[:80]}", f"unknown term {str(name)[:80]!r}")


def _spellings(iri: str) -> set[str]:
    full = full_iri(iri) if iri.split(":", 1)[0] in PREFIXES else iri
    for prefix, base in PREFIXES.items():
        if full.startswith(base):
            name = full.removeprefix(base)
            return {full, f"{prefix}:{name}"} | ({name} if prefix == "odrl" else set())
    return {full}


def values_of(operand: Operand, operator: str, given: Any, place: str) -> Any:
    """The right operand as the policy holds it; its type is checked by the policy."""
    if operator in LIST_OPERATORS and operand.value != "rows":
        return [literal(one) for one in many(given)]
    value = literal(one_of(given, f"{place}.rightOperand"))
    if operand.value in NUMERIC and isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:20])
    return True if operand.value == "agreed" and value == "true" else value
