"""A small network of sensors, and a store of its own for each test."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.personas import City

from citybrain.domains.sensing import actions, queries, serving, stores
from citybrain.domains.sensing.actions import WantedStream
from citybrain.domains.sensing.models import Stream, StreamClass
from citybrain.gateway.database import Threads
from citybrain.gateway.tests.house import House, lifespan

T0 = 1_751_299_200_000_000
"""2025-07-01 00:00 in China."""
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


@dataclass
class Network:
    """Two classes, six streams of the transport commission, one of the health commission."""

    city: City
    level: StreamClass
    speed: StreamClass
    streams: list[Stream]
    foreign: Stream
    token: str

    @property
    def numbers(self) -> list[int]:
        return [one.number for one in self.streams]


@pytest.fixture
def store(tmp_path, monkeypatch) -> Iterator[None]:
    """The store of this test lies in its own folder."""
    stores.forget()
    folder = tmp_path / "facts"
    monkeypatch.setattr(stores, "root", lambda: folder)
    monkeypatch.setattr(serving, "_directory", queries.Directory())
    threads = Threads(1, "readings")
    monkeypatch.setattr(serving, "_threads", threads)
    yield
    threads.close()
    stores.forget()


@pytest.fixture
def network(city: City, store: None) -> Network:
    return build_network(city)


def build_network(city: City) -> Network:
    level = actions.register_class(
        acting_party=city.lin,
        code="water-level",
        name_zh="水位",
        name_en="Water level",
        observed_property="water level",
        unit="m",
        decimals=2,
        interval_seconds=300,
        minimum=-5,
        maximum=20,
        step=3,
        stuck=4,
    )
    speed = actions.register_class(
        acting_party=city.lin,
        code="speed",
        name_zh="车速",
        name_en="Speed",
        observed_property="speed",
        unit="km/h",
        decimals=1,
        interval_seconds=300,
        minimum=0,
        maximum=200,
        retention_days=30,
    )
    wanted = [
        WantedStream(
            f"sensor-{n}",
            "water-level" if n < 3 else "speed",
            f"测点{n}",
            f"Sensor {n}",
            "370202" if n % 2 else "370203",
            120.3 + n / 100,
            36.05,
        )
        for n in range(6)
    ]
    streams = actions.register_streams(acting_party=city.su, wanted=wanted)
    (foreign,) = actions.register_streams(
        acting_party=city.zhao, wanted=[WantedStream("foreign", "speed", "他方测点")]
    )
    _, token = actions.issue_device_token(
        acting_party=city.su, party=city.transport, label="gateway 1"
    )
    ordered = sorted(streams, key=lambda one: one.code)
    return Network(city, level, speed, ordered, foreign, token)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@pytest.fixture
def ask(tmp_path: Path, network: Network):
    """Run calls against a house: `ask(call, …)` gives the responses."""

    def run(*calls):
        async def scenario():
            async with lifespan(House(tmp_path / "journal")) as house:
                return [await call(house) for call in calls]

        return asyncio.run(scenario())

    return run
