"""Reading a call from ASGI and writing its answer: limits, headers, nothing of agreements."""

import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from citybrain.gateway.refusals import known

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_URI = 8192
MOST_FIELDS = 1000
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_VISIBLE = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_NO_QUERY: dict[str, list[str]] = {}


class Disconnected(Exception):  # noqa: N818 - says what happened
    """The caller went away before the call was complete."""


class Reply(NamedTuple):
    """What leaves when it is bytes."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


def headers_of(scope: Scope) -> dict[str, str]:
    """Lower-case name → value; of a repeated header the last one."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def request_id_of(given: str | None) -> str:
    """The caller's request id when it has a harmless form, a new one otherwise."""
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return os.urandom(16).hex()


def word(headers: dict[str, str], name: str, longest: int) -> str:
    """A header that holds one word, "" when it is absent. Raises `Refusal` for more."""
    value = headers.get(name)
    if value is None:
        return ""
    if len(value) > longest or not _VISIBLE.fullmatch(value):
        raise known("bad-header")
    return value


def query_of(scope: Scope) -> dict[str, list[str]]:
    """The query's fields. Raises `Refusal`."""
    raw: bytes = scope["query_string"]
    if len(raw) + len(scope["path"]) > MOST_URI:
        raise known("uri-too-long")
    if not raw:
        return _NO_QUERY
    try:
        return parse_qs(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise known("bad-query") from None


async def body_of(headers: dict[str, str], method: str, receive: Receive, most: int) -> bytes:
    """The whole body. Raises `Refusal`, or `Disconnected`."""
    length = headers.get("content-length")
    if length is None and "transfer-encoding" not in headers:
        if method == "POST":
            raise known("length-required")
        return b""
    if length is not None and length.isascii() and length.isdecimal() and int(length) > most:
        raise known("body-too-large", connection="close")
    message = await receive()
    if not message.get("more_body") and message["type"] == "http.request":
        return _limited(message.get("body", b""), most)
    return await _rest_of_body(message, receive, most)


async def _rest_of_body(message: MutableMapping[str, Any], receive: Receive, most: int) -> bytes:
    parts, size = [], 0
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise known("body-too-large", connection="close")
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    raise Disconnected


def _limited(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise known("body-too-large", connection="close")
    return body


def speaks_english(headers: dict[str, str]) -> bool:
    """True when English is preferred to Chinese; Chinese when nothing is said."""
    accepted = headers.get("accept-language")
    if not accepted:
        return False
    ranked: dict[str, float] = {}
    for part in accepted.lower().split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.setdefault(tag.split("-")[0], float(weight or 1))
        except ValueError:
            continue
    return ranked.get("en", 0.0) > ranked.get("zh", 0.0)


def header_bytes(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """ASGI's form. Characters that would end a header line are dropped, others replaced."""
    return [
        (name.lower().encode("latin-1", "replace"), _one_line(value).encode("latin-1", "replace"))
        for name, value in headers.items()
    ]


def _one_line(value: str) -> str:
    return "".join(c for c in value if c >= " " or c == "\t") if not value.isprintable() else value


async def send_reply(send: Send, reply: Reply, head: bool = False) -> None:
    """Send it whole; without the body to a HEAD."""
    length = (b"content-length", str(len(reply.body)).encode())
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [*reply.headers, length],
        }
    )
    await send({"type": "http.response.body", "body": b"" if head else reply.body})
