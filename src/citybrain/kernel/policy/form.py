"""The operands as fields of a form, and policies from and to what a form holds.

Field names are `<operand>.value` and `<operand>.operator`; operands with several parts
have one field for each part (`dateTime.from`, `rate.PT1M`, `volume.rows`,
`privacyBudget.total`). An empty field means that the policy has no such clause.
"""

from collections.abc import Mapping
from typing import Any

from citybrain.kernel.policy.faults import Fault, PolicyFault, ValueFault
from citybrain.kernel.policy.form_values import reading, showing
from citybrain.kernel.policy.model import Constraint, Policy
from citybrain.kernel.policy.profile import ENFORCEMENT, OPERANDS, OPERATORS, RULES, Operand
from citybrain.kernel.policy.values import METRICS, PERIODS, normal
from citybrain.kernel.policy.vocabulary import ACTIONS, Term

Data = Mapping[str, str | list[str]]
WIDGETS = {
    "terms": "choices",
    "codes": "lines",
    "parties": "lines",
    "names": "lines",
    "instant": "window",
    "integer": "number",
    "rate": "limits",
    "volume": "limits",
    "rows": "rows",
    "epsilon": "decimals",
    "agreed": "checkbox",
    "fen": "money",
    "text": "text",
    "duration": "duration",
    "transfer": "choices",
}
ENDS = {"from": ("gteq", "gt"), "until": ("lteq", "lt")}
PARTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "instant": {"from": ("起", "from"), "until": ("止", "until")},
    "rate": PERIODS,
    "volume": METRICS,
    "epsilon": {"total": ("总量", "in all"), "per_answer": ("每次回答", "per answer")},
}


def operand_fields() -> list[dict[str, Any]]:
    """One field for the action and one for each operand, in the profile's order.

    Each has `code`, `title_zh/en`, `help_zh/en`, `how_zh/en`, `enforced` with
    `mark_zh/en`, `widget`, `names` (the names of its inputs), `operators` and `choices`
    (dicts of `code`, `zh`, `en`), `parts` for operands with several inputs.
    """
    return [_action_field(), *map(_field, OPERANDS.values())]


def _action_field() -> dict[str, Any]:
    mark = ENFORCEMENT["gateway"]
    return {
        "code": "action",
        "title_zh": "使用方式",
        "title_en": "Manner of use",
        "help_zh": "协议许可的使用方式。",
        "help_en": "The manner of use that is agreed.",
        "how_zh": "网关拒绝不属于该方式的输出形式。",
        "how_en": "The gateway refuses output forms that do not belong to it.",
        "enforced": "gateway",
        "mark_zh": mark[0],
        "mark_en": mark[1],
        "widget": "select",
        "names": ["action"],
        "operators": [],
        "choices": _choices(ACTIONS),
        "parts": [],
    }


def _field(operand: Operand) -> dict[str, Any]:
    mark = ENFORCEMENT[operand.enforced]
    parts = PARTS.get(operand.value, {})
    return {
        "code": operand.code,
        "title_zh": operand.title_zh,
        "title_en": operand.title_en,
        "help_zh": operand.about_zh,
        "help_en": operand.about_en,
        "how_zh": operand.how_zh,
        "how_en": operand.how_en,
        "enforced": operand.enforced,
        "mark_zh": mark[0],
        "mark_en": mark[1],
        "widget": WIDGETS[operand.value],
        "names": _names(operand),
        "operators": [
            {"code": one, "zh": OPERATORS[one][0], "en": OPERATORS[one][1]}
            for one in operand.operators
        ],
        "choices": _choices(operand.terms),
        "parts": [{"code": part, "zh": zh, "en": en} for part, (zh, en) in parts.items()],
    }


def _choices(terms: Mapping[str, Term]) -> list[dict[str, str]]:
    return [{"code": term.code, "zh": term.zh, "en": term.en} for term in terms.values()]


