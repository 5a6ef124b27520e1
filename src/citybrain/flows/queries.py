"""Reads of packs and runs that pages, commands and actions share."""

from django.db.models import Q, QuerySet

from citybrain.flows.models import Binding, PackVersion, Run
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement


def bound_names(code: str) -> frozenset[str]:
    """The resources of a pack that have an agreement which is active."""
    rows = Binding.objects.filter(code=code, agreement__state=Agreement.State.ACTIVE)
    return frozenset(rows.values_list("name", flat=True))


def visible_packs(acting: Acting) -> QuerySet[PackVersion]:
    """What is or was in use, and every draft of one's own office."""
    found = PackVersion.objects.select_related("owner", "scenario").defer("files")
    if acting.reads_all:
        return found
    return found.filter(~Q(state=PackVersion.State.DRAFT) | Q(owner=acting.party))


def newest_packs(acting: Acting) -> QuerySet[PackVersion]:
    """Of each pack one version: that in use, or else the newest that one may see."""
    best: dict[str, tuple[bool, int, int]] = {}
    rows = visible_packs(acting).order_by().values_list("pk", "code", "number", "state")
    for key, code, number, state in rows:
        rank = (state == PackVersion.State.ACTIVE, number, key)
        best[code] = max(best.get(code, rank), rank)
    return visible_packs(acting).filter(pk__in=[rank[2] for rank in best.values()])


def visible_runs(acting: Acting) -> QuerySet[Run]:
    """Those of one's own office; the bureau's administrators and auditors see that they are."""
    found = Run.objects.select_related("pack", "party").defer("pack__files")
    return found if acting.reads_all else found.filter(party=acting.party)


def reads_data(acting: Acting, run: Run) -> bool:
    """Personal data are for the office that handles the case, not for those who supervise."""
    return acting.may("run.work", run.party)
