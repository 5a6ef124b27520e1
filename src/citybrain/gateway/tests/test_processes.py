"""Several processes, and their end: quotas stay exact, nothing acknowledged is lost."""

import asyncio
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from citybrain.gateway.tests.make import count
from citybrain.gateway.tests.served import Served, Tally, load

Seeded = tuple[Path, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """A data folder with three agreements, to be copied: migrating takes seconds."""
    folder = tmp_path_factory.mktemp("seeded")
    return folder, Served(folder).seed([count(500)], [count(1_000_000)], [count(10)])


def test_three_workers_grant_a_quota_exactly(seeded: Seeded, tmp_path: Path):
    shutil.copytree(seeded[0], tmp_path, dirs_exist_ok=True)
    made = seeded[1][0]
    served = Served(tmp_path, workers=3).start()
    tally = Tally()
    try:
        asyncio.run(load(served.port, made["path"], made["token"], tally, 24, most=900))
    finally:
        took = served.stop()
    assert len(tally.told) == 900
    assert (tally.count(200), tally.count(429)) == (500, 400)
    assert took < 3.0
    granted = [use for use in served.uses() if use.outcome == "granted"]
    assert sum(amount for use in granted for _, amount in use.spent) == 500
    assert _leased(tmp_path) == 500


def _leased(folder: Path) -> int:
    with sqlite3.connect(folder / "citybrain.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM kernel_quotalease").fetchone() == (0,)
        return database.execute("SELECT sum(leased) FROM kernel_quotacounter").fetchone()[0]


def test_sigterm_under_load_ends_in_three_seconds_and_loses_nothing(seeded: Seeded, tmp_path: Path):
    shutil.copytree(seeded[0], tmp_path, dirs_exist_ok=True)
    _, made, hanging = seeded[1]
    served = Served(tmp_path).start()
    tally, late = Tally(), Tally()

    async def scenario() -> float:
        calls = asyncio.create_task(load(served.port, made["path"], made["token"], tally, 16))
        # A call that would go on for an hour must not hold up the end.
        slow = load(served.port, hanging["path"] + "/hang", hanging["token"], late, 1)
        slow_call = asyncio.create_task(slow)
        while len(tally.told) < 300:
            await asyncio.sleep(0.01)
        took = await asyncio.to_thread(served.stop)
        await asyncio.gather(calls, slow_call)
        return took

    assert asyncio.run(scenario()) < 3.0
    recorded = [use.request_id for use in served.uses() if use.outcome == "granted"]
    assert len(recorded) == len(set(recorded))
    acknowledged = {name for name, status in tally.told.items() if status == 200}
    assert acknowledged <= set(recorded)
    assert _leased(tmp_path) == len(recorded)
    assert list(late.told.values()) == [503]
