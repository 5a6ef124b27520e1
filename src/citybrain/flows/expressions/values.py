"""Values: exact decimals with six places, texts, booleans, dates, lists of texts, and null.

A number is what DECIMAL(18,6) holds: |x| < 10^12, rounded half away from zero. What lies
beyond becomes null, in every implementation alike.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

PLACES = 6
STEP = Decimal(1).scaleb(-PLACES)
MOST = Decimal(10) ** 12
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_TENTH_MORE = Decimal(1).scaleb(-PLACES - 1)

Value = Decimal | str | bool | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Duration:
    """ISO 8601 duration of whole months and days; a constant in expressions."""

    months: int
    days: int


def fixed(number: Decimal) -> Decimal | None:
    """The number with six places; None beyond ±10^12."""
    rounded = number.quantize(STEP, context=_CONTEXT)
    return rounded if abs(rounded) < MOST else None


def product(left: Decimal, right: Decimal) -> Decimal | None:
    """Exact product, then rounded."""
    return fixed(_CONTEXT.multiply(left, right))


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """Null for a division by zero. Cut after seven places, then rounded to six."""
    if not right:
        return None
    whole = int(left.scaleb(PLACES)) * 10 ** (PLACES + 1)
    divisor = int(right.scaleb(PLACES))
    cut = abs(whole) // abs(divisor)
    signed = -cut if (whole < 0) != (divisor < 0) else cut
    return fixed(Decimal(signed) * _TENTH_MORE)


def rounded(number: Decimal, places: int) -> Decimal | None:
    """Half away from zero, to 0…6 places."""
    return fixed(number.quantize(Decimal(1).scaleb(-places), context=_CONTEXT))


def whole_part(number: Decimal, up: bool) -> Decimal:
    """The next whole number below, or above."""
    cut = number.quantize(Decimal(1), rounding=ROUND_DOWN, context=_CONTEXT)
    if cut == number:
        return cut
    return cut + (1 if number > 0 else 0) if up else cut - (1 if number < 0 else 0)


def shift(day: date, months: int, days: int) -> date | None:
    """First months, cut to the month's last day, then days; None outside years 1 to 9999."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    try:
        moved = date(year, month + 1, min(day.day, _last_day(year, month + 1)))
        return date.fromordinal(moved.toordinal() + days)
    except (ValueError, OverflowError):
        return None


def _last_day(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def full_months(start: date, end: date) -> int:
    """Whole months from start to end; a month is full on the same day of the month."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (1 if end.day < start.day else 0)


def full_years(birth: date, on: date) -> int:
    """周岁: a year is full on the birthday; who was born on 29 February has it on 1 March."""
    return on.year - birth.year - (1 if (on.month, on.day) < (birth.month, birth.day) else 0)


class BadValueError(ValueError):
    """A value that does not have the type of its field."""


def typed(raw: Any, type: str) -> Value:
    """A JSON value as the type of its field. Raises `BadValueError`."""
    if raw is None:
        return None
    made: Value = None
    if type == "number":
        made = _number(raw)
    elif type == "date":
        made = _date(raw)
    elif (type == "text" and isinstance(raw, str)) or (type == "boolean" and isinstance(raw, bool)):
        made = raw
    elif (
        type == "list"
        and isinstance(raw, list | tuple)
        and all(isinstance(one, str) for one in raw)
    ):
        made = tuple(raw)
    if made is None:
        raise BadValueError(f"{raw!r} is no {type}")
    return made


def _number(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        return None
    try:
        return fixed(Decimal(repr(raw)) if isinstance(raw, float) else Decimal(raw))
    except InvalidOperation:
        return None


def _date(raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str) or len(raw) != 10:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def plain(value: Value) -> Any:
    """As JSON holds it: whole numbers as int, others as decimal text, dates in ISO form."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
