"""What people enter in a form, as values of the profile, and back.

Times without an offset are Beijing time; money is entered in yuan; rows as one line for
each column: `district = 370202, 370203` for text, `year := 2024, 2025` for numbers. A value
that holds a comma, a quote or blanks at its ends stands in double quotes as in JSON.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from citybrain.kernel.policy.faults import ValueFault
from citybrain.kernel.policy.profile import LIST_OPERATORS, Operand
from citybrain.kernel.policy.wording import SHANGHAI

# Bounded repeats: a long run of blanks must not make the search quadratic.
LINE = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^"=:\s][^"=:]{0,200}?)\s*(:?=)\s*(.+)')
CELL = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^",，、]{1,200}?)\s*(?:[,，、]|$)')
PLAIN = re.compile(r'[^\s",，、=:]+(?: [^\s",，、=:]+)*')


def _whole(given: str) -> int:
    if not re.fullmatch(r"[0-9]{1,16}", given):
        raise ValueFault("须为整数", "must be a whole number")
    return int(given)


def _fen(given: str) -> int:
    wrong = ValueFault(
        "须为金额（元），至多两位小数", "must be an amount in yuan with two decimals"
    )
    try:
        amount = Decimal(given) * 100 if len(given) <= 20 else Decimal("NaN")
    except InvalidOperation:
        raise wrong from None
    if not amount.is_finite() or amount % 1 or amount > 10**15:
        raise wrong
    return int(amount)


def _moment(given: str) -> str:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return given
    return moment.replace(tzinfo=SHANGHAI).isoformat() if moment.tzinfo is None else given


def _unquoted(given: str) -> str:
    if not given.startswith('"'):
        return given.strip()
    try:
        return str(json.loads(given))
    except ValueError:
        raise ValueFault("引号内的写法不对", "the quoted text is not well formed") from None


def _cells(given: str) -> list[str]:
    cells, place = [], 0
    while place < len(given):
        found = CELL.match(given, place)
        if found is None:
            raise ValueFault("取值须以逗号分隔", "values must be separated by commas")
        cells.append(_unquoted(found[1]))
        place = found.end()
    return cells


def _rows(given: str) -> dict[str, list[str | int]]:
    read: dict[str, list[str | int]] = {}
    for line in filter(str.strip, given.split("\n")):
        found = LINE.fullmatch(line.strip())
        if found is None:
            raise ValueFault(
                "每行一列，写作“列名 = 值, 值”", "one column on each line: column = value, value"
            )
        cells = _cells(found[3])
        numbers = [_signed(cell) for cell in cells] if found[2] == ":=" else cells
        read.setdefault(_unquoted(found[1]), []).extend(numbers)
    return read


def _signed(given: str) -> int:
    return -_whole(given[1:]) if given.startswith("-") else _whole(given)


def _lines(given: list[str]) -> list[str]:
    return [line.strip() for text in given for line in text.split("\n") if line.strip()]


def reading(operand: Operand, operator: str, given: Any) -> Any:
    """The value that was entered, not yet checked. Raises `ValueFault` for what is no value.

    `given` is a list of texts; a text for times; (part, text) for rates and volumes; a
    mapping of texts for the privacy budget.
    """
    if operand.value == "instant":
        return _moment(given)
    if operand.value == "rate":
        return {"limit": _whole(given[1]), "per": given[0]}
    if operand.value == "volume":
        return {"limit": _whole(given[1]), "metric": given[0]}
    if operand.value == "epsilon":
        return given
    if operand.value == "rows":
        return _rows("\n".join(given))
    if operator in LIST_OPERATORS:
        return _lines(given)
    if len(lines := _lines(given)) != 1:
        raise ValueFault("只能填一个值", "takes one value only")
    return SINGLE.get(operand.value, str)(lines[0])


def _agreed(given: str) -> bool:
    return given in {"true", "on", "1"}


SINGLE: Mapping[str, Callable[[str], Any]] = {
    "integer": _whole,
    "fen": _fen,
    "agreed": _agreed,
}


def _quoted(text: str) -> str:
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _shown_rows(value: Mapping[str, list[Any]]) -> str:
    lines = []
    for column, cells in value.items():
        numbers = [str(one) for one in cells if isinstance(one, int)]
        texts = [_quoted(one) for one in cells if isinstance(one, str)]
        name = _quoted(column)
        lines += [f"{name} := {', '.join(numbers)}"] if numbers else []
        lines += [f"{name} = {', '.join(texts)}"] if texts else []
    return "\n".join(lines)


def showing(operand: Operand, operator: str, value: Any) -> Any:
    """A value as the form shows it: text, a list of texts, or a mapping of parts."""
    if operand.value == "instant":
        return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
    if operand.value in {"rate", "volume"}:
        return {value["per" if operand.value == "rate" else "metric"]: str(value["limit"])}
    if operand.value == "epsilon":
        return dict(value)
    if operand.value == "rows":
        return _shown_rows(value)
    if operand.value == "fen":
        return f"{value // 100}.{value % 100:02d}"
    if operand.value == "agreed":
        return "true"
    return list(value) if isinstance(value, list) else str(value)
