"""Which type an expression has; what makes no sense is refused before anything runs.

Types: "number", "text", "boolean", "date", "list" (of texts), "duration" and "null".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Literal as Only

from citybrain.flows.expressions.errors import ExpressionError
from citybrain.flows.expressions.nodes import (
    Arithmetic,
    Call,
    Choice,
    Compare,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    OneOf,
    Within,
    children,
)
from citybrain.flows.expressions.values import Duration

Type = Only["number", "text", "boolean", "date", "list", "duration", "null"]
Types = Mapping[str, str]

ZH = {
    "number": "数值",
    "text": "文本",
    "boolean": "是/否",
    "date": "日期",
    "list": "列表",
    "duration": "时长",
    "null": "空",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """Types of the arguments and of the answer; `more` repeats the last argument.

    `whole` names arguments that must be whole-number constants: (place, least, most).
    """

    arguments: tuple[str, ...]
    answer: str
    more: bool = False
    least: int | None = None
    whole: tuple[tuple[int, int, int], ...] = ()
    is_integer: bool = False


_D, _N, _T = "date", "number", "text"
FUNCTIONS: dict[str, Signature] = {
    "today": Signature((), _D),
    "age": Signature((_D, _D), _N, least=1, is_integer=True),
    "months_between": Signature((_D, _D), _N, is_integer=True),
    "year": Signature((_D,), _N, is_integer=True),
    "month": Signature((_D,), _N, is_integer=True),
    "day": Signature((_D,), _N, is_integer=True),
    "abs": Signature((_N,), _N),
    "floor": Signature((_N,), _N, is_integer=True),
    "ceiling": Signature((_N,), _N, is_integer=True),
    "round": Signature((_N, _N), _N, whole=((1, 0, 6),)),
    "min": Signature((_N, _N), _N, more=True),
    "max": Signature((_N, _N), _N, more=True),
    "length": Signature((_T,), _N, is_integer=True),
    "upper": Signature((_T,), _T),
    "lower": Signature((_T,), _T),
    "trim": Signature((_T,), _T),
    "contains": Signature((_T, _T), "boolean"),
    "starts_with": Signature((_T, _T), "boolean"),
    "ends_with": Signature((_T, _T), "boolean"),
    "substring": Signature((_T, _N, _N), _T, whole=((1, 1, 9999), (2, 0, 9999))),
    "list_contains": Signature(("list", _T), "boolean"),
    "count": Signature(("list",), _N, is_integer=True),
    "coalesce": Signature(("any", "any"), "any", more=True),
}


def names_in(node: Node) -> dict[str, int]:
    """The fields that an expression reads → the place of the first mention."""
    found = {node.name: node.at} if isinstance(node, Name) else {}
    for one in children(node):
        found = names_in(one) | found
    return found


def check(node: Node, types: Types) -> str:
    """The type of an expression over fields of these types. Raises `ExpressionError`."""
    return _CHECKS[type(node)](node, types)


def is_integer(node: Node, integers: frozenset[str]) -> bool:
    """Whether a number can only be whole: fields that are, counts, ages, sums of these."""
    if isinstance(node, Name):
        return node.name in integers
    if isinstance(node, Literal):
        return isinstance(node.value, Decimal) and node.value == node.value.to_integral_value()
    if isinstance(node, Call):
        return FUNCTIONS[node.function].is_integer
    if isinstance(node, Arithmetic) and node.sign == "/":
        return False
    return all(is_integer(one, integers) for one in children(node))


def _mismatch(at: int, zh: str, en: str) -> ExpressionError:
    return ExpressionError("types", at, zh, en)


def _expect(node: Node, types: Types, *wanted: str) -> str:
    return _wanted(node, check(node, types), *wanted)


def _wanted(node: Node, found: str, *wanted: str) -> str:
    if found not in wanted and not (found == "null" and "duration" not in wanted):
        zh, en = "或".join(ZH[one] for one in wanted), " or ".join(wanted)
        raise _mismatch(
            node.at, f"此处需要{zh}，而不是{ZH[found]}。", f"This must be {en}, not {found}."
        )
    return found


def _same(at: int, types: Types, *nodes: Node) -> str:
    """The one type of several values; null goes with all."""
    found = [check(one, types) for one in nodes]
    kinds = {one for one in found if one != "null"}
    if len(kinds) > 1:
        zh, en = "、".join(sorted(ZH[one] for one in kinds)), ", ".join(sorted(kinds))
        raise _mismatch(at, f"类型不一致：{zh}。", f"These types do not go together: {en}.")
    if "duration" in kinds:
        raise _mismatch(at, "时长只能与日期相加减。", "A duration can only be added to a date.")
    return kinds.pop() if kinds else "null"


def _literal(node: Literal, types: Types) -> str:
    value = node.value
    if value is None:
        return "null"
    for kind, name in (
        (bool, "boolean"),
        (Decimal, "number"),
        (str, "text"),
        (date, "date"),
        (Duration, "duration"),
    ):
        if isinstance(value, kind):
            return name
    raise AssertionError(value)


def _name(node: Name, types: Types) -> str:
    if node.name not in types:
        raise ExpressionError(
            "unknown-name",
            node.at,
            f"没有名为“{node.name}”的字段。",
            f"There is no field {node.name!r}.",
        )
    return types[node.name]


def _arithmetic(node: Arithmetic, types: Types) -> str:
    left, right = check(node.left, types), check(node.right, types)
    if left == "date" and right == "duration" and node.sign in "+-":
        return "date"
    if left == right == "date" and node.sign == "-":
        return "number"
    if left == right == "text" and node.sign == "+":
        return "text"
    _wanted(node.left, left, "number")
    _wanted(node.right, right, "number")
    return "number"


def _compare(node: Compare, types: Types) -> str:
    kind = _same(node.at, types, node.left, node.right)
    if node.sign not in ("=", "!=") and kind not in ("number", "date", "null"):
        raise _mismatch(
            node.at,
            f"{ZH[kind]}不能比较大小。",
            f"A {kind} has no order; only = and != compare it.",
        )
    if kind == "list":
        raise _mismatch(node.at, "列表请用in判断。", "Ask a list with “in”.")
    return "boolean"


def _logic(node: Logic, types: Types) -> str:
    _expect(node.left, types, "boolean")
    _expect(node.right, types, "boolean")
    return "boolean"


def _one_of(node: OneOf, types: Types) -> str:
    if any(isinstance(one, Literal) and one.value is None for one in node.items):
        raise _mismatch(node.at, "列表中不能有null。", "A list holds no null; ask “= null”.")
    if _same(node.at, types, node.of, *node.items) == "list":
        raise _mismatch(node.at, "列表请用in判断。", "Ask a list with “in”.")
    return "boolean"


def _within(node: Within, types: Types) -> str:
    kind = _same(node.at, types, node.of, node.low, node.high)
    if kind not in ("number", "date", "null"):
        raise _mismatch(node.at, f"{ZH[kind]}没有区间。", f"There is no range of {kind}.")
    return "boolean"


def _choice(node: Choice, types: Types) -> str:
    _expect(node.condition, types, "boolean")
    return _same(node.at, types, node.then, node.other)


def _negative(node: Negative, types: Types) -> str:
    _expect(node.of, types, "number")
    return "number"


def _not(node: Not, types: Types) -> str:
    _expect(node.of, types, "boolean")
    return "boolean"


def _call(node: Call, types: Types) -> str:
    signature = FUNCTIONS.get(node.function)
    if signature is None:
        known = ", ".join(sorted(FUNCTIONS))
        raise ExpressionError(
            "unknown-function",
            node.at,
            f"没有函数“{node.function}”，可用：{known}。",
            f"There is no function {node.function!r}; known: {known}.",
        )
    given, wanted = len(node.arguments), len(signature.arguments)
    least = wanted if signature.least is None else signature.least
    if given < least or (given > wanted and not signature.more):
        raise ExpressionError(
            "arguments",
            node.at,
            f"函数{node.function}的参数个数不对。",
            f"{node.function} takes another number of arguments.",
        )
    if signature.answer == "any":
        return _same(node.at, types, *node.arguments)
    for place, argument in enumerate(node.arguments):
        _expect(argument, types, signature.arguments[min(place, wanted - 1)])
    for place, low, high in signature.whole:
        _whole(node.arguments[place], low, high)
    return signature.answer


def _whole(node: Node, low: int, high: int) -> None:
    value = node.value if isinstance(node, Literal) else None
    if not isinstance(value, Decimal) or value != int(value) or not low <= value <= high:
        raise _mismatch(
            node.at, f"此处须写{low}至{high}的整数。", f"Write a whole number from {low} to {high}."
        )


_CHECKS: dict[type, Callable[[Any, Types], str]] = {
    Literal: _literal,
    Name: _name,
    Negative: _negative,
    Not: _not,
    Arithmetic: _arithmetic,
    Compare: _compare,
    Logic: _logic,
    OneOf: _one_of,
    Within: _within,
    Choice: _choice,
    Call: _call,
}
