"""What no client may send anywhere: checked once, centrally, before any route sees it.

PostgreSQL keeps no NUL character and no lone surrogate, JSON numbers beyond 64 bits
lose digits, and deep nesting exhausts the stack of whoever walks it next.
"""

import math
from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpRequest
from ninja.parser import Parser

from citybrain.surfaces.api.problems import MalformedError, RefusalError, unreadable

DEEPEST = 32
LARGEST = 2**63 - 1


def check_text(text: str) -> None:
    """Raise `MalformedError` for text that no database keeps."""
    if "\x00" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise MalformedError(
            "bad-characters",
            "内容含有空字符或无效的Unicode字符。",
            "The content holds a NUL character or invalid Unicode.",
        )


def check_address(request: HttpRequest) -> None:
    """Check path and query string."""
    check_text(request.path)
    for name, values in request.GET.lists():
        check_text(name)
        for value in values:
            check_text(value)


def check_value(value: Any, depth: int = 0) -> None:
    """Check parsed JSON, however deep it is."""
    if depth > DEEPEST:
        raise MalformedError(
            "too-deep", f"JSON嵌套超过{DEEPEST}层。", f"The JSON is nested deeper than {DEEPEST}."
        )
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _check_number(value)
    else:
        for part in _parts(value):
            check_value(part, depth + 1)


def _check_number(value: int | float) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise MalformedError("bad-number", "数字超出范围。", "A number is out of range.")


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list):
        yield from value


class StrictParser(Parser):
    """JSON only, in UTF-8, with the checks of this module.

    Asking for the JSON content type also keeps plain HTML forms of other sites out.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as a JSON value."""
        if request.content_type != "application/json":
            raise RefusalError(
                415,
                "not-json",
                "请以 Content-Type: application/json 发送正文。",
                "Send the body with Content-Type: application/json.",
            )
        try:
            value = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            raise unreadable() from None
        check_value(value)
        return value
