"""Counting in memory, with leases that come when the test says so."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from citybrain.gateway import leases
from citybrain.gateway.leases import Leased
from citybrain.gateway.quotas import Quotas
from citybrain.gateway.refusals import Refusal
from citybrain.kernel.policy import Quota

QUOTA = Quota("count", "uses", 100)
AT = 1_795_000_000.0


def quotas(answers: list[int], meanwhile: Callable[[], None] = lambda: None) -> Quotas:
    """Each lease gives the next number of units, in the end none."""

    async def run(function: Callable[..., Any], *arguments: Any) -> Any:
        if function is leases.open_counter:
            return 1
        if function is leases.lease:
            meanwhile()
            return Leased(arguments[1], answers.pop(0) if answers else 0, False)
        return None

    return Quotas("j", lambda after: iter(()), 0, run)


async def granted(counted: Quotas, calls: int) -> int:
    counter = counted.counter(1, QUOTA, AT)
    done = await asyncio.gather(
        *(counted.take(counter, 1, AT) for _ in range(calls)), return_exceptions=True
    )
    assert all(one is None or isinstance(one, Refusal) for one in done)
    return done.count(None)


def test_each_unit_is_granted_once():
    assert asyncio.run(granted(quotas([3, 2, 1]), 10)) == 6


def test_who_comes_while_a_lease_ends_does_not_spin():
    """The new callers take all units of the lease before those that waited wake up; the last
    of them finds none, and the lease's task finished but not yet cleared away."""
    newcomers: list[asyncio.Task[None]] = []

    async def scenario() -> None:
        def meanwhile() -> None:
            counter = counted.counter(1, QUOTA, AT)
            if not newcomers:
                newcomers.extend(asyncio.ensure_future(counted.take(counter, 1, AT)) for _ in "abc")

        counted = quotas([2, 1, 1], meanwhile)
        assert await granted(counted, 2) + await _count(newcomers) == 4

    async def _count(tasks: list[asyncio.Task[None]]) -> int:
        return (await asyncio.gather(*tasks, return_exceptions=True)).count(None)

    asyncio.run(scenario())


def test_a_refund_can_be_taken_again():
    async def scenario() -> None:
        counted = quotas([1])
        counter = counted.counter(1, QUOTA, AT)
        await counted.take(counter, 1, AT)
        with pytest.raises(Refusal):
            await counted.take(counter, 1, AT)
        counted.refund(counter, 1)
        await counted.take(counter, 1, AT)

    asyncio.run(scenario())


def test_a_rate_begins_anew_with_its_window():
    counted = quotas([])
    rate = Quota("rate", "uses", 5, "PT1H")
    first = counted.counter(1, rate, AT)
    assert counted.counter(1, rate, AT + 1) is first
    assert counted.counter(1, rate, AT + 3600) is not first
