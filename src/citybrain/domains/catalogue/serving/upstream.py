"""The kind `api`: a call of an upstream HTTP service, with its limits and its own errors."""

import asyncio
import time
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson
from pydantic import BaseModel

from citybrain.domains.catalogue.logic import watermark
from citybrain.domains.catalogue.logic.breaker import Breaker
from citybrain.domains.catalogue.logic.errors import bad, refuse, refuse_unsupported, source
from citybrain.domains.catalogue.logic.upstreams import ApiMetadata, is_allowed, plain_path
from citybrain.domains.catalogue.serving.addresses import resolve
from citybrain.domains.catalogue.serving.credentials import header_for
from citybrain.domains.catalogue.serving.render import dumps, marked
from citybrain.kernel.kinds import Answer, Call, ServedResource, ServeError, UseContext

PASSED_ON = {"accept", "accept-language", "content-type", "if-none-match", "if-modified-since"}
"""Request headers that reach the upstream; never the caller's Authorization or cookies."""
PASSED_BACK = ("content-language", "content-encoding", "etag", "last-modified", "retry-after")
CONNECTIONS, KEPT = 20, 200

_clients: weakref.WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[str, int], httpx.AsyncClient]
] = weakref.WeakKeyDictionary()
_breakers: dict[tuple[str, int], Breaker] = {}


def output_of(call: Call) -> str:
    """Always "json": the form of an answer is the upstream's own."""
    return "json"


async def serve(context: UseContext, call: Call) -> Answer:
    """One call of the upstream. Its 5xx, 401, 403 and redirects become a 502 that names them."""
    metadata = _metadata(context.resource.metadata)
    refuse_unsupported(
        context.delivery,
        "上游接口",
        "an upstream service",
        *("fields", "rows", "min_cohort", "epsilon", "aggregate_only"),
    )
    text = context.delivery.watermark
    if text and not metadata.json_object:
        raise refuse(
            "watermark",
            "watermark-not-possible",
            "协议要求水印，而此接口的返回不是 JSON 对象，无法携带水印，故不提供。",
            "The agreement demands a watermark, but the answers are no JSON objects to carry it.",
        )
    request = _request(metadata, call)
    status, headers, body = await _guarded(context.resource, metadata, request)
    if text and status not in {204, 304} and call.method != "HEAD":
        body = _with_watermark(body, text)
    return _answer(status, headers, body, text)


def _metadata(metadata: BaseModel) -> ApiMetadata:
    if not isinstance(metadata, ApiMetadata):
        raise TypeError("not the metadata of an api")
    return metadata


def _request(metadata: ApiMetadata, call: Call) -> httpx.Request:
    if call.method not in metadata.methods:
        allowed = ", ".join(metadata.methods)
        raise bad("method", f"此接口只支持 {allowed}。", f"Only {allowed} is served.", 405)
    path = plain_path(call.path)
    if path is None or not is_allowed(metadata, path):
        raise bad("unknown-path", "此接口未登记该路径。", "The path is not registered.", 404)
    url = metadata.base_url + quote(path.rstrip("/") or "", safe="/~")
    headers = {name: call.headers[name] for name in PASSED_ON if name in call.headers}
    headers |= {"accept-encoding": "identity", "user-agent": "CityBrain"}
    try:
        query = urlencode(call.query, doseq=True)
        return httpx.Request(
            call.method, url + (f"?{query}" if query else ""), headers=headers, content=call.body
        )
    except (ValueError, httpx.InvalidURL):
        raise bad("malformed-call", "参数无法转发。", "The query cannot be passed on.") from None


async def _guarded(
    resource: ServedResource, metadata: ApiMetadata, request: httpx.Request
) -> tuple[int, httpx.Headers, bytes]:
    """The call behind the circuit breaker, with one deadline for all of it."""
    if metadata.credential:
        name, value = header_for(metadata.credential, metadata.host)
        request.headers[name] = value
    breaker = _breaker(resource, metadata)
    if not breaker.may_pass(time.monotonic()):
        raise source(
            "upstream-open-circuit",
            "上游多次失败，已暂停调用；请稍后再试。",
            "The upstream failed repeatedly and is left alone for a while; try again later.",
            503,
        )
    try:
        answer = await _in_time(metadata, request)
    except ServeError as error:
        # Neither a caller's mistake nor an answer that is too large shows a sick upstream.
        is_well = error.status < 500 or error.reason == "upstream-too-large"
        breaker.succeeded() if is_well else breaker.failed(time.monotonic())
        raise
    breaker.failed(time.monotonic()) if answer[0] >= 500 else breaker.succeeded()
    _check_status(answer[0])
    return answer


