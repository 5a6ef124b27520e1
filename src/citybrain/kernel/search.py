"""Full-text lookup of resources: FTS5 on SQLite, a GIN index on PostgreSQL, equal answers.

Both hold the terms of `engines.text`; a query matches the resources that hold all of
its terms. The indexes themselves are made in migration 0002.
"""

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from citybrain.engines.text import index_terms, query_terms
from citybrain.kernel.models import Resource

_IN_SQLITE = "SELECT rowid FROM kernel_resource_terms WHERE kernel_resource_terms MATCH %s"
_IN_POSTGRES = "to_tsvector('simple', kernel_resource.search_text) @@ to_tsquery('simple', %s)"


def text_of(resource: Resource) -> str:
    """The terms that a resource is found by: code, titles, summaries, owner."""
    return index_terms(
        " ".join(
            (
                resource.code,
                resource.title_zh,
                resource.title_en,
                resource.summary_zh,
                resource.summary_en,
                resource.owner.name_zh,
                resource.owner.name_en,
            )
        )
    )


def matching(resources: QuerySet[Resource], query: str) -> QuerySet[Resource]:
    """The resources that hold every term of the query; all when it has no term."""
    terms = query_terms(query)
    if not terms:
        return resources
    if connection.vendor == "sqlite":
        quoted = " ".join(f'"{term}"' for term in terms)
        return resources.filter(pk__in=RawSQL(_IN_SQLITE, [quoted]))  # noqa: S611
    # As a condition of the one query: in a subquery the planner reads every match twice.
    found = RawSQL(_IN_POSTGRES, [" & ".join(terms)], output_field=BooleanField())  # noqa: S611
    return resources.filter(found)
