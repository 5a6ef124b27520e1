"""The native door for readings: `POST /ingest/v1/columns` and `/ingest/v1/readings`.

token → limits → read → look through → the store's journal → answer. The answer leaves only
when every reading is on disk, in the store or aside. Where another process of this
installation holds the store, readings are handed to it.
"""

import asyncio
import contextlib
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import structlog

from citybrain.domains.sensing import formats, stores
from citybrain.domains.sensing.intake import Intake, Outcome, columns
from citybrain.domains.sensing.refusals import refusal
from citybrain.domains.sensing.registry import Device
from citybrain.engines.facts import (
    BadReadings,
    Facts,
    JournalDamaged,
    Relay,
    StoreBusy,
    StoreDamaged,
    StoreFailed,
    StoreLags,
)
from citybrain.gateway import http
from citybrain.gateway.gateway import Gateway
from citybrain.gateway.refusals import Refusal

log = structlog.get_logger(__name__)

PATHS = ("/ingest/v1/columns", "/ingest/v1/readings")
MOST_BODY = 64 * 1024 * 1024
MOST_IN_FLIGHT = 256 * 1024 * 1024
"""Bytes of bodies that are held at once."""
LOOK_SECONDS = 1.0
_INLINE = 16_384
"""Bodies below this size are read in the event loop: a thread would cost more."""


