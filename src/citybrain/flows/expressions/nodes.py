"""The syntax tree. `at` is the place in the text, counted from 1."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from citybrain.flows.expressions.values import Duration


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Decimal | str | bool | date | Duration | None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A field of the data."""

    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Negative:
    """-x"""

    of: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    """not x"""

    of: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`sign` is + - * /; + also joins texts and moves dates."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Compare:
    """`sign` is = != < <= > >=."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Logic:
    """`sign` is "and" or "or", with three values as in SQL."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class OneOf:
    """x in [a, b, c]"""

    of: "Node"
    items: tuple["Node", ...]
    at: int = 0


@dataclass(frozen=True, slots=True)
class Within:
    """x in [a..b], with ( or ) where an end is left out."""

    of: "Node"
    low: "Node"
    high: "Node"
    low_open: bool = False
    high_open: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """if c then a else b; null counts as false."""

    condition: "Node"
    then: "Node"
    other: "Node"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    function: str
    arguments: tuple["Node", ...]
    at: int = 0


Node = (
    Literal | Name | Negative | Not | Arithmetic | Compare | Logic | OneOf | Within | Choice | Call
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    if isinstance(node, Negative | Not):
        return (node.of,)
    if isinstance(node, Arithmetic | Compare | Logic):
        return (node.left, node.right)
    if isinstance(node, OneOf):
        return (node.of, *node.items)
    if isinstance(node, Within):
        return (node.of, node.low, node.high)
    if isinstance(node, Choice):
        return (node.condition, node.then, node.other)
    return node.arguments if isinstance(node, Call) else ()
