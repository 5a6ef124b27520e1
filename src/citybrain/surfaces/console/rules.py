"""Every row of every rule table, and what a rule's code means to people."""

import functools
from collections.abc import Mapping
from pathlib import Path

from citybrain.engines import law
from citybrain.engines.law import Rule
from citybrain.surfaces.console.labels import localised
from citybrain.ui.templatetags.ui import SOURCE_STATUS

SOURCE = Path(law.__file__).parents[2]


@functools.cache
def tables() -> Mapping[str, law.RuleTable]:
    """Path below the program's folder → table."""
    found = [table for table in law.all_tables(SOURCE) if "tests" not in table.path.parts]
    return {table.path.relative_to(SOURCE).as_posix(): table for table in found}


@functools.cache
def _by_code() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for table in tables().values():
        for rule in table.rules.values():
            found.setdefault(rule.code, rule)
    return found


def rule(code: str) -> Rule | None:
    """The rule of a clock or an entry; None when its table is gone."""
    return _by_code().get(code)


def rule_title(code: str) -> str:
    """A rule in words."""
    found = rule(code)
    return localised(found.zh, found.en) if found else code


def rule_source(code: str) -> tuple[str, str]:
    """The law's title and whether it was verified."""
    found = rule(code)
    return (found.source, found.status) if found else ("", "")


def source_status(status: str) -> str:
    """Whether somebody has read the rule itself, in words."""
    return str(SOURCE_STATUS.get(status, status))