class Door:
    """Serves the way in. For one event loop."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.intake = Intake()
        self.facts: Facts | None = None
        self._pool = ThreadPoolExecutor(2, "ingest")
        self._relays = threading.local()
        self._held = 0
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the store, or find that another process has it; learn the streams."""
        await self._open()
        await self.gateway.threads.run(self.intake.refresh, self.facts)
        self._looking = asyncio.create_task(self._look())
        self._watch()

    def _watch(self) -> None:
        """Figures for /metrics: of the process that has the store, 0 in others."""
        watch = self.gateway.metrics.watch
        watch(
            "citybrain_readings_accepted",
            "Readings that were ever acknowledged",
            lambda: self.facts.accepted if self.facts else 0,
        )
        watch(
            "citybrain_readings_in_memory",
            "Acknowledged readings that are not in segments yet",
            lambda: self.facts.state.hot.count if self.facts else 0,
        )
        watch(
            "citybrain_readings_waiting",
            "Readings that wait for the disk",
            lambda: self.facts.waiting if self.facts else 0,
        )

    async def stop(self) -> None:
        """Commit what waits and let go of the store."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
        loop = asyncio.get_running_loop()
        self._pool.shutdown(wait=False)
        await loop.run_in_executor(None, stores.close_writer)

    async def _open(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            self.facts = await loop.run_in_executor(None, stores.open_writer)
            # The store must hear of every stream, whatever was known here before.
            self.intake.registry.forget()
        except StoreBusy:
            self.facts = None
        except (StoreDamaged, JournalDamaged) as error:
            # The rest of the platform goes on; whoever sends readings is told to wait.
            log.error("the store of readings is damaged", reason=str(error))
            self.facts = None

    async def _look(self) -> None:
        """Again and again: new streams and tokens, and the store when its writer is gone."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.facts is None:
                    await self._open()
                await self.gateway.threads.run(self.intake.refresh, self.facts)
            except Exception:
                log.exception("streams could not be looked for")

    async def __call__(
        self, request_id: str, scope: http.Scope, receive: http.Receive, send: http.Send
    ) -> None:
        """One batch."""
        headers = http.headers_of(scope)
        try:
            outcome = await self._take(headers, scope["method"], receive)
        except http.Disconnected:
            return
        except Refusal as refused:
            await _refuse(refused, headers, request_id, send)
            return
        body = orjson.dumps(outcome)
        reply = http.Reply(200, body, _headers(request_id, b"application/json"))
        await http.send_reply(send, reply)

    async def _take(self, headers: dict[str, str], method: str, receive: http.Receive) -> Outcome:
        if method != "POST":
            raise refusal("method-not-allowed", allow="POST")
        device = await self._device(headers)
        size = self._announced(headers)
        if self.facts is not None and self.facts.failure:
            raise refusal("store-failed", retry_after="30")
        if self._held + size > MOST_IN_FLIGHT or self._lags():
            raise refusal("lagging", retry_after="1", connection="close")
        self._held += size
        try:
            body = await http.body_of(headers, method, receive, MOST_BODY)
            return await self._accept(headers.get("content-type", formats.JSON), body, device)
        except BadReadings as error:
            raise refusal("bad-batch", detail=str(error)) from None
        except StoreLags:
            raise refusal("lagging", retry_after="1") from None
        except (StoreFailed, StoreBusy, StoreDamaged, JournalDamaged, OSError) as error:
            log.warning("readings could not be kept", reason=str(error))
            raise refusal("store-failed", retry_after="5") from None
        finally:
            self._held -= size

    async def _device(self, headers: dict[str, str]) -> Device:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refusal("token-missing", www_authenticate="Bearer")
        digest = hashlib.sha256(token.strip().encode("latin-1")).hexdigest()
        registry = self.intake.registry
        if digest not in registry.devices and registry.is_stale():
            await self.gateway.threads.run(self.intake.refresh, self.facts)
        if digest not in registry.devices:
            raise refusal("token-unknown", www_authenticate="Bearer")
        return registry.devices[digest]

    def _announced(self, headers: dict[str, str]) -> int:
        """How many bytes will come; what is too large is refused before it is read."""
        length = headers.get("content-length", "")
        if not length.isascii() or not length.isdecimal():
            return MOST_BODY
        if int(length) > MOST_BODY:
            raise refusal("body-too-large", connection="close")
        return int(length)

    def _lags(self) -> bool:
        facts = self.facts
        return facts is not None and facts.waiting > facts.options.most_waiting

    async def _accept(self, media_type: str, body: bytes, device: Device) -> Outcome:
        facts = self.facts
        if facts is None:
            run = self.gateway.threads.run
            handed: Outcome = await run(self._hand_over, media_type, body, device)
            return handed
        if len(body) < _INLINE:
            incoming = columns(self.intake.registry, formats.read(media_type, body))
        else:
            incoming = await self._in_thread(self._read, media_type, body)
        if self.intake.has_unknown(incoming) and self.intake.registry.is_stale():
            await self.gateway.threads.run(self.intake.refresh, facts)
            incoming = self.intake.named_again(incoming)
        if incoming.rows.size < _INLINE // 16:
            sifted = self.intake.sift(incoming, device.sender, facts.snapshot)
        else:
            sifted = await self._in_thread(
                self.intake.sift, incoming, device.sender, facts.snapshot
            )
        run = self.gateway.threads.run
        return await self.intake.accept(facts, sifted, device.sender, device.source, run)

    def _read(self, media_type: str, body: bytes) -> Any:
        return columns(self.intake.registry, formats.read(media_type, body))

    def _hand_over(self, media_type: str, body: bytes, device: Device) -> Outcome:
        """Give a batch to the process that writes; in a thread with a database."""
        incoming = self._read(media_type, body)
        relay: Relay | None = getattr(self._relays, "one", None)
        if relay is None:
            relay = self._relays.one = Relay(stores.root())
        try:
            return self.intake.accept_blocking(relay, incoming, device.sender, device.source)
        except (OSError, StoreBusy):
            # The next batch finds the writer that there is then.
            self._relays.one = None
            relay.close()
            raise

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)


def _headers(request_id: str, content_type: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", content_type),
        (b"x-request-id", request_id.encode()),
        (b"cache-control", b"no-store"),
    ]


async def _refuse(
    refused: Refusal, headers: dict[str, str], request_id: str, send: http.Send
) -> None:
    english = http.speaks_english(headers)
    more = [*_headers(request_id, b"application/problem+json"), (b"vary", b"accept-language")]
    more += http.header_bytes(refused.headers)
    await http.send_reply(send, http.Reply(refused.status, refused.body(english, request_id), more))
