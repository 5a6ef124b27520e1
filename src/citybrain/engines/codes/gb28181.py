"""The 20-digit device codes of GB/T 28181, rule A, editions 2016 and 2022.

Centre 8 (province, city, district, grass roots: two digits each, GB/T 2260, filled with 00),
industry 2, type 3, network 1, serial 6. The tables of industry and network differ by edition.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from citybrain.engines.codes import area as areas
from citybrain.engines.codes.checks import OK, CodeError, Result
from citybrain.engines.law import Rule, load

Edition = Literal["2016", "2022"]

TABLE = load(Path(__file__).parent / "law" / "gb28181.toml")

_SHAPE = re.compile(r"[0-9]{20}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field's value and its names; the names are empty where the standard reserves it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Parts:
    """A code read by one edition. `group` is the range that the type lies in."""

    centre: str
    area_name: str
    industry: Meaning
    type: Meaning
    group: Meaning
    network: Meaning
    serial: str
    edition: Edition


def _meaning(field: str, code: str, edition: Edition) -> Meaning:
    rule = TABLE.get(f"{field}.{code}.{edition}") or TABLE.get(f"{field}.{code}")
    return Meaning(code, rule.zh, rule.en) if rule else Meaning(code, "", "")


def _group(type_code: str) -> Meaning:
    for rule in TABLE.values():
        if rule.code.startswith("range.") and _in_range(rule, int(type_code)):
            return Meaning(type_code, rule.zh, rule.en)
    return Meaning(type_code, "", "")


def _in_range(rule: Rule, number: int) -> bool:
    value: Any = rule.value
    return bool(value["first"] <= number <= value["last"])


def validate(code: str, edition: Edition = "2022") -> Result:
    """`error` for another shape or no province; `warning` for a value the edition reserves."""
    if not isinstance(code, str) or _SHAPE.fullmatch(code) is None:
        return Result("error", "国标编码应为20位数字。", "A GB/T 28181 code has 20 digits.")
    if areas.closest(code[:6]) is None:
        return Result("error", "中心编码不属于任何省份。", "The centre code is of no province.")
    if not _group(code[10:13]).zh:
        return Result("error", "类型编码不在111至999之间。", "The type is not within 111 to 999.")
    reserved = [
        zh
        for zh, field, value in (
            ("行业编码", "industry", code[8:10]),
            ("网络标识", "network", code[13]),
        )
        if not _meaning(field, value, edition).zh
    ]
    if reserved:
        return Result(
            "warning",
            f"{'、'.join(reserved)}在{edition}版中未定义。",
            f"The {edition} edition does not define the industry or network of this code.",
        )
    return OK


def parse(code: str, edition: Edition = "2022") -> Parts:
    """The parts of a code; raises `CodeError` for what `validate` calls an error."""
    result = validate(code, edition)
    if not result:
        raise CodeError(result.en)
    return Parts(
        centre=code[:8],
        area_name=areas.name(code[:6]),
        industry=_meaning("industry", code[8:10], edition),
        type=_meaning("type", code[10:13], edition),
        group=_group(code[10:13]),
        network=_meaning("network", code[13], edition),
        serial=code[14:],
        edition=edition,
    )


def make(area: str, industry: str, type_code: str, network: str, serial: int) -> str:
    """A code; `area` has 2 to 8 digits, filled with 00. Raises `CodeError` for a bad part."""
    code = f"{area:0<8}{industry}{type_code}{network}{serial:06}"
    result = validate(code)
    if len(area) % 2 or not 0 <= serial <= 999_999 or not result:
        raise CodeError(result.en or "the area has 2, 4, 6 or 8 digits, the serial up to six")
    return code
