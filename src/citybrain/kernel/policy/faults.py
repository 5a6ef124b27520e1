"""What a policy is refused with, in Chinese and English, clause by clause."""

from collections.abc import Sequence
from dataclasses import dataclass


class ValueFault(Exception):  # noqa: N818 - a fault of the input, not of the program
    """One value cannot be accepted; says what would be."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty place. `path` is the place in the JSON ("constraints.2", counted from 0)."""

    path: str
    zh: str
    en: str


class PolicyFault(Exception):  # noqa: N818 - named as the other faults are
    """A policy that is refused. `fields` maps each faulty place to its messages (zh, en)."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        self.zh = "；".join(fault.zh for fault in faults)
        self.en = "; ".join(fault.en for fault in faults)
        self.fields = {fault.path: (fault.zh, fault.en) for fault in faults}
        super().__init__(self.en)
