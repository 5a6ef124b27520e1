"""Rule tables: the numbers that laws, standards and policies set, each with its source."""

from citybrain.engines.law.table import (
    STATUSES,
    Rule,
    RuleTable,
    RuleTableError,
    UnknownRuleError,
    Value,
    all_tables,
    load,
)

__all__ = [
    "STATUSES",
    "Rule",
    "RuleTable",
    "RuleTableError",
    "UnknownRuleError",
    "Value",
    "all_tables",
    "load",
]
