"""Letting uses gather before they are handed to the journal.

On a fast disk a sync takes less than a millisecond, so under load the journal would commit
two or three records at a time, and waking its thread for them would cost more than the
uses themselves. So while commits are under way, uses wait for each other a little; a use
that comes alone does not wait.
"""

import asyncio

from citybrain.gateway.journals import Journal

GATHER_SECONDS = 0.002


class Withdrawn(asyncio.CancelledError):
    """The caller was cancelled before its record was handed over: it will not be written."""


class Gathering:
    """Appends to a journal. For one event loop."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._under_way = 0
        self._waiting: list[asyncio.Future[None]] = []

    async def append(self, payload: bytes) -> int:
        """See `Journal.append`; the order of calls is kept. Raises `Withdrawn`."""
        if self._under_way or self._waiting:
            await self._gather()
        self._under_way += 1
        try:
            return await self._journal.append(payload)
        finally:
            self._under_way -= 1

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        if not self._waiting:
            loop.call_later(GATHER_SECONDS, self._open)
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            raise Withdrawn from None

    def _open(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
