"""Where a crashed server's records are looked up: files and SQLite, or PostgreSQL."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from citybrain.engines.journal import Reader, slots
from citybrain.kernel.use_records import UseRecord, decode

COUNTERS = (
    "SELECT c.agreement_id, c.metric, c.leased, coalesce(sum(l.granted), 0)"
    " FROM kernel_quotacounter c LEFT JOIN kernel_quotalease l ON l.counter_id = c.id"
    " GROUP BY c.id, c.agreement_id, c.metric, c.leased"
)
SEALED = "SELECT journal, sequence, request_id FROM kernel_use ORDER BY journal, sequence"


class Files:
    """The default: journals are files, records are in SQLite."""

    environment: dict[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._readers: dict[Path, Reader] = {}

    def new_uses(self) -> list[UseRecord]:
        """What has come into the journals since the last time."""
        found = []
        for place in slots(self.folder / "journal"):
            reader = self._readers.setdefault(place, Reader(place))
            found += [decode(payload) for _, payload in reader.read()]
            reader.close()
        return found

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "citybrain.sqlite3") as database:
            return database.execute(text).fetchall()


class Postgres:
    """`CITYBRAIN_JOURNAL=postgres`: uses and records in a database of its own."""

    def __init__(self, server: str, name: str) -> None:
        self._server, self._name = server, name
        self._after: dict[str, int] = {}
        self._address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        self.environment = {
            "CITYBRAIN_DATABASE_URL": self._address,
            "CITYBRAIN_JOURNAL": "postgres",
        }

    def create(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{self._name}"')

    def drop(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def new_uses(self) -> list[UseRecord]:
        """See `Files`."""
        found = []
        rows = self.query(
            "SELECT journal, sequence, payload FROM kernel_journalrecord ORDER BY journal, sequence"
        )
        for journal, sequence, payload in rows:
            if sequence > self._after.get(journal, 0):
                self._after[journal] = sequence
                found.append(decode(bytes(payload)))
        return found

    def query(self, text: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._address) as database:
            return database.execute(text).fetchall()
