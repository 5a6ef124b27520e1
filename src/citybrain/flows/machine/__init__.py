"""What a step does, as pure functions: no database, no clock, no network."""

from citybrain.flows.machine.outcome import Advance, Effect, Pending, Stuck
from citybrain.flows.machine.steps import (
    after_ask,
    after_each,
    after_human,
    after_use,
    after_wait,
    begin,
)
from citybrain.flows.machine.trial import Trial, try_example

__all__ = [
    "Advance",
    "Effect",
    "Pending",
    "Stuck",
    "Trial",
    "after_ask",
    "after_each",
    "after_human",
    "after_use",
    "after_wait",
    "begin",
    "try_example",
]
