"""Running functions that use the database in threads of the gateway's own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections, connections

Run = Callable[..., Awaitable[Any]]


class Threads:
    """A few threads, each with its own connection."""

    def __init__(self, count: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._local = threading.local()

    def run(self, function: Callable[..., Any], *arguments: Any) -> Awaitable[Any]:
        """Await the result of the function, called in a thread."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._pool, _fresh, function, arguments)

    def close(self) -> None:
        """Close the threads' connections and end them."""
        closing = [self._pool.submit(_leave, self._gate()) for _ in range(self._pool._max_workers)]
        for one in closing:
            one.result()
        self._pool.shutdown(wait=True)

    def _gate(self) -> threading.Barrier:
        if not hasattr(self, "_barrier"):
            self._barrier = threading.Barrier(self._pool._max_workers)
        return self._barrier


def _fresh(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    # Outside of Django's own requests nobody else lets go of a connection that has died.
    close_old_connections()
    return function(*arguments)


def _leave(barrier: threading.Barrier) -> None:
    connections.close_all()
    barrier.wait(1.0)
