"""Values in words: dates in Beijing time, money in yuan, terms by their names."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from citybrain.kernel.policy.profile import LIST_OPERATORS, Operand
from citybrain.kernel.policy.values import ANYONE, DURATION, METRICS, PERIODS

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS: Mapping[str, tuple[str, str]] = {
    "H": ("小时", "hour"),
    "D": ("日", "day"),
    "M": ("个月", "month"),
    "Y": ("年", "year"),
}
MONTHS = "January February March April May June July August September October November December"


def _zh(lang: str) -> bool:
    return not lang.startswith("en")


def instant_text(value: str, lang: str) -> str:
    """`2026-11-23T12:11:00Z` → 2026年11月23日20时11分 (北京时间)."""
    local = datetime.fromisoformat(value).astimezone(SHANGHAI)
    if _zh(lang):
        seconds = f"{local.second:02d}秒" if local.second else ""
        day = f"{local.year}年{local.month}月{local.day}日"
        return f"{day}{local.hour}时{local.minute:02d}分{seconds}（北京时间）"
    month = MONTHS.split()[local.month - 1]
    return f"{local.day} {month} {local.year} {local:%H:%M:%S} (Beijing time)"


def fen_text(fen: int, lang: str) -> str:
    """5000 → 50.00 元 / CNY 50.00."""
    amount = f"{fen // 100:,}.{fen % 100:02d}"
    return f"{amount} 元" if _zh(lang) else f"CNY {amount}"


def duration_text(value: str, lang: str) -> str:
    """P30D → 30日 / 30 days. Raises `ValueError` for what is no duration of the profile."""
    found = DURATION.fullmatch(value)
    if found is None:
        raise ValueError(f"no duration of the profile: {value!r}")
    number, unit = int(found[1] or found[3]), UNITS[found[2] or found[4]]
    if _zh(lang):
        return f"{number} {unit[0]}"
    return f"{number} {unit[1]}{'s' if number > 1 else ''}"


def rate_text(value: Mapping[str, Any], lang: str) -> str:
    """{"limit": 60, "per": "PT1M"} → 每分钟不超过 60 次."""
    period = PERIODS[value["per"]]
    if _zh(lang):
        return f"{period[0]}不超过 {value['limit']:,} 次"
    return f"At most {_uses(value['limit'])} per {period[1]}"


def _uses(number: int) -> str:
    return f"{number:,} use{'s' if number > 1 else ''}"


def volume_text(value: Mapping[str, Any], lang: str) -> str:
    """{"limit": 1000, "metric": "rows"} → 1,000 行."""
    return f"{value['limit']:,} {METRICS[value['metric']][0 if _zh(lang) else 1]}"


def rows_text(value: Mapping[str, list[Any]], lang: str) -> str:
    """{"district": ["370202"]} → district 为 370202."""
    comma, verb, joint = ("、", " 为 ", "，且 ") if _zh(lang) else (", ", " in ", " and ")
    return joint.join(
        f"{column}{verb}{comma.join(map(str, cells))}" for column, cells in value.items()
    )


def epsilon_text(value: Mapping[str, str], lang: str) -> str:
    """{"total": "1", "per_answer": "0.1"} in words."""
    if _zh(lang):
        return f"每次回答的 ε 为 {value['per_answer']}，协议期内总量不超过 {value['total']}"
    return f"with ε of {value['per_answer']} per answer and at most {value['total']} in all"


def term_text(operand: Operand, code: str, lang: str) -> str:
    """A term's name; the code itself for operands without a vocabulary."""
    if code == ANYONE and operand.value == "transfer":
        return "任何主体" if _zh(lang) else "anyone"
    term = operand.terms.get(code)
    if term is None:
        return code
    return term.zh if _zh(lang) else term.en


BY_TYPE: Mapping[str, Callable[[Any, str], str]] = {
    "instant": instant_text,
    "rate": rate_text,
    "volume": volume_text,
    "rows": rows_text,
    "epsilon": epsilon_text,
    "fen": fen_text,
    "duration": duration_text,
    "integer": lambda value, lang: f"{value:,}",
    "agreed": lambda value, lang: "是" if _zh(lang) else "yes",
}


def value_text(operand: Operand, operator: str, value: Any, lang: str) -> str:
    """A clause's value in words. `lang` is "zh…" or "en…"."""
    if operand.value in BY_TYPE:
        return BY_TYPE[operand.value](value, lang)
    if operator in LIST_OPERATORS:
        comma = "、" if _zh(lang) else ", "
        return comma.join(term_text(operand, one, lang) for one in value)
    return term_text(operand, value, lang)
