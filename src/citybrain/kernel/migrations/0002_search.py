"""Full-text indexes over Resource.search_text, kept in step by the database itself."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    "CREATE VIRTUAL TABLE kernel_resource_terms USING fts5("
    "search_text, content='kernel_resource', content_rowid='id', detail='none')",
    "CREATE TRIGGER kernel_resource_terms_insert AFTER INSERT ON kernel_resource BEGIN "
    "INSERT INTO kernel_resource_terms(rowid, search_text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER kernel_resource_terms_delete AFTER DELETE ON kernel_resource BEGIN "
    "INSERT INTO kernel_resource_terms(kernel_resource_terms, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); END",
    "CREATE TRIGGER kernel_resource_terms_update AFTER UPDATE OF search_text ON kernel_resource "
    "WHEN old.search_text <> new.search_text BEGIN "
    "INSERT INTO kernel_resource_terms(kernel_resource_terms, rowid, search_text) "
    "VALUES ('delete', old.id, old.search_text); "
    "INSERT INTO kernel_resource_terms(rowid, search_text) VALUES (new.id, new.search_text); END",
]
POSTGRES = [
    "CREATE INDEX kernel_resource_terms ON kernel_resource "
    "USING gin (to_tsvector('simple', search_text))",
]


def make_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement, params=None)


def drop_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            editor.execute(f"DROP TRIGGER kernel_resource_terms_{name}", params=None)
        editor.execute("DROP TABLE kernel_resource_terms", params=None)
    else:
        editor.execute("DROP INDEX kernel_resource_terms", params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(make_index, drop_index)]
