"""A gateway in the test's own process, and a client that speaks ASGI to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from citybrain.engines.journal import read, slots
from citybrain.gateway.gateway import Gateway
from citybrain.gateway.shell import Shell
from citybrain.kernel.use_records import UseRecord, decode


def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """What stands for Django."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Request-Id", "inner")])
    return [f"page {environ['PATH_INFO']} {environ.get('HTTP_X_REQUEST_ID')}".encode()]


class House:
    """The shell with its gateway, and a client."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.shell = Shell(lambda: page, lambda: Gateway(root, threads=1))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.shell), base_url="http://house"
        )

    @property
    def gateway(self) -> Gateway:
        assert self.shell.gateway is not None
        return self.shell.gateway

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, **more)

    async def database(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the gateway's thread: an event loop may not use the ORM."""
        return await self.gateway.threads.run(function, *arguments)

    def uses(self) -> list[UseRecord]:
        """What the journals hold."""
        return [decode(one) for directory in slots(self.root) for _, one in read(directory)]


@asynccontextmanager
async def lifespan(house: House) -> AsyncIterator[House]:
    """The shell between the lifespan's start and end."""
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    task = asyncio.create_task(house.shell({"type": "lifespan"}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    started = await said.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield house
    finally:
        await told.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await task


def run(root: Path, scenario: Callable[[House], Awaitable[Any]]) -> House:
    """Run a scenario in a house whose journals lie in `root`."""

    async def _run() -> House:
        async with lifespan(House(root)) as house:
            await scenario(house)
            return house

    return asyncio.run(_run())
