"""The kind `table`: rows and aggregates of a table, read-only, under the policy."""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from citybrain.domains.catalogue.logic import obligations, sql, watermark
from citybrain.domains.catalogue.logic.errors import bad, source
from citybrain.domains.catalogue.logic.privacy import Release
from citybrain.domains.catalogue.logic.query import FORMATS, Reader, TableQuery
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.serving import render, store
from citybrain.domains.catalogue.serving.loading import load
from citybrain.kernel.kinds import Answer, Call, UseContext

MAX_GROUPS = 100_000
_random = secrets.SystemRandom()


def output_of(call: Call) -> str:
    """The output form a call asks for: aggregate, or json, csv, geojson."""
    if call.query.get("agg") or call.query.get("group"):
        return "aggregate"
    asked = (call.query.get("format") or ["json"])[0]
    return asked if asked in FORMATS else "json"


async def serve(context: UseContext, call: Call) -> Answer:
    """`GET` rows or groups; `GET schema` the columns. See docs/kinds.md for the language."""
    if call.method not in {"GET", "HEAD"}:
        raise bad("method", "只支持 GET。", "Only GET is served.", 405)
    table = table_metadata(context.resource.metadata)
    if call.path.strip("/") == "schema":
        return _schema(context, table)
    if call.path.strip("/"):
        raise bad("unknown-path", "没有此路径。", "There is no such path.", 404)
    query = Reader(table, call.query).read()
    obligations.check(query, table, context.delivery)
    if query.words:
        query = replace(query, searched=obligations.searched(table, context.delivery))
    if query.is_aggregate:
        return await _groups(context, table, query)
    return await _rows(context, table, query)


def table_metadata(metadata: BaseModel) -> TableBase:
    """The metadata as what the kernel validated them to be."""
    if not isinstance(metadata, TableBase):
        raise TypeError("not the metadata of a table")
    return metadata


async def _rows(context: UseContext, table: TableBase, query: TableQuery) -> Answer:
    shown = list(query.select) or obligations.allowed_columns(table, context.delivery)
    extra = [table.item(name) for name in table.place_columns] if query.format == "geojson" else []
    if not query.select:
        # Geometry is told once, as geometry, unless the caller also selects its columns.
        shown = [item for item in shown if item not in extra]
    columns = shown + extra
    made = sql.rows_statement(query, columns, table, context.delivery.rows)
    rows = await store.query(context.resource, made)
    total = None
    if query.counted:
        counted = sql.count_statement(query, table, context.delivery.rows)
        total = (await store.query(context.resource, counted))[0][0]
    return _answer(context, table, query, [item.name for item in shown], rows, total)


async def _groups(context: UseContext, table: TableBase, query: TableQuery) -> Answer:
    delivery = context.delivery
    cohort = obligations.cohort(delivery)
    names = [item.name for item in query.group] + [term.label for term in query.terms]
    if delivery.epsilon is None:
        made = sql.groups_statement(query, table, delivery.rows, cohort)
        return _answer(context, table, query, names, await store.query(context.resource, made))
    made = sql.noisy_statement(query, table, delivery.rows, MAX_GROUPS)
    exact = await store.query(context.resource, made)
    if len(exact) > MAX_GROUPS:
        raise bad("too-many-groups", "分组过多，请减少分组列。", "Too many groups; group by less.")
    if delivery.epsilon <= 0:
        raise source("bad-epsilon", "协议的隐私预算无效。", "The privacy budget is invalid.", 500)
    rows = Release(query, delivery.epsilon, cohort, _random).rows(exact)
    return _answer(context, table, query, names, rows)


def _answer(
    context: UseContext,
    table: TableBase,
    query: TableQuery,
    names: list[str],
    rows: Any,
    total: int | None = None,
) -> Answer:
    more, rows = len(rows) > query.limit, rows[: query.limit]
    text = context.delivery.watermark
    if query.format == "csv":
        body, content_type = render.as_csv(names, rows, text), render.CSV
    elif query.format == "geojson":
        places = len(table.place_columns)
        body = render.as_geojson(names, rows, places, more, table.datum, text)
        content_type = render.GEOJSON
    else:
        body, content_type = render.as_json(names, rows, more, text, total), render.JSON
    extra = watermark.headers(text) | {"X-More": "true" if more else "false"}
    extra |= {"X-Total-Count": str(total)} if total is not None else {}
    return Answer(
        body, content_type, headers=extra, units=len(rows), rows=len(rows), size=len(body)
    )


def _schema(context: UseContext, table: TableBase) -> Answer:
    columns = [
        item.model_dump(include={"name", "title_zh", "title_en", "type", "sensitive"})
        for item in obligations.allowed_columns(table, context.delivery)
    ]
    facts = {"datum": table.datum, "update_cycle": table.update_cycle, "licence": table.licence}
    body = render.dumps({"columns": columns, "primary_key": table.primary_key} | facts)
    return Answer(body, units=0, size=len(body))


def probe(metadata: BaseModel, root: Path) -> dict[str, Any]:
    """Columns, number of rows and size. Raises `ServeError` that says what to correct."""
    table = table_metadata(metadata)
    base = load(table, root)
    try:
        row = base.execute(f"SELECT count(*) FROM {sql.RELATION}").fetchone()  # noqa: S608
    finally:
        base.close()
    found = {"columns": [item.name for item in table.items], "rows": row[0] if row else 0}
    path = getattr(table.source, "path", None)
    return found | ({"bytes": (root / path).stat().st_size} if path else {})
