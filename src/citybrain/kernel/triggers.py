"""Keeping a table's triggers while SQLite makes the table anew.

To add a column with a default, Django copies a SQLite table and drops the old one, and its
triggers go with it. A migration puts `keep` before and `put_back` after such operations:
the search of resources lives on triggers (see migration 0002).
"""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

Step = Callable[[StateApps, BaseDatabaseSchemaEditor], None]
_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"


def kept(table: str) -> tuple[RunPython, RunPython]:
    """The operations to put first and last, in both directions."""
    known: dict[str, str] = {}

    def keep(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        known.update(_triggers(editor, table))

    def put_back(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        there = _triggers(editor, table)
        for name, statement in known.items():
            if name not in there:
                editor.execute(statement, params=None)

    return RunPython(keep, put_back), RunPython(put_back, keep)


def _triggers(editor: BaseDatabaseSchemaEditor, table: str) -> dict[str, str]:
    if editor.connection.vendor != "sqlite":
        return {}
    with editor.connection.cursor() as cursor:
        cursor.execute(_TRIGGERS, [table])
        return dict(cursor.fetchall())
