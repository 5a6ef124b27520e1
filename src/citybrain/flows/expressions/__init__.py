"""The small expression language of scenario packs: one meaning in Python, SQL and the browser.

A subset of FEEL (the expression language of DMN 1.3): comparisons, ranges, lists, dates and
durations, three-valued logic, exact decimals, functions on text. `cases.json` beside the
browser's implementation holds what each must answer. Nothing here knows Django.
"""

from citybrain.flows.expressions.errors import ExpressionError
from citybrain.flows.expressions.evaluate import Closure, compile_python
from citybrain.flows.expressions.nodes import Node
from citybrain.flows.expressions.parser import parse
from citybrain.flows.expressions.sql import DIALECTS, Dialect, compile_sql, prepare
from citybrain.flows.expressions.types import Type, Types, check, names_in
from citybrain.flows.expressions.values import Value, typed

__all__ = [
    "DIALECTS",
    "Closure",
    "Dialect",
    "ExpressionError",
    "Node",
    "Type",
    "Types",
    "Value",
    "check",
    "compile_python",
    "compile_sql",
    "names_in",
    "parse",
    "prepare",
    "typed",
]
