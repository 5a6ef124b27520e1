"""The figures of the three lists' first page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from citybrain.domains.lists.queries import clocks, holding, lists
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource

STANDINGS = ("soon", "overdue", "escalated")


@dataclass(frozen=True, slots=True)
class Counts:
    """One list in numbers: all, what is in hand, what waits for oneself, clocks by standing."""

    total: int
    open: int
    mine: int
    clocks: dict[str, int]
    states: list[tuple[str, int]]


def resources(acting: Acting) -> Counts:
    """Published resources, and clocks that run on resources."""
    rows = lists.resources(acting)
    published = rows.filter(status=Resource.Status.PUBLISHED)
    return Counts(rows.count(), published.count(), 0, _clocks(rows), _by(rows, "share_type"))


def requests(acting: Acting) -> Counts:
    """Submitted requests."""
    rows = lists.requests(acting)
    mine = rows.filter(holding.requests_held_by(acting)).exclude(state="draft")
    in_hand = rows.filter(holding.requests_in_hand()).count()
    return Counts(rows.count(), in_hand, mine.count(), _clocks(rows), _by(rows, "state"))


def issues(acting: Acting) -> Counts:
    """Corrections and disputes."""
    rows = lists.issues(acting)
    mine = rows.filter(holding.issues_held_by(acting)).count()
    not_closed = rows.filter(closed_at=None).count()
    return Counts(rows.count(), not_closed, mine, _clocks(rows), _by(rows, "state"))


def _clocks(rows: QuerySet[Any]) -> dict[str, int]:
    return {name: clocks.narrowed(rows, name).count() for name in STANDINGS}


def _by(rows: QuerySet[Any], name: str) -> list[tuple[str, int]]:
    counted = rows.order_by().values_list(name).annotate(n=Count("pk")).order_by("-n", name)
    return [(value, n) for value, n in counted]