def _names(operand: Operand) -> list[str]:
    code = operand.code
    if operand.value == "instant":
        return [f"{code}.{end}{suffix}" for end in ENDS for suffix in ("", ".operator")]
    if operand.value in PARTS:
        return [f"{code}.{part}" for part in PARTS[operand.value]]
    chosen = len(operand.operators) > 1
    return ([f"{code}.operator"] if chosen else []) + [f"{code}.value"]


def policy_from_form(data: Data) -> Policy:
    """The policy of a filled form; other names in `data` are ignored.

    Raises `PolicyFault` whose `fields` maps each field's name to its messages (zh, en).
    """
    faults: list[Fault] = []
    stored: dict[str, Any] = {place: [] for place in RULES.values()}
    stored["action"] = _only(data, "action") or "use"
    for operand in OPERANDS.values():
        for name, operator, value in _entries(operand, data):
            _add(stored, operand, (name, operator, value), faults)
    if faults:
        raise PolicyFault(faults)
    return Policy.parse(stored)


def _add(
    stored: dict[str, Any], operand: Operand, entry: tuple[str, str, Any], faults: list[Fault]
) -> None:
    name, operator, given = entry
    try:
        if operator not in operand.operators:
            raise ValueFault("请选择运算符", "choose an operator")
        value = normal(operand, operator, reading(operand, operator, given))
    except ValueFault as fault:
        zh, en = f"{operand.title_zh}：{fault.zh}", f"{operand.title_en}: {fault.en}"
        faults.append(Fault(name, zh, en))
        return
    clause = {"operand": operand.code, "operator": operator, "value": value}
    stored[RULES[operand.rule]].append(clause)


def _texts(data: Data, name: str) -> list[str]:
    given = data.get(name, [])
    found = [given] if isinstance(given, str) else given
    return [one.strip() for one in found if one.strip()]


def _only(data: Data, name: str) -> str:
    return (_texts(data, name) or [""])[-1]


def _entries(operand: Operand, data: Data) -> list[tuple[str, str, Any]]:
    """(field name, operator, what was entered) of each clause that the form states."""
    code = operand.code
    if operand.value == "instant":
        return [
            (f"{code}.{end}", _only(data, f"{code}.{end}.operator") or operators[0], given)
            for end, operators in ENDS.items()
            if (given := _only(data, f"{code}.{end}"))
        ]
    operator = _only(data, f"{code}.operator") or next(iter(operand.operators))
    if operand.value in {"rate", "volume"}:
        return [
            (f"{code}.{part}", operator, (part, given))
            for part in PARTS[operand.value]
            if (given := _only(data, f"{code}.{part}"))
        ]
    if operand.value == "epsilon":
        parts = {part: _only(data, f"{code}.{part}") for part in PARTS["epsilon"]}
        return [(f"{code}.total", operator, parts)] if any(parts.values()) else []
    texts = _texts(data, f"{code}.value")
    return [(f"{code}.value", operator, texts)] if texts else []


def form_from_policy(policy: Policy) -> dict[str, str | list[str]]:
    """What a form shows of a policy; `policy_from_form` reads it back to an equal one."""
    data: dict[str, str | list[str]] = {"action": policy.action}
    for clause in policy.clauses():
        data |= _shown(OPERANDS[clause.operand], clause)
    return data


def _shown(operand: Operand, clause: Constraint) -> dict[str, str | list[str]]:
    code, value = operand.code, showing(operand, clause.operator, clause.value)
    if operand.value == "instant":
        end = "from" if clause.operator in ENDS["from"] else "until"
        return {f"{code}.{end}": value, f"{code}.{end}.operator": clause.operator}
    if isinstance(value, dict):
        return {f"{code}.{part}": text for part, text in value.items()}
    chosen = {f"{code}.operator": clause.operator} if len(operand.operators) > 1 else {}
    return {**chosen, f"{code}.value": value}
