"""Who computes which figure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from citybrain.kernel.report.period import Period


@dataclass(frozen=True, slots=True)
class Value:
    """A computed figure: the number and the query that it was computed by.

    `amount` is None when there is nothing to compute a share of.
    """

    amount: int | str | None
    query: str

    @classmethod
    def count(cls, rows: QuerySet[Any]) -> "Value":
        """How many rows, with the SQL as the query behind the figure."""
        return cls(rows.count(), sql(rows))


Compute = Callable[[Period], Value]
_figures: dict[str, Compute] = {}


def figure(code: str) -> Callable[[Compute], Compute]:
    """Declare the function that computes a figure of `figures.toml`."""

    def declare(compute: Compute) -> Compute:
        known = _figures.get(code)
        if known is not None and known.__qualname__ != compute.__qualname__:
            raise ValueError(f"figure {code!r} is computed twice")
        _figures[code] = compute
        return compute

    return declare


def compute_of(code: str) -> Compute | None:
    """The function behind a figure; None when its domain is not built."""
    return _figures.get(code)


def sql(rows: QuerySet[Any]) -> str:
    """The statement of a query set, for people to read and repeat."""
    return str(rows.order_by().query)
