"""The registration code 登记编码: this project's own layout behind one function.

The national platform's layout is not published in what this project could read. Ours is
the city's GB/T 2260 code, "DJ", the year, six digits and a check character (ISO 7064
MOD 37,36, GB/T 17710): 370200-DJ-2025-000017-K. A city that is told another layout
changes `code_of` and `is_code`, and nothing else.
"""

import re

from citybrain.engines.codes.checks import mod_37_36

SHAPE = re.compile(r"(\d{6})-DJ-(\d{4})-(\d{6})-([0-9A-Z])")


def code_of(city: str, year: int, number: int) -> str:
    """The code of the `number`-th registration of a year."""
    digits = f"{city}{year:04d}{number:06d}"
    return f"{city}-DJ-{year:04d}-{number:06d}-{mod_37_36(digits)}"


def is_code(text: str) -> bool:
    """Whether a text has the layout and the right check character."""
    match = SHAPE.fullmatch(text)
    return match is not None and mod_37_36("".join(match.groups()[:3])) == match[4]


def stem(city: str, year: int) -> str:
    """How every code of a city's year begins."""
    return f"{city}-DJ-{year:04d}-"


def number_in(code: str) -> int:
    """The running number in a code."""
    return int(code.split("-")[3])