async def _in_time(
    metadata: ApiMetadata, request: httpx.Request
) -> tuple[int, httpx.Headers, bytes]:
    try:
        async with asyncio.timeout(metadata.timeout_seconds):
            return await _send(metadata, request)
    except TimeoutError:
        raise _timeout(metadata) from None
    except httpx.LocalProtocolError:
        raise bad("malformed-call", "请求头无法转发。", "A header cannot be passed on.") from None
    except httpx.HTTPError as error:
        raise _unreachable(error) from None


def _breaker(resource: ServedResource, metadata: ApiMetadata) -> Breaker:
    key = (resource.ref, resource.version)
    if key not in _breakers:
        while len(_breakers) >= KEPT:
            _breakers.pop(next(iter(_breakers)))
        _breakers[key] = Breaker(metadata.failures_to_open, metadata.open_seconds)
    return _breakers[key]


async def _send(metadata: ApiMetadata, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
    address = await resolve(metadata)
    # Host and TLS name stay the upstream's own while the checked address is connected to.
    request.url = request.url.copy_with(host=address)
    request.extensions["sni_hostname"] = metadata.host
    response = await _client(metadata).send(request, stream=True)
    try:
        return response.status_code, response.headers, await _bounded(metadata, response)
    finally:
        await response.aclose()


async def _bounded(metadata: ApiMetadata, response: httpx.Response) -> bytes:
    parts, size = [], 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > metadata.max_bytes:
            raise source(
                "upstream-too-large",
                f"上游返回超过 {metadata.max_bytes} 字节；请缩小请求范围。",
                f"The upstream's answer exceeds {metadata.max_bytes} bytes; ask for less.",
            )
        parts.append(chunk)
    return b"".join(parts)


def _client(metadata: ApiMetadata) -> httpx.AsyncClient:
    """One pool for each event loop and upstream: connections carry the upstream's TLS name."""
    pools = _clients.setdefault(asyncio.get_running_loop(), {})
    key = (metadata.host, metadata.port)
    if key not in pools:
        pools[key] = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=None,  # noqa: S113 - asyncio.timeout bounds the whole call
            limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=15),
        )
    return pools[key]


def _check_status(status: int) -> None:
    if status in {401, 403, 407} or status >= 500 or (300 <= status < 400 and status != 304):
        raise source(
            "upstream-error",
            f"上游返回错误状态 {status}；请稍后再试或联系提供方。",
            f"The upstream answered with status {status}; try again later or tell the owner.",
        )


def _timeout(metadata: ApiMetadata) -> ServeError:
    return source(
        "upstream-timeout",
        f"上游在 {metadata.timeout_seconds:g} 秒内没有完成响应。",
        f"The upstream did not answer within {metadata.timeout_seconds:g} seconds.",
        504,
    )


def _unreachable(error: httpx.HTTPError) -> ServeError:
    if isinstance(error, httpx.ConnectError):
        return source(
            "upstream-unreachable", "无法连接上游。", "The upstream cannot be connected to."
        )
    return source(
        "upstream-broken",
        "上游的响应不完整或不符合 HTTP。",
        "The upstream's answer broke off or is not HTTP.",
    )


def _with_watermark(body: bytes, text: str) -> bytes:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise source(
            "upstream-not-json",
            "上游没有按登记返回 JSON 对象，无法加水印。",
            "The upstream did not answer with a JSON object as registered.",
        )
    return dumps(marked(value, text))


def _answer(status: int, headers: httpx.Headers, body: bytes, text: str | None) -> Answer:
    kept = {name: headers[name] for name in PASSED_BACK if name in headers}
    kept |= {"X-Upstream-Status": str(status)} | watermark.headers(text)
    content_type = headers.get("content-type", "application/octet-stream")
    return Answer(body, content_type, status, kept, units=1, size=len(body))


def probe(metadata: BaseModel, root: Path) -> dict[str, Any]:
    """Whether host and credential may be used; the upstream itself is not called."""
    found = _metadata(metadata)
    if found.credential:
        header_for(found.credential, found.host)
    return {"host": found.host, "paths": list(found.paths), "methods": list(found.methods)}
