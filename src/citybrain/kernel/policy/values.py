"""The value types of the profile: each reads a JSON value into its one normal form.

The normal form holds no floats, sorts what is a set, and tells times in UTC, so that
equal policies have equal digests.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from citybrain.kernel.policy.faults import ValueFault
from citybrain.kernel.policy.profile import LIST_OPERATORS, Operand

MAX_LIST = 1_000
MAX_TEXT = 200
MAX_COLUMNS = 50
MAX_INTEGER = 10**15
MAX_EPSILON = 1_000
PERIODS: Mapping[str, tuple[str, str]] = {
    "PT1M": ("每分钟", "minute"),
    "PT1H": ("每小时", "hour"),
    "P1D": ("每日", "day"),
    "P1M": ("每月", "month"),
}
METRICS: Mapping[str, tuple[str, str]] = {"rows": ("行", "rows"), "bytes": ("字节", "bytes")}
ANYONE = "anyone"

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9._:@%/+-]{1,160}")
DURATION = re.compile(r"P(?:([1-9][0-9]{0,3})([YMD])|T([1-9][0-9]{0,4})(H))")


def text(value: Any) -> str:
    """Text of 1 to 200 characters without control characters; blanks at the ends fall away."""
    if not isinstance(value, str):
        raise ValueFault("须为文字", "must be text")
    value = value.strip()
    if not 1 <= len(value) <= MAX_TEXT:
        raise ValueFault(f"须为 1 至 {MAX_TEXT} 个字符", f"must have 1 to {MAX_TEXT} characters")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in value):
        raise ValueFault("不得含控制字符", "must not hold control characters")
    return value


def integer(value: Any, minimum: int = 1) -> int:
    """A whole number from `minimum` to 10¹⁵."""
    if type(value) is not int or not minimum <= value <= MAX_INTEGER:
        raise ValueFault(
            f"须为不小于 {minimum} 的整数", f"must be a whole number of at least {minimum}"
        )
    return value


def _matching(pattern: re.Pattern[str], zh: str, en: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueFault(zh, en)
        return value

    return read


code = _matching(
    CODE, "须为字母、数字、点、横线组成的代码", "must be a code of letters, digits, . - _"
)
party = _matching(URN, "须为主体 URN，例如 urn:citybrain:party:…", "must be a URN of a party")


def duration(value: Any) -> str:
    """An ISO 8601 duration of one unit: PT72H, P30D, P6M, P1Y."""
    if not isinstance(value, str) or not DURATION.fullmatch(value):
        raise ValueFault(
            "须为单一单位的时长，例如 PT72H、P30D、P6M、P1Y",
            "must be a duration of one unit, such as PT72H, P30D, P6M, P1Y",
        )
    return value


def instant(value: Any) -> str:
    """An ISO 8601 time with its offset, to the second; normal form in UTC with Z."""
    example = "2026-12-31T23:59:59+08:00"
    wrong = ValueFault(
        f"须为带时区、精确到秒的 ISO 8601 时刻，例如 {example}",
        f"must be an ISO 8601 time to the second with its offset, such as {example}",
    )
    if not isinstance(value, str) or len(value) > 40:
        raise wrong
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise wrong from None
    if moment.tzinfo is None or moment.microsecond or not 1970 <= moment.year <= 9998:
        raise wrong
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix(value: str) -> int:
    """Unix seconds of an instant."""
    return int(datetime.fromisoformat(value).timestamp())


def _exactly(value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != set(keys):
        names = ", ".join(keys)
        raise ValueFault(f"须恰好含有：{names}", f"must hold exactly: {names}")
    return value


def _choice(value: Any, choices: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in choices:
        known = ", ".join(choices)
        raise ValueFault(f"可选：{known}", f"must be one of: {known}")
    return value


def rate(value: Any) -> dict[str, Any]:
    """{"limit": uses, "per": "PT1M" | "PT1H" | "P1D" | "P1M"}."""
    given = _exactly(value, ("limit", "per"))
    return {"limit": integer(given["limit"]), "per": _choice(given["per"], PERIODS)}


def volume(value: Any) -> dict[str, Any]:
    """{"limit": amount, "metric": "rows" | "bytes"}."""
    given = _exactly(value, ("limit", "metric"))
    return {"limit": integer(given["limit"]), "metric": _choice(given["metric"], METRICS)}


def _decimal(value: Any) -> str:
    wrong = ValueFault(
        f"ε 须大于 0、不超过 {MAX_EPSILON}，至多六位小数",
        f"ε must be above 0 and at most {MAX_EPSILON}, with up to six decimals",
    )
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 32:
        raise wrong
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise wrong from None
    if not number.is_finite() or not 0 < number <= MAX_EPSILON or number * 10**6 % 1:
        raise wrong
    return format(number.normalize(), "f")


def epsilon(value: Any) -> dict[str, str]:
    """{"total": ε of the whole term, "per_answer": ε of one answer}, as decimal text."""
    given = _exactly(value, ("total", "per_answer"))
    read = {key: _decimal(given[key]) for key in ("total", "per_answer")}
    if Decimal(read["per_answer"]) > Decimal(read["total"]):
        raise ValueFault("每次的 ε 不得超过总量", "ε per answer must not exceed the total")
    return read


def millionths(value: str) -> int:
    """ε as a whole number of millionths."""
    return int(Decimal(value) * 10**6)


def agreed(value: Any) -> bool:
    """Only `true`."""
    if value is not True:
        raise ValueFault("只能为 true", "can only be true")
    return True


def items(value: Any, read: Callable[[Any], Any]) -> list[Any]:
    """A non-empty set of at most 1,000 values, sorted."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_LIST:
        raise ValueFault(
            f"须为 1 至 {MAX_LIST} 个值的列表", f"must be a list of 1 to {MAX_LIST:,} values"
        )
    found = {(type(one).__name__, one): one for one in map(read, value)}
    return [found[key] for key in sorted(found)]


