"""What an expression is worth for one record, by OData's logic of three values."""

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from citybrain.engines.odata.errors import ODataError
from citybrain.engines.odata.functions import FUNCTIONS
from citybrain.engines.odata.nodes import Binary, Call, Literal, Node, Path, Unary
from citybrain.engines.odata.values import Geometry, Interval, as_time, end_of, start_of

Resolve = Callable[[tuple[str, ...]], Any]
"""The value under a path; None for none; a list when navigation leads to several: a condition
holds when it holds for one of them, as SensorThings says of `$filter` over collections."""


def holds(node: Node, resolve: Resolve) -> bool:
    """Whether a filter is true; unknown is not true."""
    return _truth(evaluate(node, resolve)) is True


def evaluate(node: Node, resolve: Resolve) -> Any:
    """The value, None for null and for unknown. Raises `ODataError` for values that do not fit."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Path):
        return resolve(node.parts)
    if isinstance(node, Unary):
        return _unary(node, resolve)
    if isinstance(node, Call):
        found = [evaluate(one, resolve) for one in node.arguments]
        return _each(lambda *values: _called(node.name, values), *found)
    if node.operator in {"and", "or"}:
        return _logical(node, resolve)
    left, right = evaluate(node.left, resolve), evaluate(node.right, resolve)
    return _each(lambda a, b: _binary(node.operator, a, b), left, right)


def _each(work: Callable[..., Any], *values: Any) -> Any:
    """Apply to one value each; over a list: to all, giving the list of answers."""
    for place, value in enumerate(values):
        if isinstance(value, list):
            before, after = values[:place], values[place + 1 :]
            return [_each(work, *before, one, *after) for one in value]
    return work(*values)


def _truth(value: Any) -> bool | None:
    if isinstance(value, list):
        found = [_truth(one) for one in value]
        return True if True in found else (None if None in found else False)
    if value is None or isinstance(value, bool):
        return value
    raise ODataError("and, or, not take what is true or false")


def _logical(node: Binary, resolve: Resolve) -> bool | None:
    decisive = node.operator == "or"
    left = _truth(evaluate(node.left, resolve))
    if left is decisive:
        return decisive
    right = _truth(evaluate(node.right, resolve))
    if right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


def _unary(node: Unary, resolve: Resolve) -> Any:
    value = evaluate(node.operand, resolve)
    if node.operator == "not":
        known = _truth(value)
        return None if known is None else not known
    return _each(lambda one: None if one is None else -one, value)


def _called(name: str, values: tuple[Any, ...]) -> Any:
    if any(value is None for value in values):
        return None
    try:
        return FUNCTIONS[name].call(*(_as_needed(name, value) for value in values))
    except (TypeError, AttributeError):
        raise ODataError(f"{name} does not fit these values") from None


_OF_TIME = {"before", "after", "overlaps", "during", "date", "time", "totaloffsetminutes"}
_OF_TIME |= {"year", "month", "day", "hour", "minute", "second", "fractionalseconds"}


def _as_needed(name: str, value: Any) -> Any:
    """A text that stands for a time where a function takes times."""
    return as_time(value) if name in _OF_TIME and isinstance(value, str) else value


def _binary(operator: str, left: Any, right: Any) -> Any:
    if operator in {"eq", "ne"} and (left is None or right is None):
        return (left is right) is (operator == "eq")
    if left is None or right is None:
        return None
    left, right = _paired(left, right)
    if operator in _ARITHMETIC:
        return _computed(operator, left, right)
    return _compared(operator, left, right)


def _paired(left: Any, right: Any) -> tuple[Any, Any]:
    """Texts that meet times are read as times."""
    times = (datetime, Interval)
    if isinstance(left, str) and isinstance(right, times):
        return as_time(left), right
    if isinstance(right, str) and isinstance(left, times):
        return left, as_time(right)
    return left, right


def _compared(operator: str, left: Any, right: Any) -> bool | None:
    if isinstance(left, Interval) or isinstance(right, Interval):
        return _compared_intervals(operator, left, right)
    if _sort(left) != _sort(right):
        # A result may be a number for one stream and a text for another.
        return operator == "ne"
    if isinstance(left, float | int) and math.isnan(left):
        return operator == "ne"
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda a, b: a == b,
        "ne": lambda a, b: a != b,
        "gt": lambda a, b: a > b,
        "ge": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "le": lambda a, b: a <= b,
    }
    if isinstance(left, Geometry | dict) and operator not in {"eq", "ne"}:
        raise ODataError("geometries have no order")
    return bool(compare[operator](left, right))


def _compared_intervals(operator: str, left: Any, right: Any) -> bool:
    if not isinstance(start_of(left), datetime) or not isinstance(start_of(right), datetime):
        raise ODataError("times are compared with times")
    ends = (start_of(left), end_of(left)), (start_of(right), end_of(right))
    compare = {
        "eq": ends[0] == ends[1],
        "ne": ends[0] != ends[1],
        "lt": ends[0][1] <= ends[1][0] and ends[0] != ends[1],
        "gt": ends[0][0] >= ends[1][1] and ends[0] != ends[1],
        "le": ends[0][0] <= ends[1][0] and ends[0][1] <= ends[1][1],
        "ge": ends[0][0] >= ends[1][0] and ends[0][1] >= ends[1][1],
    }
    return compare[operator]


def _sort(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, datetime):
        return "moment"
    known = {str: "text", date: "date", time: "time", timedelta: "duration"}
    return known.get(type(value), "other")


_ARITHMETIC = {"add", "sub", "mul", "div", "mod"}


def _computed(operator: str, left: Any, right: Any) -> Any:
    try:
        if operator in {"div", "mod"} and right == 0:
            return None
        if operator == "add":
            return left + right
        if operator == "sub":
            return left - right
        if operator == "mul":
            return left * right
        return left / right if operator == "div" else math.fmod(left, right)
    except TypeError:
        raise ODataError(f"{operator} does not fit these values") from None
    except OverflowError:
        return None
