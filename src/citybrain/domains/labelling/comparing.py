"""How far the annotators of a project agree: from its annotations to the measures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import orjson

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.logic import agreement as measures
from citybrain.domains.labelling.models import Project


@dataclass(slots=True)
class Pair:
    """Two annotators and what they share."""

    first: str
    second: str
    tasks: int = 0
    values: list[tuple[Any, Any]] = field(default_factory=list)
    common: int = 0
    found: tuple[int, int] = (0, 0)
    overlaps: list[float] = field(default_factory=list)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa over values (spans: characters)."""
        return measures.cohen_kappa(self.values)

    @property
    def f1(self) -> float | None:
        """F1 of spans or boxes that match."""
        return measures.f1(self.common, *self.found)

    @property
    def mean_iou(self) -> float | None:
        """Mean IoU of matched boxes."""
        return sum(self.overlaps) / len(self.overlaps) if self.overlaps else None


@dataclass(slots=True)
class Report:
    """Every pair, and alpha over all (classification and pairs alone)."""

    pairs: list[Pair]
    alpha: float | None
    tasks: int


def report(project: Project) -> Report:
    """The measures of a project, over tasks with two or more annotations."""
    pairs: dict[tuple[str, str], Pair] = {}
    units: list[list[str]] = []
    tasks = 0
    for task, rows in queries.answers(project):
        if len(rows) < 2:
            continue
        tasks += 1
        if project.type in (Project.Type.CLASSIFICATION, Project.Type.PAIRS):
            units.append([_value(one.result) for one in rows])
        ordered = sorted(rows, key=lambda one: one.account)
        for one, other in combinations(ordered, 2):
            key = (one.account, other.account)
            pair = pairs.setdefault(key, Pair(*key))
            _add(pair, project.type, one.result, other.result, task.data)
    return Report([pairs[key] for key in sorted(pairs)], measures.krippendorff_alpha(units), tasks)


def _value(result: dict[str, Any]) -> str:
    """A result as one nominal value; several labels together are a value of their own."""
    return orjson.dumps(result, option=orjson.OPT_SORT_KEYS).decode()


def _add(
    pair: Pair, type: str, one: dict[str, Any], other: dict[str, Any], data: dict[str, Any]
) -> None:
    pair.tasks += 1
    if type == Project.Type.SPANS:
        length = len(data["text"])
        both = (measures.characters(made["spans"], length) for made in (one, other))
        pair.values += zip(*both, strict=True)
        pair.common += measures.span_matches(one["spans"], other["spans"])
        pair.found = (pair.found[0] + len(one["spans"]), pair.found[1] + len(other["spans"]))
    elif type == Project.Type.BOXES:
        found = measures.matched(one["boxes"], other["boxes"])
        pair.overlaps += [overlap for *_indexes, overlap in found]
        pair.common += sum(overlap >= measures.MATCHED for *_indexes, overlap in found)
        pair.found = (pair.found[0] + len(one["boxes"]), pair.found[1] + len(other["boxes"]))
    else:
        pair.values.append((_value(one), _value(other)))


def annotators(project: Project) -> list[dict[str, Any]]:
    """How much each annotator has handed in."""
    counted: dict[str, dict[str, Any]] = defaultdict(lambda: {"annotations": 0, "skipped": 0})
    rows: Iterable[tuple[str, str]] = project.annotations.order_by().values_list(
        "account", "skipped"
    )
    for account, skipped in rows:
        counted[account]["skipped" if skipped else "annotations"] += 1
    return [{"account": account, **counts} for account, counts in sorted(counted.items())]
