"""The full-text indexes inside the databases go: search has its own index (docs/search.md)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    *(f"DROP TRIGGER IF EXISTS kernel_resource_terms_{one}" for one in ("insert", "delete", "update")),
    "DROP TABLE IF EXISTS kernel_resource_terms",
]
POSTGRES = ["DROP INDEX IF EXISTS kernel_resource_terms"]


def drop_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_directory")]
    operations = [
        migrations.RunPython(drop_index, migrations.RunPython.noop),
        migrations.RemoveField("resource", "search_text"),
    ]
