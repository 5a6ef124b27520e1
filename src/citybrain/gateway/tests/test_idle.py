"""A call that comes while an idle counter's units are given back finds the same counter."""

import asyncio
from typing import Any

from citybrain.gateway import leases
from citybrain.gateway.leases import Leased
from citybrain.gateway.quotas import IDLE_SECONDS, Counter, Quotas
from citybrain.kernel.policy import Quota

QUOTA = Quota("count", "uses", 100, "agreement")
START = 1_750_000_000.0
LATER = START + IDLE_SECONDS + 1


def test_units_of_an_idle_counter_are_never_given_back_twice():
    met: list[Counter] = []

    async def run(function: Any, *arguments: Any) -> Any:
        if function is leases.give_back:
            met.append(quotas.counter(1, QUOTA, LATER))
            return None
        return 7 if function is leases.open_counter else Leased(1, 10, False)

    async def job() -> None:
        counter = quotas.counter(1, QUOTA, START)
        await quotas.take(counter, 1, START)
        quotas.spend(counter, 1)
        await quotas.give_back([], LATER)
        assert met == [counter], "a second counter of the row would return its units too"
        assert counter.free == 0 and quotas.counter(1, QUOTA, LATER) is not counter

    quotas = Quotas("j", lambda number: iter(()), 0, run)
    asyncio.run(job())
