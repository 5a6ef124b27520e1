"""Values as somebody may see them who need not know whose they are."""

import re
from typing import Any

from citybrain.domains.catalogue.quality import sensitive

HIDDEN = "***"
_DATE = re.compile(r"(\d{4})-\d{2}-\d{2}.*")


def masked(value: Any, kind: str = "") -> str:
    """A value of a protected column; `kind` is a code of `sensitive.DETECTORS` or empty."""
    if value is None:
        return ""
    text = str(value).strip()
    if not text:
        return ""
    hide = _WAYS.get(kind)
    if hide is None:
        kind = next((one.code for one in sensitive.DETECTORS if _is(one.code, text)), "")
        hide = _WAYS.get(kind, _any)
    return hide(text)


def _is(code: str, text: str) -> bool:
    return code != "uscc" and sensitive.holds(code, text)


def cleaned(value: Any) -> str:
    """A value of a column that is not protected: what is personal inside it is hidden still."""
    text = "" if value is None else str(value)
    if sensitive.holds("plate", text) or sensitive.holds("address", text):
        return masked(text)
    for code, part in sensitive.inside(text):
        text = text.replace(part, _WAYS[code](part))
    return text


def _ends(text: str, first: int, last: int) -> str:
    """The first and last characters, with four or more hidden between them."""
    if len(text) < first + last + 4:
        return _any(text)
    return f"{text[:first]}{'*' * (len(text) - first - last)}{text[-last:] if last else ''}"


def _identity(text: str) -> str:
    return _ends(text, 6, 4)


def _mobile(text: str) -> str:
    digits = re.sub(r"[ -]", "", text)
    return _ends(digits[-11:], 3, 4)


def _landline(text: str) -> str:
    return f"{text[: max(0, len(text) - 8)]}****{text[-2:]}" if len(text) > 9 else HIDDEN


def _plate(text: str) -> str:
    return f"{text[:2]}***{text[-2:]}"


def _address(text: str) -> str:
    return f"{text[:6]}****" if len(text) > 8 else HIDDEN


def _name(text: str) -> str:
    return f"{text[0]}{'*' * (len(text) - 1)}" if len(text) > 1 else "*"


def _email(text: str) -> str:
    head, _, host = text.partition("@")
    return f"{head[:1]}***@{host}"


def _any(text: str) -> str:
    found = _DATE.fullmatch(text)
    if found:
        return f"{found[1]}-**-**"
    return f"{text[0]}{HIDDEN}" if len(text) > 3 else HIDDEN


_WAYS = {
    "identity": _identity,
    "mobile": _mobile,
    "landline": _landline,
    "bank_card": _identity,
    "plate": _plate,
    "address": _address,
    "name": _name,
    "email": _email,
    "uscc": lambda text: _ends(text, 4, 4),
}
