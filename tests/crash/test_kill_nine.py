"""kill -9 under load, again and again on one database and journal.

After every round nothing that was acknowledged may be missing, nothing may stand twice,
and no quota may be overdrawn; at the end the quota that is left can be used to the last
unit, and the ledger holds every use once. `CITYBRAIN_TEST_KILL_ROUNDS` sets the number of
rounds, `CITYBRAIN_TEST_POSTGRES` a server for the journal in the database.
"""

import asyncio
import os
import random
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from citybrain.gateway.tests.make import clause, count
from citybrain.gateway.tests.served import Served, Tally, load
from tests.crash.ground import COUNTERS, SEALED, Files, Postgres

ROUNDS = int(os.environ.get("CITYBRAIN_TEST_KILL_ROUNDS", "6"))
SERVER = os.environ.get("CITYBRAIN_TEST_POSTGRES", "")
WARM_UP, LONGEST = 0.05, 0.45
PLENTY = 10_000_000
SCARCE_A_ROUND = 250

Ground = Files | Postgres


class City:
    """What the callers were told over all rounds, held against what the journals say."""

    def __init__(self, folder: Path, ground: Ground) -> None:
        self.ground, self.limit = ground, 400 + SCARCE_A_ROUND * ROUNDS
        self.served = Served(folder, workers=1, **ground.environment)
        rows = clause("volume", "lteq", {"limit": PLENTY, "metric": "rows"})
        self.plenty, self.scarce = self.served.seed([count(PLENTY), rows], [count(self.limit)])
        self.acknowledged: set[str] = set()
        self.recorded: set[str] = set()
        self.spent = {self.plenty["agreement"]: 0, self.scarce["agreement"]: 0}

    def round(self, number: int) -> None:
        """Start, load, kill at a random moment."""
        self.served.start()
        for tally in asyncio.run(self._load_and_kill(random.Random(number))):
            self._heed(tally)
        self.compare()

    def _heed(self, tally: Tally) -> None:
        self.acknowledged |= {name for name, status in tally.told.items() if status == 200}

    async def _load_and_kill(self, chance: random.Random) -> list[Tally]:
        plenty, scarce = Tally(), Tally()
        port = self.served.port
        most = SCARCE_A_ROUND  # so that something is left for the rounds to come
        calls = asyncio.gather(
            load(port, self.plenty["path"] + "?rows=3", self.plenty["token"], plenty, 8),
            load(port, self.scarce["path"], self.scarce["token"], scarce, 8, most),
        )
        while not plenty.told:
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(WARM_UP, LONGEST))
        self.served.kill()
        await calls
        return [plenty, scarce]

    def compare(self) -> None:
        """Nothing acknowledged is missing, nothing stands twice, no quota is overdrawn."""
        for use in self.ground.new_uses():
            if use.outcome == "granted":
                assert use.request_id not in self.recorded
                self.recorded.add(use.request_id)
                self.spent[use.agreement] += 1
        assert not self.acknowledged - self.recorded
        assert self.spent[self.scarce["agreement"]] <= self.limit

    def use_up(self) -> None:
        """Take what is left of the scarce quota, to the last unit, and end in good order."""
        self.served.start()
        tally = Tally()
        path, token = self.scarce["path"], self.scarce["token"]
        left = self.limit - self.spent[self.scarce["agreement"]]
        asyncio.run(load(self.served.port, path, token, tally, 8, left + 50))
        assert (tally.count(200), tally.count(429)) == (left, 50)
        self._heed(tally)
        self.served.stop()
        self.compare()

    def counters(self) -> dict[tuple[int, str], tuple[int, int]]:
        """(agreement, metric) → leased by gateways, of which still held."""
        return {(row[0], row[1]): (row[2], row[3]) for row in self.ground.query(COUNTERS)}

    def seal(self) -> list[str]:
        """Let the sealer take everything; gives the request ids of the uses in the ledger."""
        self.served.tell("seal")
        return [row[2] for row in self.ground.query(SEALED)]


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.postgres)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "file":
        yield Files(tmp_path)
        return
    if not SERVER:
        pytest.skip("CITYBRAIN_TEST_POSTGRES names no server")
    postgres = Postgres(SERVER, f"citybrain_crash_{secrets.token_hex(4)}")
    postgres.create()
    try:
        yield postgres
    finally:
        postgres.drop()


@pytest.mark.slow
@pytest.mark.timeout(120 + ROUNDS * 10)
def test_after_kill_nine_nothing_is_missing_or_doubled_and_quotas_are_exact(
    tmp_path: Path, ground: Ground
):
    city = City(tmp_path, ground)
    try:
        for number in range(ROUNDS):
            city.round(number)
        city.use_up()
    finally:
        city.served.kill()
    plenty, scarce = city.plenty["agreement"], city.scarce["agreement"]
    assert city.spent[scarce] == city.limit
    assert city.spent[plenty] > ROUNDS
    assert city.counters() == {
        (scarce, "uses"): (city.limit, 0),
        (plenty, "uses"): (city.spent[plenty], 0),
        (plenty, "rows"): (city.spent[plenty] * 3, 0),
    }
    sealed = city.seal()
    assert len(sealed) == len(set(sealed))
    assert city.recorded <= set(sealed)
