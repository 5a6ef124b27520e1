"""The tree as a Python closure, for one person.

The closure takes the data by field name, with the day under "today()". What is missing is
null; a comparison with null is null, and null is not true.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

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
)
from citybrain.flows.expressions.values import (
    Duration,
    fixed,
    full_months,
    full_years,
    product,
    quotient,
    rounded,
    shift,
    whole_part,
)

Data = Mapping[str, Any]
Closure = Callable[[Data], Any]
TODAY = "today()"
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def compile_python(node: Node) -> Closure:
    """A function of the data; the tree must have passed `check`."""
    return _COMPILERS[type(node)](node)


def _literal(node: Literal) -> Closure:
    value = fixed(node.value) if isinstance(node.value, Decimal) else node.value
    return lambda data: value


def _name(node: Name) -> Closure:
    name = node.name
    return lambda data: data.get(name)


def _strict(work: Callable[..., Any], *nodes: Node) -> Closure:
    """Null when one of the arguments is."""
    closures = [compile_python(one) for one in nodes]

    def run(data: Data) -> Any:
        values = [one(data) for one in closures]
        return None if None in values else work(*values)

    return run


def _negative(node: Negative) -> Closure:
    return _strict(operator.neg, node.of)


def _not(node: Not) -> Closure:
    return _strict(operator.not_, node.of)


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal):
        return fixed(left + right)
    if isinstance(left, date):
        return shift(left, right.months, right.days)
    return left + right


def _minus(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal):
        return fixed(left - right)
    if isinstance(right, Duration):
        return shift(left, -right.months, -right.days)
    return Decimal((left - right).days)


_SIGNS: dict[str, Callable[..., Any]] = {"+": _plus, "-": _minus, "*": product, "/": quotient}
_ORDERS: dict[str, Callable[..., Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _arithmetic(node: Arithmetic) -> Closure:
    return _strict(_SIGNS[node.sign], node.left, node.right)


def is_null(node: Node) -> bool:
    """The constant null."""
    return isinstance(node, Literal) and node.value is None


def _compare(node: Compare) -> Closure:
    if node.sign in ("=", "!=") and (is_null(node.left) or is_null(node.right)):
        asked = compile_python(node.right if is_null(node.left) else node.left)
        wanted = node.sign == "="
        return lambda data: (asked(data) is None) is wanted
    return _strict(_ORDERS[node.sign], node.left, node.right)


def _logic(node: Logic) -> Closure:
    left, right = compile_python(node.left), compile_python(node.right)
    deciding = node.sign == "or"

    def run(data: Data) -> Any:
        first = left(data)
        if first is deciding:
            return deciding
        second = right(data)
        if second is deciding:
            return deciding
        return None if first is None or second is None else not deciding

    return run


def _one_of(node: OneOf) -> Closure:
    of = compile_python(node.of)
    items = [compile_python(one) for one in node.items]

    def run(data: Data) -> Any:
        value = of(data)
        if value is None:
            return None
        found = [one(data) for one in items]
        return True if value in found else None if None in found else False

    return run


def _within(node: Within) -> Closure:
    low = Compare(">" if node.low_open else ">=", node.of, node.low)
    high = Compare("<" if node.high_open else "<=", node.of, node.high)
    return _logic(Logic("and", low, high))


def _choice(node: Choice) -> Closure:
    condition = compile_python(node.condition)
    then, other = compile_python(node.then), compile_python(node.other)
    return lambda data: then(data) if condition(data) is True else other(data)


def _call(node: Call) -> Closure:
    name, arguments = node.function, node.arguments
    if name == "today":
        return lambda data: data[TODAY]
    if name == "coalesce":
        closures = [compile_python(one) for one in arguments]
        return lambda data: next((v for c in closures if (v := c(data)) is not None), None)
    if name == "age" and len(arguments) == 1:
        arguments = (*arguments, Call("today", ()))
    return _strict(_FUNCTIONS[name], *arguments)


def _substring(text: str, start: Decimal, length: Decimal) -> str:
    first = int(start) - 1
    return text[first : first + int(length)]


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "age": lambda birth, on: Decimal(full_years(birth, on)),
    "months_between": lambda start, end: Decimal(full_months(start, end)),
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "abs": abs,
    "floor": lambda number: whole_part(number, up=False),
    "ceiling": lambda number: fixed(whole_part(number, up=True)),
    "round": lambda number, places: rounded(number, int(places)),
    "min": min,
    "max": max,
    "length": lambda text: Decimal(len(text)),
    "upper": lambda text: text.translate(_UPPER),
    "lower": lambda text: text.translate(_LOWER),
    "trim": lambda text: text.strip(" "),
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "substring": _substring,
    "list_contains": operator.contains,
    "count": lambda items: Decimal(len(items)),
}
_COMPILERS: dict[type, Callable[[Any], Closure]] = {
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
