"""Quotas counted in memory, out of blocks that are leased from the database (`leases`).

A unit is free, in the hand of a call (reserved), or spent. It is spent when the journal
has the use that took it; a call that is not served gives it back. Acknowledgements come in
the order of the journal's numbers, so at any moment all records up to `acknowledged` are
reckoned and none above: that is the base which a lease is written with.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import Error as DatabaseError

from citybrain.gateway import leases
from citybrain.gateway.leases import Holding, Leased, RecordsAfter
from citybrain.gateway.refusals import by_quota, known
from citybrain.kernel.policy import Quota, window_key

log = structlog.get_logger(__name__)

PATIENCE = 0.6
"""Seconds that a call waits for other gateways to give idle units back."""
RETRY = 0.05
DRY_SECONDS = 1.0
IDLE_SECONDS = 30.0
BLOCK_SECONDS = 0.5
Run = Callable[..., Awaitable[Any]]


@dataclass(slots=True, eq=False)
class Counter:
    """One quota in one window. `key` is the counter's primary key once it is opened."""

    agreement: int
    quota: Quota
    window: str
    until: float
    """Unix time up to which the window is known to last (a whole minute)."""
    key: int = 0
    free: int = 0
    reserved: int = 0
    block: int = 0
    most: int = leases.FIRST_BLOCK
    """Calls that the next block is to last for at most."""
    leased_at: float = 0.0
    dry_until: float = 0.0
    dry_need: int = 0
    touched: float = 0.0
    doubt: bool = True
    """Row and memory may differ: a transaction ended unknown, or memory is new."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    refill: "asyncio.Task[Leased] | None" = None


class Quotas:
    """All counters of one gateway. For one event loop; `run` runs a function in a thread."""

    def __init__(self, journal: str, records: RecordsAfter, base: int, run: Run) -> None:
        self.journal, self.acknowledged = journal, base
        self._records, self._run = records, run
        self._counters: dict[tuple[int, Quota], Counter] = {}
        self._old: set[Counter] = set()
        self.refills = 0

    def counter(self, agreement: int, quota: Quota, at: float) -> Counter:
        """The counter of the window that `at` (Unix seconds) falls into."""
        counter = self._counters.get((agreement, quota))
        if counter is None or (at >= counter.until and not self._prolong(counter, at)):
            if counter is not None:
                self._old.add(counter)
            until = (at // 60 + 1) * 60
            counter = Counter(agreement, quota, window_key(quota.window, at), until)
            self._counters[agreement, quota] = counter
        return counter

    def _prolong(self, counter: Counter, at: float) -> bool:
        """Windows begin with a minute, so the key is looked at once a minute at most."""
        if window_key(counter.quota.window, at) != counter.window:
            return False
        counter.until = (at // 60 + 1) * 60
        return True

    async def take(self, counter: Counter, need: int, at: float) -> None:
        """Reserve units. Raises `Refusal` when the quota is spent or cannot be counted."""
        counter.touched = at
        if counter.free < need:
            await self._wait_for(counter, need, at)
        counter.free -= need
        counter.reserved += need
        if counter.free < counter.block // 4 and counter.refill is None:
            # Before the block is used up, so that calls need not wait.
            self._start_refill(counter, need, True)

    def refund(self, counter: Counter, units: int) -> None:
        """A call that reserved them was not served."""
        counter.reserved -= units
        counter.free += units
        counter.dry_until = 0.0

    def spend(self, counter: Counter, units: int) -> None:
        """The journal has the use."""
        counter.reserved -= units

    async def _wait_for(self, counter: Counter, need: int, at: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while counter.free < need:
            if at < counter.dry_until and need >= counter.dry_need:
                raise by_quota(counter.quota, self._retry_after(counter, at))
            leased = await self._refill(counter, need)
            if leased.units or leased.need > need or counter.free >= need:
                continue
            if not leased.others or loop.time() > deadline:
                counter.dry_until, counter.dry_need = at + DRY_SECONDS, need
            else:
                await asyncio.sleep(RETRY)

    async def _refill(self, counter: Counter, need: int) -> Leased:
        """All that wait share one transaction; it goes on when a caller goes away."""
        task = counter.refill or self._start_refill(counter, need, False)
        try:
            return await asyncio.shield(task)
        except DatabaseError:
            raise known("cannot-count-quota", retry_after="1") from None

    def _start_refill(self, counter: Counter, need: int, ahead: bool) -> "asyncio.Task[Leased]":
        counter.refill = asyncio.ensure_future(self._refilled(counter, need, ahead))
        counter.refill.add_done_callback(_log_failure)
        return counter.refill

    async def _refilled(self, counter: Counter, need: int, ahead: bool) -> Leased:
        try:
            return await self._lease(counter, need, ahead)
        finally:
            # Here and not in a callback: who came in between would wait for a task that is
            # done, which does not let go of the loop, again and again.
            counter.refill = None

    async def _lease(self, counter: Counter, need: int, ahead: bool) -> Leased:
        async with counter.lock:
            if not counter.key:
                counter.key = await self._open(counter)
            records = self._records if counter.doubt else None
            counter.doubt = True
            self._pace(counter)
            holding = self._holding(counter)
            leased: Leased = await self._run(
                leases.lease, counter.key, need, counter.most, holding, records, ahead
            )
            counter.doubt = False
        counter.free += leased.units
        counter.block = leased.units
        self.refills += 1
        return leased

    def _pace(self, counter: Counter) -> None:
        """A block should last some half a second: larger ones for who calls fast."""
        now = time.monotonic()
        factor = 2 if now - counter.leased_at < BLOCK_SECONDS else 0.5
        counter.most = int(counter.most * factor)
        counter.most = min(max(counter.most, leases.FIRST_BLOCK), leases.MOST_OF_A_BLOCK)
        counter.leased_at = now

    async def _open(self, counter: Counter) -> int:
        quota = counter.quota
        key: int = await self._run(
            leases.open_counter,
            counter.agreement,
            quota.operand,
            quota.metric,
            counter.window,
            quota.limit,
        )
        return key

    def _holding(self, counter: Counter) -> Holding:
        return Holding(self.journal, self.acknowledged, counter.free + counter.reserved)

    def _retry_after(self, counter: Counter, at: float) -> int | None:
        if counter.quota.window == "agreement":
            return None
        return SECONDS_LEFT[counter.quota.window](at)

    def held(self) -> list[int]:
        """Keys of the counters of which there are free units."""
        return [one.key for one in self._counters.values() if one.free and one.key]

    async def give_back(self, keys: Iterable[int], at: float) -> None:
        """Return the free units of these counters, of idle ones and of ended windows."""
        asked = set(keys)
        chosen = [one for one in self._counters.values() if one.key in asked and one.free]
        idle = [one for one in self._counters.values() if _is_idle(one, at)]
        ended = [one for one in self._old if not one.reserved and not one.lock.locked()]
        self._old.difference_update(ended)
        for one in {*chosen, *idle, *ended}:
            async with one.lock:
                if one.key and not one.doubt:
                    await self._return(one)
        for one in idle:
            # Only now: two counters of one row would both give back the same units.
            key = (one.agreement, one.quota)
            if _is_idle(one, at) and not one.free and self._counters.get(key) is one:
                self._counters.pop(key)

    async def _return(self, counter: Counter) -> None:
        units, counter.free = counter.free, 0
        holding = self._holding(counter)
        # If it fails, nobody knows whether it was done: the units stay out of our hands, and
        # the next lease (or the next start) asks row and journal.
        counter.doubt = True
        await self._run(leases.give_back, [(counter.key, units, holding)])
        counter.doubt = False

    async def close(self, exact: bool) -> None:
        """Give everything back. `exact` is False when the journal failed: then what is on
        disk is known only when it is opened again, and the leases stay for that."""
        counters = [one for one in {*self._counters.values(), *self._old} if one.key]
        tasks = [one.refill for one in counters if one.refill]
        await asyncio.gather(*tasks, return_exceptions=True)
        returns = []
        for one in counters:
            if exact and not one.doubt:
                units, one.free = one.free, 0
                returns.append((one.key, units, self._holding(one)))
        if returns:
            await self._run(leases.give_back, returns)


def _log_failure(done: "asyncio.Task[Leased]") -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("quota could not be leased", error=repr(error))


def _is_idle(one: Counter, at: float) -> bool:
    """Nobody has taken from it for a while, holds some of it or waits for it."""
    in_use = one.reserved or one.refill is not None or one.lock.locked()
    return at - one.touched > IDLE_SECONDS and not in_use


def _until_whole(seconds: int) -> Callable[[float], int]:
    return lambda at: max(1, int(seconds - (at + 8 * 3600) % seconds))


SECONDS_LEFT: dict[str, Callable[[float], int]] = {
    "PT1M": _until_whole(60),
    "PT1H": _until_whole(3600),
    "P1D": _until_whole(86400),
    "P1M": _until_whole(86400),
}
"""Seconds until a window may have ended; a month's end is asked for day by day."""
