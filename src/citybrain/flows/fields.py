"""What is known of the fields that expressions and tables read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citybrain.flows.expressions.types import Types


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, whether it may be missing, and the values that it can have.

    `allowed` lists all values of a text; `low` and `high` bound a number or a date, both
    included; None where nothing is said.
    """

    name: str
    type: str
    is_integer: bool = False
    nullable: bool = True
    allowed: tuple[str, ...] | None = None
    low: Any = None
    high: Any = None


Fields = Mapping[str, Field]


def types_of(fields: Fields) -> Types:
    """Name → type, as expressions want it."""
    return {name: one.type for name, one in fields.items()}


def integers_of(fields: Fields) -> frozenset[str]:
    """The fields that only hold whole numbers."""
    return frozenset(name for name, one in fields.items() if one.is_integer)
