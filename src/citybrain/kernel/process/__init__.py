"""Processes as data: who may move what from which state to which, and the clocks it starts."""

from citybrain.kernel.process.clocks import due_of
from citybrain.kernel.process.load import DEADLINES, all_processes, mermaid, parse, process
from citybrain.kernel.process.model import (
    DeadlineRule,
    MissingInput,
    Move,
    NotAllowed,
    Process,
    ProcessError,
    State,
    WrongState,
)

__all__ = [
    "DEADLINES",
    "DeadlineRule",
    "MissingInput",
    "Move",
    "NotAllowed",
    "Process",
    "ProcessError",
    "State",
    "WrongState",
    "all_processes",
    "due_of",
    "mermaid",
    "parse",
    "process",
]
