"""A gateway: its journal, its grants and quotas, and what goes on in the background."""

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

import orjson
import structlog
from django.conf import settings

from citybrain.gateway import http, leases
from citybrain.gateway.changes import changes_since, oldest_windows
from citybrain.gateway.database import Threads
from citybrain.gateway.door import Door
from citybrain.gateway.grants import about_agreement, consenting_subject, load_grant
from citybrain.gateway.journals import Journal, open_journal, reckon_the_dead, records_after
from citybrain.gateway.metrics import Metrics
from citybrain.gateway.quotas import Quotas
from citybrain.gateway.refusals import Refusal, known
from citybrain.gateway.table import GrantTable
from citybrain.gateway.visit import Visit
from citybrain.kernel.policy import Quota, window_key

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
SWEEP_SECONDS = 5.0
CLEAN_SECONDS = 600.0
Address = tuple[str, str]


class Gateway:
    """What one worker process runs. For one event loop; `threads` use the database."""

    def __init__(self, root: Path | None = None, threads: int = 4) -> None:
        self.root = root or settings.CITYBRAIN.data_dir / "journal"
        self.threads = Threads(threads, "gateway")
        # The poll has a thread of its own, so that a crowd of new tokens cannot delay it.
        self.watcher = Threads(1, "gateway-watch") if threads > 1 else self.threads
        self.table = GrantTable(lambda digest: self.threads.run(load_grant, digest))
        self.journal: Journal
        self.quotas: Quotas
        self.door: Door
        self.metrics: Metrics
        self._epoch = 0
        self._polling: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def start(self) -> None:
        """Claim a journal, return what its last owner had leased, begin to watch."""
        self.journal = await self.watcher.run(
            open_journal, settings.CITYBRAIN.journal, Path(self.root)
        )
        journal = self.journal
        await self.watcher.run(leases.reckon, journal.id, self._records)
        await self.watcher.run(reckon_the_dead, journal.id, Path(self.root))
        self.quotas = Quotas(journal.id, self._records, journal.sequence, self.threads.run)
        self.metrics = self._metrics()
        self.door = Door(
            self.table,
            self.quotas,
            journal,
            self.metrics,
            lambda ref, agreement: self.threads.run(consenting_subject, ref, agreement),
            settings.CITYBRAIN.max_body_bytes,
        )
        await self._look_for_changes()
        self._polling = asyncio.create_task(self._poll())
        self._tick()

    def _tick(self) -> None:
        if not self._stop.is_set():
            self.door.give_up(time.perf_counter())
            asyncio.get_running_loop().call_later(POLL_SECONDS, self._tick)

    def _records(self, after: int) -> leases.Records:
        return records_after(self.journal, after)

    def _metrics(self) -> Metrics:
        metrics = Metrics(self.journal.id[:12])
        metrics.watch("citybrain_grants", "Agreements' tokens in memory", lambda: len(self.table))
        metrics.watch(
            "citybrain_quota_refills",
            "Blocks of quota leased since the start",
            lambda: self.quotas.refills,
        )
        return metrics

    async def stop(self) -> None:
        """Refuse new calls, commit what waits, give leases back, let go of the journal."""
        self._stop.set()
        self.door.stopping = True
        if self._polling is not None:
            await self._polling
        await asyncio.get_running_loop().run_in_executor(None, self.journal.close)
        try:
            await self.quotas.close(exact=self.journal.failure is None)
        except Exception:
            # They are reckoned from the journal at the next start.
            log.exception("leases were not given back")
        self.threads.close()
        if self.watcher is not self.threads:
            self.watcher.close()

    async def _poll(self) -> None:
        sweep = clean = time.monotonic()
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), POLL_SECONDS)
                return
            try:
                await self._look_for_changes()
                keys = self.quotas.held()
                asked = await self.watcher.run(leases.wanted, keys) if keys else []
                await self.quotas.give_back(asked, time.time())
                if time.monotonic() - sweep > SWEEP_SECONDS:
                    sweep = time.monotonic()
                    await self.watcher.run(reckon_the_dead, self.journal.id, Path(self.root))
                if time.monotonic() - clean > CLEAN_SECONDS:
                    clean = time.monotonic()
                    await self.watcher.run(leases.drop_windows, oldest_windows(time.time()))
            except Exception:
                log.exception("the gateway could not look for changes")

    async def _look_for_changes(self) -> None:
        changes = await self.watcher.run(changes_since, self._epoch)
        if changes.epoch < self._epoch:
            self.table.forget_all()
        elif changes.epoch > self._epoch:
            self.table.forget(changes.agreements, changes.resources)
        self._epoch = changes.epoch
        self.table.confirm()

    async def use(
        self, address: Address, request_id: str, scope: http.Scope, receive: Any, send: Any
    ) -> None:
        """`/use/{ref}[/rest]`; `address` is (ref, rest)."""
        visit = Visit(
            scope, scope["method"], address[0], address[1], http.headers_of(scope), request_id
        )
        structlog.contextvars.bind_contextvars(request_id=request_id)
        if address[1] == "agreement":
            await self._tell(visit, send)
        else:
            await self.door.use(visit, receive, send)

    async def _tell(self, visit: Visit, send: http.Send) -> None:
        """`/use/{ref}/agreement`: not a use, so it is neither metered nor journaled."""
        try:
            grant = await self.door.identify(visit)
            if visit.method not in ("GET", "HEAD"):
                raise known("method-not-allowed", allow="GET, HEAD")
            about = await self.threads.run(about_agreement, grant.agreement)
            quotas = grant.policy.quotas if grant.policy else ()
            about["quotas"] = await self._left(grant.agreement, quotas, visit.at)
        except Refusal as refusal:
            await self.door._refuse(visit, refusal, send)
            return
        headers = [
            (b"content-type", b"application/json"),
            (b"x-request-id", visit.request_id.encode()),
            (b"cache-control", b"no-store"),
        ]
        reply = http.Reply(200, orjson.dumps(about), headers)
        await http.send_reply(send, reply, visit.method == "HEAD")

    async def _left(
        self, agreement: int, quotas: tuple[Quota, ...], at: float
    ) -> list[dict[str, Any]]:
        """`left` is what nobody has taken and what lies free here; other gateways may hold
        some of `leased` unused, which comes back when it is wanted."""
        windows = [(one.operand, one.metric, window_key(one.window, at)) for one in quotas]
        states = await self.threads.run(leases.state_of, agreement, windows)
        told = []
        for quota, (_, leased, _) in zip(quotas, states, strict=True):
            free = self.quotas.counter(agreement, quota, at).free
            left = min(quota.limit, max(0, quota.limit - leased) + free)
            told.append(
                {
                    "operand": quota.operand,
                    "metric": quota.metric,
                    "window": quota.window,
                    "limit": quota.limit,
                    "used": quota.limit - left,
                    "left": left,
                }
            )
        return told
