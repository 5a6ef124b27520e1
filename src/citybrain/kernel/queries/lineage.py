"""血缘: the resources around one resource, as far as the reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Relation, Resource
from citybrain.kernel.queries import visible

DEEPEST = 4
MOST_NODES = 120


@dataclass(frozen=True, slots=True)
class Lineage:
    """`level` counts steps from the middle: negative before it (what it comes from), positive
    after it. `cut`: there is more than is shown."""

    resources: dict[int, Resource]
    levels: dict[int, int]
    relations: list[Relation]
    cut: bool


def around(acting: Acting, resource: Resource, depth: int = 2) -> Lineage:
    """Both directions, up to `depth` steps (4 at most); one query a step and direction."""
    return _around(visible.resources(acting), resource, min(max(depth, 1), DEEPEST))


def of_published(pks: Iterable[int]) -> list[Relation]:
    """Statements about published resources whose both ends are published."""
    published = Q(
        source__status=Resource.Status.PUBLISHED, target__status=Resource.Status.PUBLISHED
    )
    found = Relation.objects.filter(published, source__in=list(pks), ended_at=None)
    return list(found.select_related("target"))


def stated(acting: Acting, resource: Resource) -> QuerySet[Relation]:
    """What stands about one resource, at either end, where the reader may see both."""
    seen = visible.resources(acting).values("pk")
    found = Relation.objects.filter(Q(source=resource) | Q(target=resource), ended_at=None)
    return found.filter(source__in=seen, target__in=seen).select_related(
        "source", "target", "source__owner", "target__owner"
    )


def _around(seen: QuerySet[Resource], middle: Resource, depth: int) -> Lineage:
    levels, relations, cut = {middle.pk: 0}, {}, False
    for sign, here, there in ((-1, "source", "target"), (1, "target", "source")):
        edge = {middle.pk}
        for step in range(1, depth + 1):
            rows = Relation.objects.filter(
                **{f"{here}__in": edge, f"{there}__in": seen.values("pk")}, ended_at=None
            )
            edge = set()
            for row in rows.order_by("id")[: MOST_NODES * 4]:
                other = getattr(row, f"{there}_id")
                if other not in levels and len(levels) >= MOST_NODES:
                    cut = True
                    continue
                if other not in levels:
                    levels[other] = sign * step
                    edge.add(other)
                relations[row.pk] = row
            if not edge:
                break
    found = {one.pk: one for one in seen.filter(pk__in=levels)}
    return Lineage(found, levels, list(relations.values()), cut)
