"""The two places where uses are committed: a file of this host, or PostgreSQL.

Both have `id`, `sequence`, `failure`, `append` and `close`; `records_after` reads back
what was committed, for the reckoning of leases.
"""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

import psycopg
import structlog
from django.db import connection

from citybrain.engines import journal as files
from citybrain.engines.journal import JournalFailed
from citybrain.engines.journal.files import WriterAbsent
from citybrain.gateway import leases

log = structlog.get_logger(__name__)

_LOCKS = 0x63625F6A  # "cb_j": the class of our advisory locks, one for each slot
_MOST_SLOTS = 1000
_LARGEST_GROUP = 1000


class Journal(Protocol):
    """What the gateway asks of a journal."""

    id: str

    @property
    def sequence(self) -> int: ...

    @property
    def failure(self) -> str | None: ...

    async def append(self, payload: bytes) -> int:
        """The record's number, once it is committed; raises `JournalFailed`."""

    def close(self) -> None: ...


def open_journal(place: str, root: Path) -> Journal:
    """Claim a journal that nobody else writes to. Raises `JournalDamaged`, `JournalBusy`."""
    if place == "postgres":
        return PostgresJournal(_connection_string())
    claimed = files.claim_slot(root)
    found = claimed.recovery
    if found.cut_bytes or found.lost:
        log.warning(
            "the journal was mended",
            directory=str(claimed.directory),
            cut_bytes=found.cut_bytes,
            lost=found.lost,
            kept_aside=str(found.kept_aside),
        )
    return claimed


def records_after(journal: Journal, after: int) -> Iterator[tuple[int, bytes]]:
    """(number, payload) of the committed records behind number `after`."""
    if isinstance(journal, files.Journal):
        return files.read(journal.directory, after)
    return _records_in_database(journal.id, after)


def _records_in_database(journal: str, after: int) -> Iterator[tuple[int, bytes]]:
    from citybrain.kernel.models import JournalRecord

    rows = JournalRecord.objects.filter(journal=journal, sequence__gt=after).order_by("sequence")
    for row in rows.iterator(chunk_size=2000):
        yield row.sequence, bytes(row.payload)


def reckon_the_dead(own: str, root: Path) -> int:
    """Return the leases of gateways of this host that are no more; gives the units.

    Whoever holds a journal's lock lives, and is left alone. Journals of other hosts are
    for their hosts, those in the database for everybody.
    """
    holders = leases.holders(but=own)
    if not holders:
        return 0
    returned = 0
    for directory in files.slots(root):
        name = files.journal_id(directory)
        if name in holders:
            with WriterAbsent(directory) as absent:
                if absent:
                    returned += leases.reckon(name, partial(files.read, directory))
    for name in holders:
        if name.startswith(PostgresJournal.PREFIX):
            returned += _reckon_in_database(name)
    return returned


def _reckon_in_database(name: str) -> int:
    slot = int(name.removeprefix(PostgresJournal.PREFIX))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, slot])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return leases.reckon(name, lambda n: _records_in_database(name, n))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, slot])


def _connection_string() -> str:
    given = connection.get_connection_params()
    wanted = {
        name: given[name]
        for name in ("dbname", "user", "password", "host", "port")
        if given.get(name)
    }
    return psycopg.conninfo.make_conninfo(**wanted)


class PostgresJournal:
    """Uses as rows: while one batch commits, the next one gathers.

    A slot is held by an advisory lock of the connection, so a gateway whose connection
    broke has lost its slot: it takes nothing more until it is started anew.
    """

    PREFIX = "postgres-"

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self.id = f"{self.PREFIX}{self._claim():03d}"
        found = self._connection.execute(
            "SELECT coalesce(max(sequence), 0) FROM kernel_journalrecord WHERE journal = %s",
            [self.id],
        ).fetchone()
        self._sequence: int = found[0] if found else 0
        self.failure: str | None = None
        self._pending: list[tuple[bytes, asyncio.Future[int], asyncio.AbstractEventLoop]] = []
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def _claim(self) -> int:
        for slot in range(_MOST_SLOTS):
            row = self._connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, slot]
            ).fetchone()
            if row and row[0]:
                return slot
        raise files.JournalBusy(f"all {_MOST_SLOTS} journals in the database are taken")

    @property
    def sequence(self) -> int:
        """The number of the last committed record."""
        return self._sequence

    async def append(self, payload: bytes) -> int:
        """See `Journal`."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[int] = loop.create_future()
        with self._wake:
            if self._closing or self.failure:
                raise JournalFailed(self.failure or "the journal is closed")
            self._pending.append((payload, waiter, loop))
            self._wake.notify()
        return await waiter

    def close(self) -> None:
        """Commit what waits, then let go of the slot."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._pending and not self._closing:
                    self._wake.wait()
                batch = self._pending[:_LARGEST_GROUP]
                self._pending = self._pending[_LARGEST_GROUP:]
            if not batch:
                return
            first, error = self._sequence + 1, self._commit([one[0] for one in batch])
            for place, (_, waiter, loop) in enumerate(batch):
                loop.call_soon_threadsafe(_resolve, waiter, first + place, error)

    def _commit(self, payloads: list[bytes]) -> str | None:
        if self.failure:
            return self.failure
        first = self._sequence + 1
        rows = [(self.id, first + place, payload) for place, payload in enumerate(payloads)]
        try:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO kernel_journalrecord (journal, sequence, payload)"
                    " VALUES (%s, %s, %s)",
                    rows,
                )
        except psycopg.Error as error:
            # Whether it was committed is unknown, so no number may be given twice.
            self.failure = f"the database did not commit ({error}): start the gateway anew"
            return self.failure
        self._sequence += len(rows)
        return None


def _resolve(waiter: "asyncio.Future[int]", sequence: int, error: str | None) -> None:
    if waiter.done():
        return
    if error:
        waiter.set_exception(JournalFailed(error))
    else:
        waiter.set_result(sequence)
