"""Paths that a domain answers natively, beside Django: hot paths, and other dialects of a use.

A domain declares them in its `native.py`, which is imported before the server starts:

    add_native("ckan-datastore", ("/api/3/action/datastore_search",), Datastore)

`make(gateway)` is called once in the running event loop, after the gateway has started.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from citybrain.gateway import http

if TYPE_CHECKING:
    from citybrain.gateway.gateway import Gateway


class Native(Protocol):
    """What answers. For one event loop."""

    async def start(self) -> None:
        """Called before the server accepts anything; an error stops the start."""

    async def stop(self) -> None:
        """Called when the server stops accepting: finish what was begun."""

    async def __call__(
        self, request_id: str, scope: http.Scope, receive: http.Receive, send: http.Send
    ) -> None:
        """One HTTP request, whatever its method."""


Make = Callable[["Gateway"], Native]


@dataclass(frozen=True, slots=True)
class Declared:
    """One native application and its paths; a path that ends in "/" stands for all below it."""

    name: str
    paths: tuple[str, ...]
    make: Make


_declared: dict[str, Declared] = {}


def add_native(name: str, paths: Iterable[str], make: Make) -> None:
    """Declare an application; a second one under the same name takes its place."""
    _declared[name] = Declared(name, tuple(paths), make)


class Natives:
    """The running applications, found by path."""

    def __init__(self, gateway: "Gateway") -> None:
        self._running: list[Native] = []
        self._exact: dict[str, Native] = {}
        self._below: list[tuple[str, Native]] = []
        for one in _declared.values():
            native = one.make(gateway)
            self._running.append(native)
            self._exact |= {path: native for path in one.paths if not path.endswith("/")}
            self._below += [(path, native) for path in one.paths if path.endswith("/")]

    def find(self, path: str) -> Native | None:
        """Who answers this path; None for Django."""
        found = self._exact.get(path)
        if found is not None:
            return found
        return next((native for prefix, native in self._below if path.startswith(prefix)), None)

    async def start(self) -> None:
        """Start all; when one cannot, those before it are stopped."""
        for number, one in enumerate(self._running):
            try:
                await one.start()
            except BaseException:
                del self._running[number:]
                await self.stop()
                raise

    async def stop(self) -> None:
        """Stop all, the last one first."""
        for one in reversed(self._running):
            await one.stop()
