"""Differential privacy of aggregates: the Laplace mechanism on counts and bounded sums.

One row of the table counts as one individual. Groups do not overlap, so an answer costs
its budget once whatever the number of groups; the budget is divided among the figures of
a group. Which groups exist is itself a fact about individuals, therefore a group is shown
only when its noisy count passes a threshold (then the guarantee is (ε, δ)).

Source of the mechanism: Dwork and Roth, The Algorithmic Foundations of Differential
Privacy (2014), chapter 3; thresholds for unknown groups: Korolova and others, Releasing
Search Queries and Clicks Privately (2009). Noise is drawn on a grid of integers, because
noise in floating point gives the true value away by its last digits (Mironov, 2012).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from citybrain.domains.catalogue.logic.errors import refuse
from citybrain.domains.catalogue.logic.query import Order, TableQuery, Term

DELTA = 1e-6
STEPS = 1024
"""Grid steps in the sensitivity of a sum: how finely a noisy sum is rounded."""


def check_terms(query: TableQuery) -> None:
    """Raises `PolicyRefusal` for an aggregate to which noise cannot be added."""
    for term in query.terms:
        if term.function in {"min", "max"}:
            raise refuse(
                "epsilon",
                "not-with-noise",
                "协议设有隐私预算，不提供最小值和最大值（它们是某一行的真实值）。",
                "Under a privacy budget there is no min or max: each is one row's true value.",
            )
        if term.item and (term.item.minimum is None or term.item.maximum is None):
            raise refuse(
                "epsilon",
                "column-not-bounded",
                f"{term.item.name} 未登记取值上下限，无法加噪求和；请提供方补登记。",
                f"{term.item.name} has no registered bounds, so noise on its sum has no scale.",
            )


def discrete_laplace(random: Random, scale: float) -> int:
    """A two-sided geometric number: P(k) proportional to exp(-|k| / scale)."""
    return _geometric(random, scale) - _geometric(random, scale)


def _geometric(random: Random, scale: float) -> int:
    return math.floor(-math.log(1.0 - random.random()) * scale)


@dataclass(frozen=True, slots=True)
class Release:
    """Turns exact groups into noisy ones. `epsilon` is what the whole answer may cost."""

    query: TableQuery
    epsilon: float
    cohort: int
    random: Random

    @property
    def _counted(self) -> bool:
        asked = any(term.item is None for term in self.query.terms)
        return asked or bool(self.query.group) or self.cohort > 1

    @property
    def share(self) -> float:
        """The part of the budget that each noisy figure gets."""
        parts = [2 if term.function == "avg" else 1 for term in self.query.terms if term.item]
        return self.epsilon / (sum(parts) + (1 if self._counted else 0))

    @property
    def threshold(self) -> float:
        """Noisy count from which a group is shown."""
        unknown = 1 + math.log(1 / (2 * DELTA)) / self.share if self.query.group else 0.0
        return max(unknown, self.cohort if self.cohort > 1 else -math.inf)

    def rows(self, exact: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """The noisy groups, ordered and cut by the query; one more than its limit at most.

        `exact` rows hold the group's key, its count, and the parts of `sql.noisy_statement`.
        """
        shown = [row for one in exact if (row := self._group(one)) is not None]
        names = [item.name for item in self.query.group]
        names += [term.label for term in self.query.terms]
        default = [Order(name, False) for name in names[: len(self.query.group)]]
        for order in reversed([*self.query.order, *default]):
            place = names.index(order.key)
            shown.sort(key=lambda row: _sortable(row[place]), reverse=order.descending)
        return shown[self.query.offset : self.query.offset + self.query.limit + 1]

    def _group(self, exact: Sequence[Any]) -> list[Any] | None:
        keys, rest = list(exact[: len(self.query.group)]), list(exact[len(self.query.group) :])
        rows = rest.pop(0)
        count = self._count(rows) if self._counted else 0
        if self._counted and count < self.threshold:
            return None
        return keys + [self._figure(term, count, rest) for term in self.query.terms]

    def _figure(self, term: Term, count: int, rest: list[Any]) -> int | float | None:
        if term.item is None:
            return count
        total = self._sum(term, rest.pop(0))
        if term.function == "sum":
            return total
        values = self._count(rest.pop(0))
        low, high = term.item.minimum or 0.0, term.item.maximum or 0.0
        return min(max(total / values, low), high) if values > 0 else None

    def _count(self, exact: int) -> int:
        return exact + discrete_laplace(self.random, 1 / self.share)

    def _sum(self, term: Term, exact: float) -> float:
        item = term.item
        sensitivity = max(abs(item.minimum or 0.0), abs(item.maximum or 0.0)) if item else 0.0
        grid = sensitivity / STEPS
        # Rounding to the grid moves a neighbour's sum by up to one step more.
        noise = discrete_laplace(self.random, (STEPS + 1) / self.share)
        return (round(exact / grid) + noise) * grid


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, value if value is not None else 0)
