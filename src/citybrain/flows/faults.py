"""What is wrong with a pack: file, line, and what to do. All faults are told at once."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`line` counts from 1; 0 when the fault is the whole file's. `code` is stable."""

    file: str
    line: int
    code: str
    zh: str
    en: str

    @property
    def place(self) -> str:
        """`flow.yaml:12`"""
        return f"{self.file}:{self.line}" if self.line else self.file


class FaultyError(ValueError):
    """Something could not be read; `faults` says where and why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("; ".join(f"{one.place}: {one.en}" for one in self.faults[:5]))
