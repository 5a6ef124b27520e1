"""A decision table, as text and understood.

Hit policies of DMN 1.3: U unique, F first, A any, P priority, C collect; C+ sums, C< and C>
take the least and the greatest, C# counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from citybrain.flows.expressions.nodes import Node
from citybrain.flows.expressions.values import Value

HITS = ("U", "F", "A", "P", "C", "C+", "C<", "C>", "C#")
TYPES = ("number", "text", "boolean", "date")


@dataclass(frozen=True, slots=True)
class RawOutput:
    """`allowed` in the order of priority, the most important first."""

    name: str
    type: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRule:
    """One row of texts; `line` is where it stands in its file."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class RawTable:
    """What stands in the file. `notes` are columns that decide nothing (source, status)."""

    code: str
    file: str
    hit: str
    inputs: tuple[str, ...]
    outputs: tuple[RawOutput, ...]
    notes: tuple[str, ...]
    rules: tuple[RawRule, ...]
    header_line: int = 2


@dataclass(frozen=True, slots=True)
class Equal:
    """The value itself."""

    value: Value


@dataclass(frozen=True, slots=True)
class Between:
    """A range; None where it is open to infinity."""

    low: Value
    high: Value
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """null"""


Atom = Equal | Between | Missing


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the atoms holds, or with `negated` none. Without atoms everything passes ("-")."""

    atoms: tuple[Atom, ...] = ()
    negated: bool = False
    text: str = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """`low`, `high`, `allowed` and `nullable` bound what can come; see `fields.Field`."""

    text: str
    node: Node
    type: str
    is_integer: bool = False
    nullable: bool = True
    allowed: tuple[str, ...] | None = None
    low: Value = None
    high: Value = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One understood row."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Node, ...]
    notes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """An understood table; `raw` is the text that it was made of."""

    code: str
    file: str
    hit: str
    inputs: tuple[Input, ...]
    outputs: tuple[RawOutput, ...]
    rules: tuple[Rule, ...]
    raw: RawTable = field(repr=False, compare=False)

    def output_types(self) -> dict[str, str]:
        """What a decision gives for each output: "list" of texts for C, a number for C#."""
        if self.hit == "C":
            return {one.name: "list" for one in self.outputs}
        if self.hit == "C#":
            return {one.name: "number" for one in self.outputs}
        return {one.name: one.type for one in self.outputs}
