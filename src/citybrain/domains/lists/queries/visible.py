"""What an acting party may see of this app's records."""

from django.db.models import Count, Q, QuerySet

from citybrain.domains.lists.models import Demand, Escalation, Rating, Story
from citybrain.kernel.acting import Acting


def demands(acting: Acting) -> QuerySet[Demand]:
    """All of them: whoever needs the same or has it must be able to find them."""
    found = Demand.objects.select_related("party", "office", "resource")
    return found.annotate(supporters=Count("supports", distinct=True))


def ratings(acting: Acting) -> QuerySet[Rating]:
    """Those one's party gave and those it was given."""
    found = Rating.objects.select_related("party", "office", "request__resource", "issue__resource")
    if acting.reads_all:
        return found
    return found.filter(Q(party=acting.party) | Q(office=acting.party))


def escalations(acting: Acting) -> QuerySet[Escalation]:
    """Those of one's own party's clocks; the bureau's administrators and auditors see all."""
    found = Escalation.objects.select_related("party", "deadline")
    return found if acting.reads_all else found.filter(party=acting.party)


def stories(acting: Acting) -> QuerySet[Story]:
    """Shown ones of published resources, and one's own party's."""
    found = Story.objects.select_related("resource__owner")
    if acting.reads_all:
        return found
    shown = Q(state=Story.State.SHOWN, resource__status="published")
    return found.filter(shown | Q(resource__owner=acting.party))
