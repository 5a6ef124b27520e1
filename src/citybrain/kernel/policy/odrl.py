"""Policies to and from ODRL 2.2 JSON-LD under the closed profile.

Compound values (rate, volume, rows, budget) travel as JSON literals, money in fen with
its unit named. Reading takes the usual shapes of JSON-LD (one object for a list,
prefixed or full IRIs, expanded form) and refuses whatever it does not know.
"""

from collections.abc import Mapping
from typing import Any, Literal

from citybrain.kernel.policy.faults import Fault, PolicyFault
from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.odrl_terms import (
    known_keys,
    left_operand,
    literal,
    local,
    many,
    one_of,
    prefixed,
    values_of,
)
from citybrain.kernel.policy.profile import OPERANDS, PROFILE, PROFILE_IRI, Operand
from citybrain.kernel.policy.vocabulary import ACTIONS

CONTEXT = "http://www.w3.org/ns/odrl.jsonld"
FEN = "citybrain:fen"
COMPOUND = frozenset({"rate", "volume", "rows", "epsilon"})
TYPED = {"instant": "xsd:dateTime", "duration": "xsd:duration"}
POLICY_TYPES = {"Policy": None, "Set": None, "Offer": None, "Agreement": None}
RULE_TYPES = {"permission": "Permission", "prohibition": "Prohibition", "duty": "Duty"}
PARTS = ("target", "assigner", "assignee")


def to_odrl(
    policy: Policy,
    *,
    uid: str,
    kind: Literal["Offer", "Agreement"],
    target: str,
    assigner: str,
    assignee: str | None = None,
) -> dict[str, Any]:
    """The policy as ODRL JSON-LD. Raises `ValueError` for an agreement without assignee."""
    if kind == "Agreement" and assignee is None:
        raise ValueError("an ODRL Agreement names its assignee")
    parts = {"target": target, "assigner": assigner}
    if assignee is not None:
        parts["assignee"] = assignee
    permission: dict[str, Any] = {**parts, "action": prefixed(ACTIONS[policy.action].iri or "")}
    if policy.constraints:
        permission["constraint"] = [_constraint(one) for one in policy.constraints]
    if policy.duties:
        permission["duty"] = [_rule(one) for one in policy.duties]
    document = {
        "@context": [CONTEXT, {"citybrain": PROFILE_IRI}],
        "@type": kind,
        "uid": uid,
        "profile": PROFILE,
        "permission": [permission],
    }
    if policy.prohibitions:
        document["prohibition"] = [{**parts, **_rule(one)} for one in policy.prohibitions]
    return document


def _rule(clause: Constraint) -> dict[str, Any]:
    action = prefixed(OPERANDS[clause.operand].odrl_action or "")
    return {"action": action, "constraint": [_constraint(clause)]}


def _constraint(clause: Constraint) -> dict[str, Any]:
    operand = OPERANDS[clause.operand]
    written = {
        "leftOperand": left_operand(operand),
        "operator": clause.operator,
        "rightOperand": _right(operand, clause.value),
    }
    return {**written, "unit": FEN} if operand.value == "fen" else written


def _right(operand: Operand, value: Any) -> Any:
    if operand.value in COMPOUND:
        return {"@type": "@json", "@value": value}
    if operand.value in TYPED:
        return {"@type": TYPED[operand.value], "@value": value}
    if isinstance(value, list):
        return [_right(operand, one) for one in value]
    if operand.value == "parties":
        return {"@id": value}
    return value


def from_odrl(document: Any) -> Policy:
    """The policy of an ODRL document of this profile.

    Raises `PolicyFault`, naming the place, for another profile, for unknown terms and
    for whatever would otherwise be lost in reading.
    """
    allowed = {"@context", "@type", "uid", "profile", "permission", "prohibition", *PARTS}
    found = known_keys(one_of(document, ""), allowed, "")
    if "@type" in found:
        local(one_of(found["@type"], "@type"), POLICY_TYPES, "@type")
    _check_profile(found.get("profile"))
    permission = known_keys(
        one_of(found.get("permission"), "permission"),
        {"@type", "uid", *PARTS, "action", "constraint", "duty"},
        "permission",
    )
    stored = {
        "action": _action(permission),
        "constraints": _constraints(permission.get("constraint"), "permission.constraint"),
        "duties": _rules(permission.get("duty"), "permission.duty", {}),
        "prohibitions": _rules(found.get("prohibition"), "prohibition", {**found, **permission}),
    }
    return Policy.parse(stored)


def _check_profile(given: Any) -> None:
    if not any(literal(one) == PROFILE for one in many(given)):
        raise PolicyFault(
            [Fault("profile", f"须声明策略规范 {PROFILE}", f"must name the profile {PROFILE}")]
        )


def _action(permission: Mapping[str, Any]) -> str:
    given = one_of(permission.get("action"), "permission.action")
    return local(given, {code: term.iri for code, term in ACTIONS.items()}, "permission.action")


def _rules(given: Any, place: str, parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The clauses of duties or prohibitions; the action must be the one of the operand.

    `parts` are what the permission is about; a prohibition about something else would be
    another policy.
    """
    clauses = []
    for index, one in enumerate(many(given)):
        where = f"{place}.{index}"
        rule = known_keys(one, {"@type", "uid", *PARTS, "action", "constraint"}, where)
        for part in PARTS:
            if part in rule and parts and _names(rule[part]) != _names(parts.get(part)):
                raise PolicyFault(
                    [Fault(where, f"{where}：{part} 与许可不同", f"{where}: another {part}")]
                )
        found = _constraints(rule.get("constraint"), f"{where}.constraint")
        if len(found) != 1:
            raise PolicyFault(
                [Fault(where, f"{where}：须恰有一个约束", f"{where}: needs exactly one constraint")]
            )
        wanted = OPERANDS[found[0]["operand"]].odrl_action
        local(one_of(rule.get("action"), where), {found[0]["operand"]: wanted}, f"{where}.action")
        clauses += found
    return clauses


def _names(given: Any) -> list[Any]:
    return [literal(one) for one in many(given)]


def _constraints(given: Any, place: str) -> list[dict[str, Any]]:
    return [_clause(one, f"{place}.{index}") for index, one in enumerate(many(given))]


def _clause(given: Any, place: str) -> dict[str, Any]:
    keys = {"@type", "uid", "leftOperand", "operator", "rightOperand", "unit"}
    found = known_keys(given, keys, place)
    codes = {code: operand.iri for code, operand in OPERANDS.items()}
    code = local(one_of(found.get("leftOperand"), place), codes, f"{place}.leftOperand")
    operand = OPERANDS[code]
    operators = {name: f"odrl:{name}" for name in operand.operators}
    operator = local(one_of(found.get("operator"), place), operators, f"{place}.operator")
    _check_unit(operand, found.get("unit"), place)
    value = values_of(operand, operator, found.get("rightOperand"), place)
    return {"operand": code, "operator": operator, "value": value}


def _check_unit(operand: Operand, unit: Any, place: str) -> None:
    wanted = operand.value == "fen"
    if wanted:
        local(one_of(unit, f"{place}.unit"), {"fen": FEN}, f"{place}.unit")
    elif unit is not None:
        raise PolicyFault([Fault(place, f"{place}：不带单位", f"{place}: takes no unit")])
