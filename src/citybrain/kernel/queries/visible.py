"""What an acting party may see: every page, API route and command reads through these."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import (
    Agreement,
    Deadline,
    Entry,
    Issue,
    Offer,
    Request,
    Resource,
    Use,
)

T = TypeVar("T", bound=Model)


def resources(acting: Acting) -> QuerySet[Resource]:
    """Published ones, and one's own party's in any status."""
    found = Resource.objects.select_related("owner")
    if acting.reads_all:
        return found
    return found.filter(Q(status=Resource.Status.PUBLISHED) | Q(owner=acting.party))


def public_resources() -> QuerySet[Resource]:
    """What anybody may see without signing in: the published directory."""
    found = Resource.objects.select_related("owner", "source_party")
    return found.filter(status=Resource.Status.PUBLISHED)


def offers(acting: Acting) -> QuerySet[Offer]:
    """Open offers of resources that one may see, and every offer of one's own."""
    found = Offer.objects.select_related("resource", "resource__owner")
    if acting.reads_all:
        return found
    public = Q(status=Offer.Status.OPEN, resource__status=Resource.Status.PUBLISHED)
    return found.filter(public | Q(resource__owner=acting.party))


def requests(acting: Acting) -> QuerySet[Request]:
    """Those that one's party made, and those that ask for its resources (no drafts)."""
    found = Request.objects.select_related(
        "resource", "resource__owner", "requester", "scenario", "offer"
    )
    submitted = found.exclude(~Q(requester=acting.party) & Q(state="draft"))
    if acting.reads_all:
        return submitted
    return submitted.filter(Q(requester=acting.party) | Q(resource__owner=acting.party))


def agreements(acting: Acting) -> QuerySet[Agreement]:
    """Those that one's party is a side of."""
    found = Agreement.objects.select_related(
        "resource", "provider", "consumer", "scenario", "request"
    )
    if acting.reads_all:
        return found
    return found.filter(Q(provider=acting.party) | Q(consumer=acting.party))


def uses(acting: Acting) -> QuerySet[Use]:
    """Uses by one's party, and of its resources."""
    found = Use.objects.select_related("agreement", "resource", "consumer")
    if acting.reads_all:
        return found
    return found.filter(Q(consumer=acting.party) | Q(resource__owner=acting.party))


def issues(acting: Acting) -> QuerySet[Issue]:
    """Problems that one's party raised, or with its resources."""
    found = Issue.objects.select_related("resource", "resource__owner", "raised_by", "request")
    if acting.reads_all:
        return found
    return found.filter(Q(raised_by=acting.party) | Q(resource__owner=acting.party))


def entries(acting: Acting) -> QuerySet[Entry]:
    """Entries of one's party, on either side."""
    found = Entry.objects.select_related("party", "counterparty", "agreement__resource")
    if acting.reads_all:
        return found
    return found.filter(Q(party=acting.party) | Q(counterparty=acting.party))


def deadlines(acting: Acting) -> QuerySet[Deadline]:
    """Clocks that one's party is held to; the bureau's administrators and auditors see all."""
    found = Deadline.objects.select_related("party")
    return found if acting.reads_all else found.filter(party=acting.party)


def one(found: QuerySet[T], ref: str, what_zh: str, what_en: str) -> T:
    """The record under this reference, if one may see it; otherwise it does not exist."""
    record = found.filter(ref=ref).first()
    if record is None:
        raise NotFound("not-found", f"找不到该{what_zh}。", f"There is no such {what_en}.")
    return record
