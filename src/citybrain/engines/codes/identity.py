"""Citizen identity numbers (公民身份号码, GB 11643-1999).

18 characters: area 6 (GB/T 2260, of the day of issue), birth date 8, sequence 3 (odd for
men), check character (ISO 7064 MOD 11-2).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from citybrain.engines.codes import area as areas
from citybrain.engines.codes.checks import OK, CodeError, Result, mod_11_2

EARLIEST = date(1800, 1, 1)
"""No citizen was born before; an older date is a slip of the pen."""

_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_MESSAGES = {
    "shape": (
        "公民身份号码应为17位数字加1位数字或大写X。",
        "17 digits and a digit or X are needed.",
    ),
    "check": ("公民身份号码的校验码不符。", "The check character is wrong."),
    "date": ("公民身份号码中的出生日期不存在。", "The birth date does not exist."),
    "future": ("公民身份号码中的出生日期晚于今天。", "The birth date lies in the future."),
    "area": ("公民身份号码的地址码不属于任何省份。", "The area code is of no province."),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a number says about a person. `area_name` is that of the closest known area."""

    area: str
    area_name: str
    born: date
    sex: Literal["male", "female"]
    sequence: int


def check_character(first17: str) -> str:
    """The 18th character of 17 digits; raises `CodeError` for anything else."""
    if re.fullmatch(r"[0-9]{17}", first17) is None:
        raise CodeError("17 digits are needed")
    return mod_11_2(first17)


def validate(number: str, today: date | None = None) -> Result:
    """`error` for wrong shape, check character, birth date or province.

    Area codes below the province are not checked, since codes of all years are valid and
    only Qingdao's history is in the table. The messages never repeat the number.
    """
    fault = _fault(number, today)
    return OK if fault is None else Result("error", *_MESSAGES[fault])


def _fault(number: str, today: date | None) -> str | None:
    if not isinstance(number, str) or _SHAPE.fullmatch(number) is None:
        return "shape"
    if mod_11_2(number[:17]) != number[17]:
        return "check"
    born = _birth_date(number)
    if born is None or born < EARLIEST:
        return "date"
    if born > (today or date.today()):
        return "future"
    return None if areas.closest(number[:6]) else "area"


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def parse(number: str) -> Parts:
    """The parts of a valid number; raises `CodeError`, whose message lacks the number."""
    result = validate(number)
    born = _birth_date(number) if result else None
    if born is None:
        raise CodeError(result.en)
    sequence = int(number[14:17])
    return Parts(
        area=number[:6],
        area_name=areas.name(number[:6]),
        born=born,
        sex="male" if sequence % 2 else "female",
        sequence=sequence,
    )


def make(area: str, born: date, sequence: int) -> str:
    """A number with its check character; `sequence` is 0 to 999, odd for men."""
    if re.fullmatch(r"[0-9]{6}", area) is None or not 0 <= sequence <= 999:
        raise CodeError("the area has six digits, the sequence is 0 to 999")
    first17 = f"{area}{born:%Y%m%d}{sequence:03}"
    return first17 + check_character(first17)


def masked(number: str) -> str:
    """For display: the first six and last two characters, the rest hidden."""
    return f"{number[:6]}{'*' * max(len(number) - 8, 0)}{number[-2:]}" if len(number) > 8 else "*"
