"""Which registered resources may be what a demand asks for, scored with the directory's words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from citybrain.domains.lists.actions.demands import OPEN
from citybrain.domains.lists.logic import matching
from citybrain.domains.lists.logic.matching import Fit, Text
from citybrain.domains.lists.models import Demand
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search, visible

MOST_TERMS = 60
"""Terms of one demand that are counted in the directory, those of the title first."""
SCORED = 60
"""Resources that search ranks first and that are weighed."""
MOST_PROPOSED = 5

Found = list[tuple[Resource, Fit]]


def text_of_demand(demand: Demand) -> Text:
    """What was asked for: the wished items count as much as the title's words do in the text."""
    return Text(demand.title, " ".join([*map(str, demand.items), demand.detail]))


def text_of_resource(resource: Resource) -> Text:
    """What everybody may read of a resource."""
    names = " ".join(_item_names(resource))
    summary = f"{resource.summary_zh} {resource.summary_en}"
    return Text(f"{resource.title_zh} {resource.title_en}", f"{summary} {names}")


def _item_names(resource: Resource) -> Iterator[str]:
    try:
        if "items" not in kind_of(resource.kind).public:
            return
    except KeyError:
        return
    items = resource.metadata.get("items")
    for one in items if isinstance(items, list) else []:
        if isinstance(one, dict):
            yield from (str(value) for value in one.values() if isinstance(value, str))


def for_demand(demand: Demand) -> Found:
    """The best candidates of the whole directory, best first."""
    text = text_of_demand(demand)
    rarities = matching.rarities(holding_of(text), _directory().count())
    near = _directory().exclude(owner=demand.party)
    keys = search.ranked_keys(None, f"{text.title} {text.text}")
    rows = near.order_by("-pk")[:SCORED] if keys is None else near.filter(pk__in=keys[:SCORED])
    return _best((one, matching.fit(text, text_of_resource(one), rarities)) for one in rows)


def _directory() -> QuerySet[Resource]:
    return visible.public_resources()


def _best(scored: Iterable[tuple[Resource, Fit]]) -> Found:
    worth = [(one, fit) for one, fit in scored if fit.is_worth_proposing]
    return sorted(worth, key=lambda pair: (-pair[1].score, pair[0].pk))[:MOST_PROPOSED]


def holding_of(text: Text) -> dict[str, int]:
    """Term → how many published resources hold it."""
    weights = matching.asked(text)
    terms = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
    return search.term_counts(terms)


def changed_since(seen: tuple[int, int], most: int) -> tuple[list[Resource], tuple[int, int]]:
    """Published resources after this (epoch, key), in that order, and the new place."""
    epoch, key = seen
    later = Q(epoch__gt=epoch) | Q(epoch=epoch, pk__gt=key)
    rows: list[Any] = list(_directory().filter(later).order_by("epoch", "pk")[:most])
    return rows, (rows[-1].epoch, rows[-1].pk) if rows else seen


def for_resources(changed: Sequence[Resource]) -> Iterator[tuple[Demand, Found]]:
    """Open demands that some of these resources may meet, with those."""
    texts = [(one, text_of_resource(one)) for one in changed]
    for demand in Demand.objects.filter(state__in=OPEN).select_related("party").iterator():
        text = text_of_demand(demand)
        near = [
            (one, other)
            for one, other in texts
            if one.owner_id != demand.party_id
            and len(matching.common(text, other)) >= matching.FEWEST_TERMS
        ]
        if near:
            rarities = matching.rarities(holding_of(text), _directory().count())
            found = _best((one, matching.fit(text, other, rarities)) for one, other in near)
            if found:
                yield demand, found
