"""Classes of the directory 类/项/目/细目, as the 2017 compilation guide orders it.

The table `law/directory.toml` names classes and items. A city numbers subjects and details
itself, so of these only the form is checked.
"""

import functools
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from citybrain.engines import law
from citybrain.engines.law import RuleTable

PARTS = ("category_class", "category_item", "category_subject", "category_detail")
"""类, 项, 目, 细目: the fields of a resource, from the widest to the narrowest."""
GUIDE_CODE = re.compile(r"([1-3])(\d{2})(\d{3})\d+(/\d+)?")
"""A directory code of the guide's form: 类 1 digit, 项 2, 目 3, then 细目 and 顺序码."""
_FORMS = {
    "category_item": (re.compile(r"\d{2}", re.ASCII), "应为2位数字。", "Must be 2 digits."),
    "category_subject": (re.compile(r"\d{3}", re.ASCII), "应为3位数字。", "Must be 3 digits."),
    "category_detail": (
        re.compile(r"[0-9A-Za-z]{1,20}"),
        "应为1至20位数字或字母。",
        "Must be 1 to 20 digits or letters.",
    ),
}


@functools.cache
def table() -> RuleTable:
    """The classes and items, each with source and status."""
    return law.load(Path(__file__).parent / "law" / "directory.toml")


def classes() -> dict[str, tuple[str, str]]:
    """Class → name in Chinese and English."""
    return {code: (rule.zh, rule.en) for code, rule in table().items() if len(code) == 1}


def named(class_code: str, item: str = "") -> tuple[str, str]:
    """Name of a class, or of an item within it; its code where the table has no name."""
    code = f"{class_code}.{item}" if item else class_code
    rule = table().rules.get(code)
    return (rule.zh, rule.en) if rule else (item or class_code, item or class_code)


def faults(given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What is wrong with the four parts; a narrower one needs every wider one."""
    found: dict[str, tuple[str, str]] = {}
    chosen = given["category_class"]
    if chosen and chosen not in classes():
        found["category_class"] = (
            f"可选：{'、'.join(classes())}",
            f"One of: {', '.join(classes())}",
        )
    for wider, narrower in pairwise(PARTS):
        form, zh, en = _FORMS[narrower]
        if given[narrower] and not form.fullmatch(given[narrower]):
            found[narrower] = (zh, en)
        elif given[narrower] and not given[wider]:
            found[wider] = ("填写下一级分类时必填。", "Required when a narrower part is given.")
    return found


def of_code(code: str) -> tuple[str, str, str]:
    """类, 项 and 目 that a code of the guide's form tells; empty texts for any other code."""
    found = GUIDE_CODE.fullmatch(code)
    return (found[1], found[2], found[3]) if found else ("", "", "")
