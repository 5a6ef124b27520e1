"""Codes of government service items (政务服务事项, GB/T 39554.1-2020).

实施编码, 31 digits: unit 18 (credit code), level 1, basic code 12 (area 2, type 2, item 8:
main item 5 and sub-item 3). 业务办理项编码, 33: the same and 2 more.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from citybrain.engines.codes import uscc
from citybrain.engines.codes.checks import OK, CodeError, Result
from citybrain.engines.law import load

TABLE = load(Path(__file__).parent / "law" / "service_items.toml")

_SHAPE = re.compile(r"[0-9A-Z]{18}[0-9][0-9]{12}(?:[0-9A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a code is made of; `handling` is empty for a code of 31. Names may be empty."""

    unit: str
    level: str
    level_zh: str
    area: str
    type: str
    type_zh: str
    item: str
    handling: str

    @property
    def basic(self) -> str:
        """基本编码, 12 digits, the same for all units that run the item."""
        return f"{self.area}{self.type}{self.item}"


def validate(code: str) -> Result:
    """`error` for a wrong shape, `warning` for a credit code or a type that is not right."""
    if not isinstance(code, str) or _SHAPE.fullmatch(code) is None:
        return Result(
            "error", "事项编码应为31位或33位。", "A service item's code has 31 or 33 characters."
        )
    unit = uscc.validate(code[:18])
    if unit.level != "ok":
        return Result("warning", unit.zh, unit.en)
    if f"type.{code[21:23]}" not in TABLE or f"level.{code[18]}" not in TABLE:
        return Result(
            "warning", "事项类型或行使层级未定义。", "The item's type or level is not defined."
        )
    return OK


def parse(code: str) -> Parts:
    """The parts of a code of 31 or 33; raises `CodeError` for another length or shape."""
    result = validate(code)
    if not result:
        raise CodeError(result.en)
    level, kind = TABLE.get(f"level.{code[18]}"), TABLE.get(f"type.{code[21:23]}")
    return Parts(
        unit=code[:18],
        level=code[18],
        level_zh=level.zh if level else "",
        area=code[19:21],
        type=code[21:23],
        type_zh=kind.zh if kind else "",
        item=code[23:31],
        handling=code[31:],
    )
