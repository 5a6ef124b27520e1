"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and organisation codes.

18 characters: registering department 1, kind 1, area 6 (GB/T 2260), organisation 9
(GB 11714, its last one a check character), check character 1.
"""

import re
from dataclasses import dataclass

from citybrain.engines.codes.checks import (
    ALPHANUMERIC,
    OK,
    CodeError,
    Result,
    weighted_sum,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a code is made of; `organisation` includes its own check character."""

    department: str
    kind: str
    area: str
    organisation: str
    check: str


def check_character(first17: str) -> str:
    """The 18th character. Raises `CodeError` for characters outside the alphabet."""
    if len(first17) != 17 or any(one not in ALPHABET for one in first17):
        raise CodeError(f"{first17!r} is not 17 characters of 0–9 and A–Y without I, O, S, V, Z")
    return ALPHABET[-weighted_sum(first17, ALPHABET, WEIGHTS) % 31]


def organisation_check(first8: str) -> str:
    """The 9th character of an organisation code (组织机构代码), GB 11714."""
    if len(first8) != 8 or any(one not in ALPHANUMERIC for one in first8):
        raise CodeError(f"{first8!r} is not 8 digits or capital letters")
    return "0123456789X"[-weighted_sum(first8, ALPHANUMERIC, ORGANISATION_WEIGHTS) % 11]


def validate(code: str) -> Result:
    """`error` for a wrong shape, `warning` for a wrong check character.

    Only a warning, because registries have issued codes whose check character is wrong.
    """
    if not isinstance(code, str) or _SHAPE.fullmatch(code) is None:
        return Result(
            "error",
            "统一社会信用代码应为18位，由数字和大写字母（不含I、O、S、V、Z）组成。",
            "A unified social credit code has 18 digits or capitals (without I, O, S, V, Z).",
        )
    if check_character(code[:17]) != code[17]:
        return Result("warning", "统一社会信用代码的校验位不符。", "The check character is wrong.")
    if organisation_check(code[8:16]) != code[16]:
        return Result(
            "warning",
            "统一社会信用代码中组织机构代码的校验位不符。",
            "The check character of the organisation code inside is wrong.",
        )
    return OK


def parse(code: str) -> Parts:
    """The parts of a code of the right shape; raises `CodeError` for another."""
    result = validate(code)
    if result.level == "error":
        raise CodeError(result.en)
    return Parts(code[0], code[1], code[2:8], code[8:17], code[17])


def make(department: str, kind: str, area: str, organisation: str) -> str:
    """A code from its parts; `organisation` is 8 characters, both checks are computed."""
    if len(department) != 1 or len(kind) != 1 or len(area) != 6 or not area.isdecimal():
        raise CodeError("department and kind have one character, area has six digits")
    first17 = f"{department}{kind}{area}{organisation}{organisation_check(organisation)}"
    return first17 + check_character(first17)
