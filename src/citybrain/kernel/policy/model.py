"""A policy of the closed profile: strict, normalised, with a digest."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from citybrain.kernel.policy.faults import Fault, PolicyFault, ValueFault
from citybrain.kernel.policy.outputs import outputs_left
from citybrain.kernel.policy.profile import OPERANDS, RULES
from citybrain.kernel.policy.values import normal, slot, unix

MAX_CLAUSES = 50
STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)
PLACES = {"constraints": "约束", "duties": "义务", "prohibitions": "禁止"}
PLACES_EN = {"constraints": "constraint", "duties": "duty", "prohibitions": "prohibition"}


class Constraint(BaseModel):
    """One clause: an operand of the profile, one of its operators, a value of its type."""

    model_config = STRICT

    operand: str = Field(max_length=64)
    operator: str = Field(max_length=16)
    value: Any


class Policy(BaseModel):
    """What may be done with a resource: an action under constraints, duties, prohibitions.

    Building one raises `pydantic.ValidationError` for a wrong shape and `PolicyFault`
    for clauses outside the profile; `parse` raises `PolicyFault` for both.
    """

    model_config = STRICT

    action: Literal["use", "read", "aggregate", "verify", "download"] = "use"
    constraints: list[Constraint] = []
    duties: list[Constraint] = []
    prohibitions: list[Constraint] = []

    @model_validator(mode="after")
    def _normalised(self) -> Self:
        faults: list[Fault] = []
        taken: set[str] = set()
        for place in PLACES:
            given = getattr(self, place)
            read = [_read(place, index, one, taken, faults) for index, one in enumerate(given)]
            # The one moment of writing: afterwards the policy is frozen.
            self.__dict__[place] = sorted((one for one in read if one), key=_order)
        faults += [] if faults else _contradictions(self)
        if sum(len(getattr(self, place)) for place in PLACES) > MAX_CLAUSES:
            faults = [_too_many()]
        if faults:
            raise PolicyFault(faults)
        return self

    @classmethod
    def parse(cls, stored: Any) -> Self:
        """The policy of JSON values. Raises `PolicyFault`, which names every faulty place."""
        if isinstance(stored, dict) and any(
            isinstance(stored.get(place), list) and len(stored[place]) > MAX_CLAUSES
            for place in PLACES
        ):
            raise PolicyFault([_too_many()])
        try:
            return cls.model_validate(stored)
        except ValidationError as error:
            raise PolicyFault([_shape_fault(one) for one in error.errors()]) from None

    def clauses(self) -> Iterator[Constraint]:
        """Every clause: constraints, then duties, then prohibitions, in the profile's order."""
        yield from self.constraints
        yield from self.duties
        yield from self.prohibitions

    def canonical(self) -> dict[str, Any]:
        """JSON values in normal form; `Policy.parse` reads them back to an equal policy."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical form as JSON with sorted keys and no blanks."""
        canonical = json.dumps(
            self.canonical(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


def _order(clause: Constraint) -> tuple[int, str]:
    operand = OPERANDS[clause.operand]
    return operand.rank, slot(operand, clause.operator, clause.value)


def _too_many() -> Fault:
    return Fault(
        "constraints",
        f"条款不得超过 {MAX_CLAUSES} 条",
        f"a policy has at most {MAX_CLAUSES} clauses",
    )


def _read(
    place: str, index: int, given: Constraint, taken: set[str], faults: list[Fault]
) -> Constraint | None:
    """The clause with its value in normal form, or None with a fault added."""
    try:
        clause = _checked(place, given)
        operand = OPERANDS[clause.operand]
        where = slot(operand, clause.operator, clause.value)
        if where in taken:
            raise ValueFault("该条款重复，可能互相矛盾", "there is another clause of this kind")
        taken.add(where)
        return clause
    except ValueFault as fault:
        known = OPERANDS.get(given.operand)
        zh, en = (known.title_zh, given.operand) if known else (given.operand, given.operand)
        faults.append(
            Fault(
                f"{place}.{index}",
                f"第 {index + 1} 条{PLACES[place]}（{zh}）：{fault.zh}",
                f"{PLACES_EN[place]} {index + 1} ({en}): {fault.en}",
            )
        )
        return None


def _checked(place: str, given: Constraint) -> Constraint:
    operand = OPERANDS.get(given.operand)
    if operand is None:
        raise ValueFault("不是本策略规范的约束项", "is no operand of the profile")
    if RULES[operand.rule] != place:
        right = RULES[operand.rule]
        raise ValueFault(f"须列在“{PLACES[right]}”（{right}）中", f"belongs under {right}")
    if given.operator not in operand.operators:
        known = ", ".join(operand.operators)
        raise ValueFault(
            f"运算符“{given.operator}”不适用，可用：{known}",
            f"operator {given.operator!r} is not permitted; use {known}",
        )
    value = normal(operand, given.operator, given.value)
    return Constraint(operand=given.operand, operator=given.operator, value=value)


def _contradictions(policy: Policy) -> list[Fault]:
    """Clauses that are each right but leave nothing together."""
    faults = []
    ends = {
        slot(OPERANDS["dateTime"], one.operator, one.value): unix(one.value)
        for one in policy.constraints
        if one.operand == "dateTime"
    }
    if ends.get("dateTime.from", 0) >= ends.get("dateTime.until", 1 << 62):
        faults.append(
            Fault("constraints", "使用期限：止期须晚于起期", "time window: ends before it begins")
        )
    if not outputs_left(policy.action, policy.constraints):
        faults.append(
            Fault(
                "constraints",
                "输出形式：各条款合在一起没有允许的输出形式",
                "output form: together the clauses leave no form of output",
            )
        )
    return faults


def _shape_fault(error: Any) -> Fault:
    path = ".".join(map(str, error["loc"]))[:120]
    kinds = {
        "missing": ("缺少此项", "is missing"),
        "extra_forbidden": ("未知的项", "is unknown"),
        "literal_error": ("不在可选值之内", "is none of the permitted values"),
    }
    zh, en = kinds.get(error["type"], ("类型或长度不对", "has the wrong type or length"))
    return Fault(path, f"{_named(error['loc'])}：{zh}", f"{path or 'the policy'}: {en}")


def _named(place: tuple[Any, ...]) -> str:
    if len(place) > 1 and place[0] in PLACES and isinstance(place[1], int):
        rest = "".join(f"的 {one}" for one in place[2:])
        return f"第 {place[1] + 1} 条{PLACES[place[0]]}{rest}"
    return ".".join(map(str, place))[:120] or "策略"
