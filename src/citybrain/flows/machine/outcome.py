"""What can come out of a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]
"""Fields by name, as JSON holds them."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that leaves the run: a message ("notify") or a paper ("issue").

    `key` is the message's or document's name in the texts, `to` an address.
    """

    kind: str
    key: str
    channel: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Waived:
    """A paper that need not be brought."""

    material: str
    method: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Advance:
    """The step is done: fields that it set, where to go (None: the run has ended), and why."""

    next: str | None
    sets: Data = field(default_factory=dict)
    detail: Data = field(default_factory=dict)
    waived: tuple[Waived, ...] = ()
    effects: tuple[Effect, ...] = ()
    result: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The step waits: for `what` = "ask", "use", "human", "wait" or "each".

    `detail` holds what it waits for: fields; the call; the day and event; the elements.
    """

    what: str
    detail: Data = field(default_factory=dict)


class Stuck(Exception):  # noqa: N818 - says what happened
    """The step cannot be done: a person has to look. `code` is stable."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en
