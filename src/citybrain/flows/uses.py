"""A step's governed use: through the gateway's one door, with the agreement's token.

The door runs in this process on an event loop of its own, with a journal of its own, exactly
as in a served platform: the use is identified, decided, served, metered and sealed, or
refused with its reason.
"""

import asyncio
import atexit
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
import structlog
from cryptography.fernet import InvalidToken

from citybrain.flows import secret
from citybrain.flows.models import Binding
from citybrain.gateway.gateway import Gateway

log = structlog.get_logger(__name__)

TIMEOUT = 70.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Served:
    """The answer, or the reason of the refusal; `again` when a later try may succeed."""

    answer: Any = None
    refused: str = ""
    again: bool = False


class Door:
    """A gateway in this process, on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="flows-door", daemon=True)
        self._thread.start()
        self.gateway: Gateway = asyncio.run_coroutine_threadsafe(_start(), self.loop).result(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def call(self, ref: str, call: Mapping[str, Any], token: str) -> tuple[int, bytes]:
        """Status and body of one use."""
        work = _call(self.gateway, ref, call, token)
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(TIMEOUT)

    def close(self) -> None:
        """Commit what waits and give leases back."""
        asyncio.run_coroutine_threadsafe(self.gateway.stop(), self.loop).result(30)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)


async def _start() -> Gateway:
    gateway = Gateway(threads=2)
    await gateway.start()
    return gateway


_lock = threading.Lock()
_door: Door | None = None


def door() -> Door:
    """The door of this process, opened when it is first needed."""
    global _door
    with _lock:
        if _door is None:
            _door = Door()
            atexit.register(close)
        return _door


def close() -> None:
    """Close the door of this process; the next use opens another."""
    global _door
    with _lock:
        if _door is not None:
            _door.close()
            _door = None


async def _call(
    gateway: Gateway, ref: str, call: Mapping[str, Any], token: str
) -> tuple[int, bytes]:
    body, query = b"", ""
    if call["method"] == "POST":
        body = orjson.dumps(call["send"])
    else:
        query = urlencode({name: one for name, one in call["send"].items() if one is not None})
    headers = {"authorization": f"Bearer {token}", "content-length": str(len(body))}
    headers |= {"x-scenario": call["code"], "content-type": "application/json"}
    if call.get("consent"):
        headers["x-consent"] = str(call["consent"])
    path = f"/use/{ref}/{call['path']}".rstrip("/")
    scope = {
        "type": "http",
        "method": call["method"],
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await gateway.use((ref, call["path"]), call["request_id"], scope, receive, send)
    return told[0]["status"], b"".join(one.get("body", b"") for one in told[1:])


def use(call: Mapping[str, Any]) -> Served:
    """One use of what a step's `Pending` describes. Never raises: a failure is a refusal."""
    binding = (
        Binding.objects.filter(code=call["code"], name=call["resource"])
        .select_related("agreement__resource")
        .first()
    )
    if binding is None:
        return Served(refused="no-agreement")
    try:
        token = secret.decrypted(binding.token)
        status, body = door().call(binding.agreement.resource.ref, call, token)
        answer = orjson.loads(body) if body else None
    except (InvalidToken, orjson.JSONDecodeError, UnicodeEncodeError) as error:
        log.error("use could not be made", code=call["code"], error=repr(error))
        return Served(refused="unreadable")
    except Exception:
        log.exception("use could not be made", code=call["code"])
        return Served(refused="door-failed", again=True)
    if status < 300:
        return Served(answer)
    return Served(refused=_reason(answer), again=status in _AGAIN)


def _reason(problem: Any) -> str:
    """The stable last part of a problem's type."""
    found = str(problem.get("type", "")) if isinstance(problem, dict) else ""
    return found.rstrip("/").rpartition("/")[2].rpartition(":")[2] or "refused"
