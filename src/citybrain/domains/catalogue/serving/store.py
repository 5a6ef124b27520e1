"""Loaded tables, kept while in use; DuckDB works in a few threads beside the event loop."""

import asyncio
import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import duckdb

from citybrain.domains.catalogue.logic.errors import source
from citybrain.domains.catalogue.logic.sql import Statement
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.serving.loading import load, stamp
from citybrain.kernel.kinds import ServedResource, ServeError

THREADS, WAITING, KEPT = 4, 64, 48
QUERY_SECONDS = 10.0
T = TypeVar("T")


@dataclass(slots=True)
class _Slot(Generic[T]):
    lock: threading.Lock = field(default_factory=threading.Lock)
    stamp: tuple[object, ...] = ()
    value: T | None = None


class Kept(Generic[T]):
    """What was made from a source, made again when the source's stamp changes.

    Two callers of one key wait for one making; callers of different keys do not wait for
    each other. The least recently used goes when there are more than `most`.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._slots: OrderedDict[object, _Slot[T]] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def get(self, key: object, mark: tuple[object, ...], make: Callable[[], T]) -> T:
        """The value of the key at this stamp. Raises what `make` raises, and keeps nothing."""
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
        with slot.lock:
            if slot.value is None or slot.stamp != mark:
                slot.value, slot.stamp = None, mark
                slot.value = make()
            return slot.value


_tables: Kept[duckdb.DuckDBPyConnection] = Kept()
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="duckdb")
_waiting = 0


def table_of(resource: ServedResource) -> duckdb.DuckDBPyConnection:
    """The sealed database of a table resource; call it in a worker thread."""
    table, root = resource.metadata, resource.data_root
    assert isinstance(table, TableBase)  # noqa: S101 - the kernel validated it by the kind's schema
    key = (resource.ref, resource.version, str(root))
    return _tables.get(key, stamp(table, root), lambda: load(table, root))


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work in the pool. Raises `ServeError` 503 when too much waits already."""
    global _waiting
    if _waiting >= WAITING:
        raise source(
            "busy", "查询过多，请稍后再试。", "Too many queries at once; try again shortly.", 503
        )
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_pool, work)
    finally:
        _waiting -= 1


async def query(
    resource: ServedResource, statement: Statement, seconds: float | None = None
) -> list[tuple[Any, ...]]:
    """Rows of the statement. Raises `ServeError` 504 after `seconds`, 502 when the source fails."""
    limit = QUERY_SECONDS if seconds is None else seconds
    cursor = (await in_thread(lambda: table_of(resource))).cursor()
    stop = _Stop(cursor, time.monotonic() + limit)
    timer = asyncio.get_running_loop().call_later(limit, stop.now)
    try:
        return await in_thread(lambda: _run(cursor, statement, stop))
    except asyncio.CancelledError:
        stop.now()
        raise
    finally:
        timer.cancel()


class _Stop:
    """Ends a statement, also one that has not begun yet when its time is over."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, deadline: float) -> None:
        self._cursor, self.deadline, self.done = cursor, deadline, False

    def now(self) -> None:
        """Interrupt, and again until the statement has ended: an early signal gets lost."""
        self.deadline = 0.0
        if not self.done:
            with contextlib.suppress(duckdb.Error):
                self._cursor.interrupt()
            asyncio.get_running_loop().call_later(0.2, self.now)


def _timeout() -> ServeError:
    return source(
        "query-timeout",
        "查询超时；请缩小范围或减少分组。",
        "The query took too long; narrow it or group by less.",
        504,
    )


def _run(
    cursor: duckdb.DuckDBPyConnection, statement: Statement, stop: _Stop
) -> list[tuple[Any, ...]]:
    try:
        if time.monotonic() > stop.deadline:
            raise _timeout()
        return cursor.execute(statement.text, statement.values).fetchall()
    except duckdb.InterruptException:
        raise _timeout() from None
    except duckdb.OutOfMemoryException:
        raise source(
            "query-too-large",
            "查询所需内存过大；请缩小范围或减少分组。",
            "The query needs too much memory; narrow it or group by less.",
            503,
        ) from None
    except duckdb.Error:
        raise source(
            "source-unreadable",
            "数据源读取失败，请联系提供方。",
            "The source failed; tell its owner.",
        ) from None
    finally:
        stop.done = True
        cursor.close()
