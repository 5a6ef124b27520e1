"""Asking a peer that may be slow, broken or lying: every answer is bounded in every way.

The address that was checked is the one that is connected to; each step of a redirect is
checked anew. Whatever goes wrong is a `PeerError` with a stable reason.
"""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx

from citybrain.domains.catalogue.exchange.foreign import is_link
from citybrain.domains.catalogue.logic.upstreams import is_never, is_public

NOT_MODIFIED = 304
REDIRECTS = (301, 302, 303, 307, 308)


class PeerError(Exception):
    """The peer cannot be harvested now. `reason` is stable; `detail` says more."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes and counts that one run may take."""

    silence: float = 20.0
    """Seconds between two pieces of an answer."""
    answer: float = 120.0
    """Seconds of one answer."""
    run: float = 1800.0
    """Seconds of all answers together."""
    answer_bytes: int = 50 * 1024 * 1024
    run_bytes: int = 500 * 1024 * 1024
    redirects: int = 3
    pages: int = 2000
    entries: int = 100_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a peer said an answer is known by."""

    etag: str = ""
    modified: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything to ask by."""
        return bool(self.etag or self.modified)

    def headers(self) -> dict[str, str]:
        """To be told when nothing has changed since."""
        given = {"if-none-match": self.etag, "if-modified-since": self.modified}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Got:
    """An answer: the address that gave it in the end, and what it is known by."""

    url: str
    body: bytes
    media_type: str
    known: Known
    unchanged: bool = False


def _said(headers: httpx.Headers) -> Known:
    """Only what can be sent back as a header, and is short enough to be kept."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    plain = [one if one.isascii() and one.isprintable() else "" for one in (etag, modified)]
    return Known(*(one if len(one) <= 200 else "" for one in plain))


@dataclass(slots=True)
class Fetcher:
    """Answers of one run, counted together."""

    private_network: bool
    limits: Limits = field(default_factory=Limits)
    started: float = field(default_factory=time.monotonic)
    read: int = 0
    beat: Callable[[], None] = lambda: None
    """Called after each answer, so that others see that the run goes on."""

    def get(self, url: str, accept: str, known: Known | None = None) -> Got:
        """What a peer answers. Raises `PeerError`.

        `known`: what it said of this address before; then it may answer that nothing changed.
        """
        for _ in range(self.limits.redirects + 1):
            status, headers, body = self._ask(url, accept, known or Known())
            self.beat()
            if status == NOT_MODIFIED and known:
                return Got(url, b"", "", known, unchanged=True)
            if status not in REDIRECTS:
                _check(status)
                media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
                return Got(url, body, media_type, _said(headers))
            url = self._next(url, headers.get("location", ""))
        raise PeerError("too-many-redirects")

    def _next(self, url: str, location: str) -> str:
        try:
            following = urljoin(url, location)
        except ValueError:
            raise PeerError("bad-redirect") from None
        downgraded = url.startswith("https:") and following.startswith("http:")
        if not location or not is_link(following) or downgraded:
            raise PeerError("bad-redirect", following[:200])
        return following

    def _ask(self, url: str, accept: str, known: Known) -> tuple[int, httpx.Headers, bytes]:
        return asyncio.run(self._in_time(url, accept, known))

    async def _in_time(
        self, url: str, accept: str, known: Known
    ) -> tuple[int, httpx.Headers, bytes]:
        """One deadline for name, connection, headers and body: a trickle cannot pass it."""
        left = self.started + self.limits.run - time.monotonic()
        try:
            async with asyncio.timeout(min(self.limits.answer, left)):
                return await self._send(url, accept, known)
        except (TimeoutError, httpx.TimeoutException):
            raise PeerError("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise PeerError("unreachable", type(error).__name__) from None

    async def _send(self, url: str, accept: str, known: Known) -> tuple[int, httpx.Headers, bytes]:
        request = await self._request(url, accept)
        request.headers.update(known.headers())
        timeout = httpx.Timeout(self.limits.silence)
        async with httpx.AsyncClient(trust_env=False, timeout=timeout) as client:
            response = await client.send(request, stream=True)
            try:
                return response.status_code, response.headers, await self._body(response)
            finally:
                await response.aclose()

    async def _request(self, url: str, accept: str) -> httpx.Request:
        """To the checked address itself, with the name for TLS and the Host header."""
        if not is_link(url):
            raise PeerError("bad-address", url[:200])
        name = urlsplit(url).hostname or ""
        address = await self._address(name, urlsplit(url).port or 443)
        target = httpx.URL(url)
        headers = {
            "host": target.netloc.decode("ascii"),
            "accept": accept,
            "accept-encoding": "identity",
            "user-agent": "CityBrain-Harvest",
        }
        extensions = {"sni_hostname": name, "timeout": httpx.Timeout(self.limits.silence).as_dict()}
        return httpx.Request(
            "GET", target.copy_with(host=address), headers=headers, extensions=extensions
        )

    async def _address(self, host: str, port: int) -> str:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise PeerError("unknown-host", host[:200]) from None
        addresses = [str(entry[4][0]) for entry in found]
        fine = [not is_never(one) and (self.private_network or is_public(one)) for one in addresses]
        if not addresses or not all(fine):
            raise PeerError("address-refused", host[:200])
        return addresses[0]

    async def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise PeerError("encoded", "compressed although not asked for")
        parts, size = [], 0
        async for chunk in response.aiter_raw():
            size += len(chunk)
            self.read += len(chunk)
            if size > self.limits.answer_bytes or self.read > self.limits.run_bytes:
                raise PeerError("too-large")
            parts.append(chunk)
        return b"".join(parts)


def _check(status: int) -> None:
    if status != 200:
        raise PeerError("status", str(status))
