"""Proposing what is registered for what was asked for."""

from collections.abc import Sequence

from citybrain.domains.lists.actions.common import of_the_platform
from citybrain.domains.lists.actions.demands import CLOSED, advance, file_demand
from citybrain.domains.lists.logic.matching import Fit
from citybrain.domains.lists.models import Demand, Match
from citybrain.domains.lists.queries import candidates
from citybrain.domains.lists.rules import demand_process
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Resource

BATCH = 100
"""Resources that one run of the duty looks at: it shares its thread with the sealer."""


@action("match.propose")
def propose_matches(
    *, acting_party: Acting, demand_ref: str, found: Sequence[tuple[Resource, Fit]]
) -> list[Match]:
    """Put candidates before the demander; what was proposed before stays as it is."""
    authorise(acting_party, "demand.assign")
    demand = locked(Demand, demand_ref, "需求", "demand")
    if demand.state in CLOSED:
        return []
    known = set(demand.matches.values_list("resource_id", flat=True))
    made = [
        Match.objects.create(
            demand=demand, resource=one, score=round(fit.score * 1000), terms=list(fit.terms)
        )
        for one, fit in found
        if one.pk not in known
    ]
    for match in made:
        ledger.write("match.propose", match, acting_party)
    if made and demand.state != "matched":
        chosen = demand_process().check(demand.state, "propose", {"system"}, {})
        advance(demand, chosen, acting_party)
    return made


def match_demand(demand: Demand) -> list[Match]:
    """Look for what is registered already; nothing before the city is founded."""
    acting, found = of_the_platform(), candidates.for_demand(demand)
    if acting is None or not found:
        return []
    return propose_matches(acting_party=acting, demand_ref=demand.ref, found=found)


def file_and_match(*, acting_party: Acting, **given: object) -> Demand:
    """File a demand and show at once what may meet it."""
    demand = file_demand(acting_party=acting_party, **given)  # type: ignore[arg-type]
    match_demand(demand)
    demand.refresh_from_db()
    return demand


class Matching:
    """The duty: looks at every resource that was published or changed since its last run.

    What it has seen is kept in memory, so a worker that starts anew looks at all of the
    directory once more, a batch a run; a pair is proposed once whoever finds it.
    """

    def __init__(self) -> None:
        self.seen = (0, 0)

    def __call__(self) -> int:
        """The number of new proposals."""
        acting = of_the_platform()
        changed, self.seen = candidates.changed_since(self.seen, BATCH)
        if acting is None or not changed:
            return 0
        return sum(
            _proposed(acting, demand, found) for demand, found in candidates.for_resources(changed)
        )


def _proposed(acting: Acting, demand: Demand, found: Sequence[tuple[Resource, Fit]]) -> int:
    try:
        return len(propose_matches(acting_party=acting, demand_ref=demand.ref, found=found))
    except ActionError:
        # Another worker proposed the same pair between the look and the write.
        return 0
