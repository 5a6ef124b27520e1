"""DuckDB over segments and hot buffer: settings, limits, and nothing but reading."""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from citybrain.engines.facts.errors import QueryRefused

MOST_ROWS = 1_000_000
SECONDS = 30.0
_FILE = re.compile(r"'([^']+\.parquet)'")


class Asker:
    """One DuckDB in memory; each question has a cursor of its own. For several threads.

    It can read files below `root` and nothing else, and its settings are locked.
    """

    def __init__(
        self,
        root: Path,
        memory: str = "2GB",
        threads: int = 2,
        check: Callable[[str], None] = lambda _address: None,
    ) -> None:
        """`check` raises `StoreDamaged` for the address of a file that is not as written."""
        self.check = check
        config: dict[str, Any] = {
            "memory_limit": memory,
            "threads": threads,
            "max_temp_directory_size": "0B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        self._base = duckdb.connect(":memory:", config=config)
        folder = str(root.resolve()).replace("'", "''")
        self._base.execute("SET parquet_metadata_cache = true")
        self._base.execute(f"SET allowed_directories = ['{folder}/']")
        self._base.execute("SET enable_external_access = false")
        self._base.execute("SET lock_configuration = true")

    def ask(
        self,
        sql: str,
        tables: Mapping[str, pa.Table],
        parameters: Sequence[Any] = (),
        most: int = MOST_ROWS,
        seconds: float = SECONDS,
    ) -> pa.Table:
        """The answer. `tables` are known to the statement by their names.

        Raises `QueryRefused` for more than `most` rows, for what takes longer than
        `seconds` or more memory than there is, and for faults of the statement.
        """
        cursor = self._base.cursor()
        timer = threading.Timer(seconds, cursor.interrupt)
        timer.daemon = True
        try:
            for name, table in tables.items():
                cursor.register(name, table)
            timer.start()
            return _limited(cursor.sql(sql, params=list(parameters)), most)
        except duckdb.InterruptException:
            raise QueryRefused(f"the question took longer than {seconds:g} seconds") from None
        except duckdb.OutOfMemoryException:
            raise QueryRefused("the question needs more memory than it may have") from None
        except (duckdb.Error, pa.ArrowException) as error:
            self._name_damage(sql)
            raise QueryRefused(str(error).split("\n")[0]) from None
        finally:
            timer.cancel()
            cursor.close()

    def _name_damage(self, sql: str) -> None:
        """Raise `StoreDamaged` when a segment of the statement is the reason."""
        for address in _FILE.findall(sql):
            self.check(address)

    def close(self) -> None:
        """Let go of the memory."""
        self._base.close()


def _limited(answer: Any, most: int) -> pa.Table:
    reader = answer.to_arrow_reader(100_000)
    batches, count = [], 0
    for batch in reader:
        batches.append(batch)
        count += batch.num_rows
        if count > most:
            raise QueryRefused(f"the answer has more than {most} rows: ask for less")
    return pa.Table.from_batches(batches, reader.schema)


def checked_select(sql: str) -> str:
    """The statement if it is one that only reads. Raises `QueryRefused`."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(str(error)) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused("exactly one SELECT is answered")
    return str(statements[0].query)
