"""Information items (信息项) of a table and the letter codes of their types.

Letters: 政务信息资源目录编制指南（试行）, 发改高技〔2017〕1272号: C text, N numeric,
Y money, D date, T date and time, L logical, M memo, G general, B double, I integer, F float.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from citybrain.domains.catalogue.logic.fields import described

Letter = Literal["C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F"]
NAME = re.compile(r"[^\W\d_]\w{0,63}")


@dataclass(frozen=True, slots=True)
class LetterType:
    """How one letter is stored (`sql`), read from a query (`parse`), and named to people."""

    sql: str
    parse: Callable[[str], Any]
    zh: str
    en: str

    @property
    def is_text(self) -> bool:
        """True when wildcards make sense on it."""
        return self.sql == "VARCHAR"

    @property
    def is_number(self) -> bool:
        """True when it can be added up."""
        return self.sql in {"DOUBLE", "BIGINT", "DECIMAL(18,2)"}


def _text(value: str) -> str:
    value.encode()  # a lone surrogate cannot be bound as a parameter
    if "\x00" in value:
        raise ValueError("text must not hold a zero character")
    return value


def _real(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _integer(value: str) -> int:
    number = int(value) if len(value) < 24 else 1 << 64
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError("not a 64-bit integer")
    return number


def _money(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 16:
        raise ValueError("not an amount of at most 16 digits")
    return amount.quantize(Decimal("0.01"))


def _truth(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return value.lower() == "true"


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        raise ValueError("times carry no offset; give local time")
    return moment


_TEXT = LetterType("VARCHAR", _text, "文本", "text")
_REAL = LetterType("DOUBLE", _real, "数值", "a number")
LETTERS: dict[str, LetterType] = {
    "C": _TEXT,
    "M": _TEXT,
    "G": _TEXT,
    "N": _REAL,
    "B": _REAL,
    "F": _REAL,
    "I": LetterType("BIGINT", _integer, "整数", "an integer"),
    "Y": LetterType("DECIMAL(18,2)", _money, "金额", "an amount of money"),
    "D": LetterType("DATE", date.fromisoformat, "日期（2025-01-31）", "a date (2025-01-31)"),
    "T": LetterType("TIMESTAMP", _moment, "时间（2025-01-31T08:00:00）", "a time"),
    "L": LetterType("BOOLEAN", _truth, "true 或 false", "true or false"),
}


class Item(BaseModel):
    """One information item (信息项): a column of the table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = described("列名", "Name in queries: letters, digits, underscore.")
    title_zh: str = described("中文名称", "Chinese title.", max_length=200)
    title_en: str = described("英文名称", "English title.", max_length=200)
    type: Letter = described("数据类型", "Letter code of the 2017 guide: C N Y D T L M G B I F.")
    source_name: str | None = described(
        "来源列名", "Name in the source, where it differs.", None, max_length=200
    )
    sensitive: bool = described("敏感", "True for personal or otherwise protected data.", False)
    minimum: float | None = described("最小值", "Lower bound; noise on sums needs it.", None)
    maximum: float | None = described("最大值", "Upper bound; noise on sums needs it.", None)

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not NAME.fullmatch(value):
            raise ValueError("must be 1–64 letters, digits or underscores and start with a letter")
        return value

    @model_validator(mode="after")
    def _bounds_in_order(self) -> "Item":
        both = self.minimum is not None and self.maximum is not None
        if both and not self.minimum < self.maximum:  # type: ignore[operator]
            raise ValueError("minimum must be below maximum")
        return self

    @property
    def letter(self) -> LetterType:
        """How the type is stored and read."""
        return LETTERS[self.type]

    @property
    def quoted(self) -> str:
        """The name as an SQL identifier; `NAME` leaves nothing in it to escape."""
        return f'"{self.name}"'

    @property
    def raw(self) -> str:
        """The name in the source."""
        return self.source_name or self.name
