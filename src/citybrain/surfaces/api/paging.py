"""Pages of lists, versions of records: what every route does alike."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from citybrain.kernel.actions.base import expect_version, locked
from citybrain.kernel.models.base import Registered
from citybrain.kernel.queries.search import Ranked
from citybrain.surfaces.api.problems import MalformedError

T = TypeVar("T")
PAGE_SIZE = 50
LARGEST_PAGE = 200
COUNT_CAP = 2_000
"""Counting stops there: to count all of a large list takes longer than to show a page."""
_TAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


class PageQuery(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000, description="Page, from 1.")
    page_size: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE, description="Items a page.")


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    page: int
    page_size: int
    count: int = Field(description=f"Items on all pages together, counted up to {COUNT_CAP:,}.")
    count_capped: bool = Field(description="Whether there are more items than `count`.")
    more: bool = Field(description="Whether a next page exists.")


def page_of(
    found: QuerySet[Any] | Ranked, query: PageQuery, show: Callable[[Any], Any] | None = None
) -> dict[str, Any]:
    """The asked-for page of a query set or a ranking, as the values of `Page`."""
    if isinstance(found, Ranked):
        return _ranked_page(found, query)
    start = (query.page - 1) * query.page_size
    counted = found.order_by()[: COUNT_CAP + 1].count()
    is_there = start < counted or counted > COUNT_CAP
    rows = list(found[start : start + query.page_size + 1]) if is_there else []
    shown = rows[: query.page_size]
    return {
        "items": [show(row) for row in shown] if show else shown,
        "page": query.page,
        "page_size": query.page_size,
        "count": min(counted, COUNT_CAP),
        "count_capped": counted > COUNT_CAP,
        "more": len(rows) > query.page_size,
    }


def _ranked_page(found: Ranked, query: PageQuery) -> dict[str, Any]:
    """The index has counted all; each resource carries where the words stand in it as `hit`."""
    start = (query.page - 1) * query.page_size
    results = found.page(start, query.page_size)
    for one in results.hits:
        setattr(one.resource, "hit", one)  # noqa: B010  for the schema, which reads the row
    return {
        "items": [one.resource for one in results.hits],
        "page": query.page,
        "page_size": query.page_size,
        "count": min(results.total, COUNT_CAP),
        "count_capped": results.total > COUNT_CAP,
        "more": results.total > start + query.page_size,
        "ranked": results.ranked,
        "partial": results.partial,
        "facets": results.facets,
    }


def tagged(response: HttpResponse, record: Registered) -> None:
    """Give the record's version as `ETag`, for a later `If-Match`."""
    response["ETag"] = f'"{record.version}"'


def expected_of(request: HttpRequest, in_body: int | None = None) -> int | None:
    """The version that the caller saw: from `If-Match`, or from the body."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return in_body
    match = _TAG.fullmatch(header.strip())
    if match is None:
        raise MalformedError(
            "bad-if-match",
            'If-Match 应为版本号，如 "3"。',
            'If-Match must be a version such as "3".',
        )
    return int(match[1])


class Held(AbstractContextManager[None]):
    """A transaction in which a record is locked and still has the version that was seen.

    For actions that take no `expected_version` of their own.
    """

    def __init__(self, model: type[Registered], ref: str, expected: int | None) -> None:
        self.model, self.ref, self.expected = model, ref, expected
        self.atomic = transaction.atomic()

    def __enter__(self) -> None:
        """Lock and compare; without an expected version the action's own lock is enough."""
        self.atomic.__enter__()
        try:
            if self.expected is not None:
                expect_version(locked(self.model, self.ref, "记录", "record"), self.expected)
        except BaseException as error:
            self.atomic.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(self, *exception: Any) -> None:
        """Commit or roll back."""
        self.atomic.__exit__(*exception)
