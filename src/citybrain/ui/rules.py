"""Every row of every rule table, and what a rule's code means to people."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from citybrain.engines import law
from citybrain.engines.law import Rule
from citybrain.ui.labels import localised
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


_elsewhere: list[Callable[[str], Rule | None]] = []


def look_elsewhere(find: Callable[[str], Rule | None]) -> None:
    """Also ask this function for rules: scenario packs bring tables that are no files here."""
    _elsewhere.append(find)


def rule(code: str) -> Rule | None:
    """The rule of a clock or an entry; None when its table is gone."""
    known = _by_code().get(code)
    return known or next((found for find in _elsewhere if (found := find(code))), None)


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


def table_title(path: str, table: law.RuleTable) -> str:
    """What a table is about, in the reader's language; its path for one that nobody named."""
    year = "".join(one for one in Path(path).stem if one.isdigit())
    if "holidays_" in path:
        return _("Working-day calendar of %(year)s") % {"year": year}
    names = {
        "engines/calendar/law/counting.toml": _("How days are counted"),
        "engines/codes/law/areas.toml": _("Codes of areas (GB/T 2260)"),
        "engines/codes/law/gb28181.toml": _("Codes of video devices (GB/T 28181)"),
        "engines/codes/law/service_items.toml": _("Codes of government service items"),
        "engines/codes/law/synthetic.toml": _("Invented numbers"),
        "kernel/law/deadlines.toml": _("Deadlines of requests, problems, registration"),
        "kernel/law/reference_costs.toml": _("Reference costs of reuse"),
    }
    return names.get(path) or str(table.about.get("title", "")) or path


def parts() -> dict[str, str]:
    """What the parts of a value are called, for rules whose value has several."""
    return {
        "first_off": _("first day off"),
        "last_off": _("last day off"),
        "worked": _("worked in exchange"),
        "statutory": _("statutory holidays"),
        "days": _("days"),
        "level": _("level"),
        "parent": _("belongs to"),
        "province": _("province"),
        "city": _("city"),
        "district": _("district"),
    }
