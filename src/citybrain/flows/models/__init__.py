"""The tables of scenario packs and their runs."""

from citybrain.flows.models.packs import Binding, PackVersion
from citybrain.flows.models.runs import Message, Paper, Run, StepOutcome, Waiver

__all__ = ["Binding", "Message", "PackVersion", "Paper", "Run", "StepOutcome", "Waiver"]
