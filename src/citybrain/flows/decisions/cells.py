"""What stands in a cell: unary tests of FEEL over constants.

    -            everything            null         nothing was given
    >= 60        an order              [60..79]     a range, ( or ) leaves an end out
    "A", "B"     one of these          not("A")     none of these

In a column of texts the quotes may be left out; dates may be written 2026-01-31.
"""

import re
from collections.abc import Callable
from typing import Any

from citybrain.flows.decisions.model import Atom, Between, Cell, Equal, Missing
from citybrain.flows.expressions import ExpressionError, check, parse
from citybrain.flows.expressions.nodes import Literal, Negative, Node
from citybrain.flows.expressions.values import Value

_ORDER = re.compile(r"(<=|>=|<|>|=)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[(])(.+)\.\.(.+)([\])])", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOT = re.compile(r"not\s*\((.*)\)", re.DOTALL)
_EVERYTHING = ("", "-")


def cell(text: str, type: str) -> Cell:
    """The test of an input cell. Raises `ExpressionError`."""
    shown = text.strip()
    if shown in _EVERYTHING:
        return Cell()
    negated = _NOT.fullmatch(shown)
    parts = _parts(negated[1] if negated else shown)
    atoms = tuple(_atom(part, type) for part in parts)
    return Cell(atoms, negated is not None, shown)


def _parts(text: str) -> list[str]:
    """Divided at the commas that stand outside quotes and brackets."""
    parts, depth, quoted, last = [""], 0, False, ""
    for one in text:
        if one == '"' and last != "\\":
            quoted = not quoted
        depth += 0 if quoted else (one in "([") - (one in ")]")
        if one == "," and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += one
        last = one
    return [part.strip() for part in parts]


def _atom(text: str, type: str) -> Atom:
    if text == "null":
        return Missing()
    match = _RANGE.fullmatch(text)
    if match and type in ("number", "date"):
        low, high = constant(match[2], type), constant(match[3], type)
        if low > high:  # type: ignore[operator]
            raise ExpressionError("range", 1, "区间的下限大于上限。", "The range is upside down.")
        return Between(low, high, match[1] == "(", match[4] == ")")
    match = _ORDER.fullmatch(text)
    if match is None:
        return Equal(constant(text, type))
    if match[1] == "=":
        return Equal(constant(match[2], type))
    if type not in ("number", "date"):
        raise ExpressionError(
            "types", 1, "只有数值和日期可比较大小。", "Only numbers and dates order."
        )
    value = constant(match[2], type)
    if match[1] in ("<", "<="):
        return Between(None, value, high_open=match[1] == "<")
    return Between(value, None, low_open=match[1] == ">")


def constant(text: str, type: str) -> Value:
    """A constant of this type. Raises `ExpressionError`."""
    node = output(text, type)
    if isinstance(node, Negative) and isinstance(node.of, Literal):
        return -node.of.value  # type: ignore[operator,return-value]
    if not isinstance(node, Literal) or node.value is None:
        raise ExpressionError("constant", 1, "单元格中只能写常量。", "A cell holds constants only.")
    return node.value  # type: ignore[return-value]


def output(text: str, type: str) -> Node:
    """What an output cell gives: a constant, or an expression (after "=" in texts)."""
    shown = text.strip()
    if shown in (*_EVERYTHING, "null"):
        return Literal(None)
    if type == "text" and not shown.startswith('"'):
        return parse(shown[1:]) if shown.startswith("=") else Literal(shown)
    if type == "date" and _DAY.fullmatch(shown):
        return parse(f'date("{shown}")')
    node = parse(shown.removeprefix("="))
    if isinstance(node, Literal):
        found = check(node, {})
        if found != type:
            raise ExpressionError(
                "types", 1, f"此处应为{type}类型。", f"This must be {type}, not {found}."
            )
    return node


Test = Callable[[Any], bool]


def compile_cell(tested: Cell) -> Test:
    """A function of the input's value: whether the cell lets it pass."""
    if not tested.atoms:
        return lambda value: True
    if all(isinstance(one, Equal) for one in tested.atoms):
        values = frozenset(one.value for one in tested.atoms if isinstance(one, Equal))
        if tested.negated:
            return lambda value: value is not None and value not in values
        return lambda value: value is not None and value in values
    return lambda value: _passes(tested, value)


def _passes(tested: Cell, value: Any) -> bool:
    found = [_holds(one, value) for one in tested.atoms]
    if True in found:
        return not tested.negated
    return tested.negated and None not in found


def _holds(atom: Atom, value: Any) -> bool | None:
    if isinstance(atom, Missing):
        return value is None
    if value is None:
        return None
    if isinstance(atom, Equal):
        return bool(value == atom.value)
    if atom.low is not None and (value < atom.low or (atom.low_open and value == atom.low)):
        return False
    return not (
        atom.high is not None and (value > atom.high or (atom.high_open and value == atom.high))
    )


def ends(tested: Cell) -> list[Any]:
    """Every constant that a cell mentions."""
    found: list[Any] = []
    for one in tested.atoms:
        if isinstance(one, Equal):
            found.append(one.value)
        elif isinstance(one, Between):
            found += [end for end in (one.low, one.high) if end is not None]
    return found