def _cell(value: Any) -> str | int:
    if type(value) is int and abs(value) <= MAX_INTEGER:
        return value
    return text(value)


def rows(value: Any) -> dict[str, list[str | int]]:
    """{column: [allowed values]}; values are text or whole numbers."""
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_COLUMNS:
        raise ValueFault(
            f"须为 1 至 {MAX_COLUMNS} 列及其允许取值",
            f"must map 1 to {MAX_COLUMNS} columns to values",
        )
    read = {text(column): items(cells, _cell) for column, cells in value.items()}
    if len(read) != len(value):
        raise ValueFault("同一列出现两次", "a column stands twice")
    return {column: read[column] for column in sorted(read)}


SINGLE: Mapping[str, Callable[[Any], Any]] = {
    "codes": code,
    "parties": party,
    "names": text,
    "instant": instant,
    "integer": integer,
    "rate": rate,
    "volume": volume,
    "rows": rows,
    "epsilon": epsilon,
    "agreed": agreed,
    "fen": integer,
    "text": text,
    "duration": duration,
}


def normal(operand: Operand, operator: str, value: Any) -> Any:
    """The normal form of a clause's value. Raises `ValueFault` saying what would be right."""
    if operand.value == "transfer" and operator == "eq":
        return _choice(value, {ANYONE: None})
    if operand.value == "rows":
        return rows(value)
    if operand.value == "integer":
        return integer(value, operand.minimum)
    read = SINGLE.get(operand.value) or (lambda one: _choice(one, operand.terms))
    return items(value, read) if operator in LIST_OPERATORS else read(value)


def slot(operand: Operand, operator: str, value: Any) -> str:
    """The place a clause takes: two clauses in one place would contradict each other."""
    if operand.value == "instant":
        return operand.code + (".from" if operator in {"gt", "gteq"} else ".until")
    if operand.value in {"rate", "volume"}:
        return f"{operand.code}.{value['per' if operand.value == 'rate' else 'metric']}"
    return operand.code
