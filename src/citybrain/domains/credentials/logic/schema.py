"""The claims of a licence type: how they are described, and whether given ones fit.

A claim is `{"name", "zh", "en", "type", "required", "hidden"}`; `hidden` ones are shown only
when the holder chooses to.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from citybrain.engines.sdjwt.disclosures import RESERVED
from citybrain.kernel.errors import Invalid

SORTS = ("text", "date", "number", "yes-no")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
OWN = frozenset({"licence_identifier", "holder_name", "holder_number"})
"""Claims that every licence has and no type describes."""
REGISTERED = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "status", "nonce"}
)
MOST_CLAIMS, LONGEST = 40, 500
Words = tuple[str, str]


def checked_schema(claims: Any) -> list[dict[str, Any]]:
    """The claims in their one form. Raises `Invalid`."""
    if not isinstance(claims, list) or len(claims) > MOST_CLAIMS:
        raise _bad_schema("照面信息须为列表，最多40项。", "Claims are a list of at most 40.")
    made = [_claim(one) for one in claims]
    if len({one["name"] for one in made}) != len(made):
        raise _bad_schema("照面信息名称重复。", "Two claims have the same name.")
    return made


def _claim(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not {"name", "zh", "en"} <= given.keys():
        raise _bad_schema("每项须有名称和中英文标题。", "A claim has a name and two titles.")
    name, sort = given["name"], given.get("type", "text")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _bad_schema("名称须为小写字母、数字和下划线。", "A name is of a–z, 0–9 and _.")
    if name in OWN | REGISTERED | RESERVED:
        raise _bad_schema(f"名称{name}为保留名称。", f"The name {name} is reserved.")
    if sort not in SORTS:
        raise _bad_schema(f"{name}的类型未知。", f"The type of {name} is unknown.")
    titles = {language: str(given[language]).strip()[:60] for language in ("zh", "en")}
    if not all(titles.values()):
        raise _bad_schema(f"{name}缺少标题。", f"{name} lacks a title.")
    marks = {mark: bool(given.get(mark, True)) for mark in ("required", "hidden")}
    return {"name": name, **titles, "type": sort, **marks}


def _bad_schema(zh: str, en: str) -> Invalid:
    return Invalid("bad-claims", zh, en, {"claims": (zh, en)})


def checked_claims(schema: Sequence[Mapping[str, Any]], given: Any) -> dict[str, Any]:
    """The values of a licence. Raises `Invalid`, naming each faulty claim."""
    if not isinstance(given, dict):
        raise Invalid("bad-claims", "照面信息须为对象。", "The claims are an object.")
    made: dict[str, Any] = {}
    unknown = given.keys() - {one["name"] for one in schema}
    fault = ("该证照类型没有此项。", "This type has no such claim.")
    faults: dict[str, Words] = dict.fromkeys(map(str, unknown), fault)
    for one in schema:
        try:
            value = _value(one, given.get(one["name"]))
        except ValueError as error:
            faults[one["name"]] = error.args[0]
        else:
            if value is not None:
                made[one["name"]] = value
    if faults:
        told = "、".join(sorted(faults))
        raise Invalid("bad-claims", f"请更正：{told}。", f"Correct: {told}.", faults)
    return made


def _value(one: Mapping[str, Any], value: Any) -> Any:
    text = str(value).strip() if isinstance(value, str | int | float | bool) else ""
    if not text:
        if one["required"] or value not in (None, ""):
            raise ValueError(("必填。", "It is needed."))
        return None
    if len(text) > LONGEST:
        raise ValueError((f"不得超过{LONGEST}字。", f"At most {LONGEST} characters."))
    read = {"date": _date, "number": _number, "yes-no": _yes_no}.get(one["type"])
    return read(text) if read else text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(("日期格式为2026-01-31。", "A date reads 2026-01-31.")) from None


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,15}", text):
        raise ValueError(("须为整数。", "A whole number is needed."))
    return int(text)


def _yes_no(text: str) -> bool:
    if text.lower() not in ("是", "否", "true", "false", "yes", "no"):
        raise ValueError(("填写是或否。", "Write yes or no."))
    return text.lower() in ("是", "true", "yes")
