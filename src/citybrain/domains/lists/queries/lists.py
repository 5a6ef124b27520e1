"""The rows of the three lists: what one may see, with clocks."""

from typing import Any

from django.db.models import QuerySet

from citybrain.domains.lists.queries import clocks
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Issue, Request, Resource
from citybrain.kernel.queries import visible

RESOURCES, REQUESTS, ISSUES = "resources", "requests", "issues"


def resources(acting: Acting) -> QuerySet[Resource]:
    """资源能力共享清单: every kind at once, what was withdrawn and one's own drafts included."""
    return clocks.with_clock(visible.resources(acting))


def requests(acting: Acting) -> QuerySet[Request]:
    """申请清单: what was submitted."""
    rows = visible.requests(acting).exclude(state="draft")
    return _with_both(rows, clocks.REPLY)


def issues(acting: Acting) -> QuerySet[Issue]:
    """问题清单: corrections and disputes."""
    return _with_both(visible.issues(acting), clocks.CORRECTION)


def _with_both(rows: QuerySet[Any], rule: str) -> QuerySet[Any]:
    return clocks.sort_by_due(clocks.replied(clocks.with_clock(rows), rule))


ROWS = {RESOURCES: resources, REQUESTS: requests, ISSUES: issues}


def rows_of(name: str, acting: Acting) -> QuerySet[Any]:
    """The rows of a list by its name. Raises `KeyError`."""
    return ROWS[name](acting)
