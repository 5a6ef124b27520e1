"""The tree of an expression. Frozen, so that a tree can be a key of a cache."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value, None, `datetime`, `date`, `time`, `timedelta`, `Interval`
    or `Geometry`."""

    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """A property, or one reached over navigation: `("Datastreams", "name")`."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name in small letters."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """`or and eq ne gt ge lt le add sub mul div mod`."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Unary:
    """`not` and `-`."""

    operator: str
    operand: "Node"


Node = Literal | Path | Call | Binary | Unary
