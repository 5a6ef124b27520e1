"""kill -9 under load, again and again on one database and journal.

After every round nothing that was acknowledged may be missing, nothing may stand twice,
and no quota may be overdrawn; at the end the quota that is left can be used to the last
unit. `CITYBRAIN_TEST_KILL_ROUNDS` sets the number of rounds.
"""

import asyncio
import os
import random
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from citybrain.gateway.tests.make import clause, count
from citybrain.gateway.tests.served import Served, Tally, load

ROUNDS = int(os.environ.get("CITYBRAIN_TEST_KILL_ROUNDS", "6"))
WARM_UP, LONGEST = 0.05, 0.45
PLENTY = 10_000_000


class City:
    """What the callers were told over all rounds, held against what the journals say."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.served = Served(folder, workers=1)
        rows = clause("volume", "lteq", {"limit": PLENTY, "metric": "rows"})
        self.plenty, self.scarce = self.served.seed([count(PLENTY), rows], [count(limit)])
        self.limit = limit
        self.granted: set[str] = set()

    def round(self, number: int) -> None:
        """Start, load, kill at a random moment."""
        self.served.start()
        tallies = asyncio.run(self._load_and_kill(random.Random(number)))
        for tally in tallies:
            self.granted |= {name for name, status in tally.told.items() if status == 200}
        self.compare()

    async def _load_and_kill(self, chance: random.Random) -> list[Tally]:
        tallies = [Tally(), Tally()]
        calls = [
            asyncio.create_task(
                load(self.served.port, made["path"] + "?rows=3", made["token"], tally, 8)
            )
            for made, tally in zip((self.plenty, self.scarce), tallies, strict=True)
        ]
        while not tallies[0].told:
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(WARM_UP, LONGEST))
        self.served.kill()
        await asyncio.gather(*calls)
        return tallies

    def compare(self) -> None:
        """Nothing acknowledged is missing, nothing stands twice, no quota is overdrawn."""
        granted = [use for use in self.served.uses() if use.outcome == "granted"]
        names = Counter(use.request_id for use in granted)
        assert not [name for name, times in names.items() if times > 1]
        assert not self.granted - names.keys()
        assert self.spent(self.scarce) <= self.limit

    def spent(self, made: dict[str, Any]) -> int:
        """Uses that the journals hold of an agreement."""
        return sum(
            use.outcome == "granted" and use.agreement == made["agreement"]
            for use in self.served.uses()
        )

    def counters(self) -> dict[tuple[int, str], tuple[int, int]]:
        """(agreement, metric) → leased by gateways, of which still held."""
        query = (
            "SELECT c.agreement_id, c.metric, c.leased, coalesce(sum(l.granted), 0)"
            " FROM kernel_quotacounter c LEFT JOIN kernel_quotalease l ON l.counter_id = c.id"
            " GROUP BY c.id"
        )
        with sqlite3.connect(self.served.folder / "citybrain.sqlite3") as database:
            return {(row[0], row[1]): (row[2], row[3]) for row in database.execute(query)}

    def use_up(self) -> None:
        """Take what is left of the scarce quota, to the last unit, and end in good order."""
        self.served.start()
        tally = Tally()
        calls = load(
            self.served.port, self.scarce["path"], self.scarce["token"], tally, 8, self.limit + 20
        )
        asyncio.run(calls)
        assert tally.count(429) >= 20
        self.served.stop()


@pytest.mark.timeout(60 + ROUNDS * 6)
def test_after_kill_nine_nothing_is_missing_or_doubled_and_quotas_are_exact(tmp_path: Path):
    city = City(tmp_path, limit=400 + 150 * ROUNDS)
    try:
        for number in range(ROUNDS):
            city.round(number)
        city.use_up()
    finally:
        city.served.kill()
    city.compare()
    assert city.spent(city.scarce) == city.limit
    uses = city.spent(city.plenty)
    assert uses > ROUNDS
    assert city.counters() == {
        (city.scarce["agreement"], "uses"): (city.limit, 0),
        (city.plenty["agreement"], "uses"): (uses, 0),
        (city.plenty["agreement"], "rows"): (uses * 3, 0),
    }
