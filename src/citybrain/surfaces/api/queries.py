"""The lists of API and command line: what one may see, filtered and in order."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import (
    Account,
    Agreement,
    AgreementToken,
    Consent,
    Deadline,
    Entry,
    Issue,
    LedgerRecord,
    Membership,
    Offer,
    Party,
    Request,
    Resource,
    Scenario,
    Use,
)
from citybrain.kernel.queries import search, visible
from citybrain.surfaces.api.models import ApiKey
from citybrain.surfaces.api.schemas import accounting, exchange, parties, resources

SORTS = {
    "created": "id",
    "published": "published_at",
    "title": "title_zh",
    "code": "code",
}


def narrowed(found: QuerySet[Any], filters: Mapping[str, Any]) -> QuerySet[Any]:
    """Only the filters that are given; empty text and None mean "any"."""
    return found.filter(**{name: one for name, one in filters.items() if one not in ("", None)})


def parties_of(acting: Acting, query: parties.PartyQuery) -> QuerySet[Party]:
    """The directory of parties is open to everyone who is signed in."""
    found = narrowed(Party.objects.all(), {"type": query.type, "active": query.active})
    if query.q:
        found = found.filter(
            Q(name_zh__icontains=query.q) | Q(name_en__icontains=query.q) | Q(code=query.q)
        )
    return found.order_by("name_zh", "id")


def memberships(acting: Acting) -> QuerySet[Membership]:
    """Those of one's own party; the bureau's administrators and auditors see all."""
    found = Membership.objects.select_related("account", "party").order_by("-id")
    return found if acting.reads_all else found.filter(party=acting.party)


def memberships_of(acting: Acting, query: parties.MembershipQuery) -> QuerySet[Membership]:
    """See `memberships`."""
    filters = {"party__ref": query.party, "role": query.role, "active": query.active}
    return narrowed(memberships(acting), filters)


def accounts(acting: Acting) -> QuerySet[Account]:
    """Those who act for one's own party; the bureau's administrators and auditors see all."""
    found = Account.objects.order_by("username")
    if acting.reads_all:
        return found
    return found.filter(memberships__party=acting.party).distinct()


def api_keys(acting: Acting) -> QuerySet[ApiKey]:
    """One's own; the bureau's administrators and auditors see all."""
    found = ApiKey.objects.select_related("account", "membership__party")
    return found if acting.reads_all else found.filter(account__ref=acting.account)


def resources_of(
    acting: Acting, query: resources.ResourceQuery
) -> QuerySet[Resource] | search.Ranked:
    """Search, filters and order of the directory: by relevance when there are words."""
    filters = query.filters()
    if query.q.strip() and query.sort in (None, resources.ResourceSort.RELEVANCE):
        return search.Ranked(acting, query.q, filters, query.facet_names())
    found = search.narrowed(visible.resources(acting), filters)
    sort = query.sort or resources.ResourceSort.NEWEST
    if sort == resources.ResourceSort.RELEVANCE:
        sort = resources.ResourceSort.NEWEST
    minus = "-" if sort.startswith("-") else ""
    ordered = (minus + SORTS[sort.lstrip("-")], f"{minus}id")
    return search.matching(found, query.q, acting).order_by(*ordered)


def facets_of(acting: Acting, query: resources.ResourceQuery) -> dict[str, dict[str, int]]:
    """Counts of what matches, for a list that is not ranked."""
    names, filters = query.facet_names(), query.filters()
    if not query.q.strip():
        return search.facets(acting, filters, names).facets
    return search.search(acting, query.q, filters, size=0, facets=names).facets


def offers_of(acting: Acting, query: resources.OfferQuery) -> QuerySet[Offer]:
    """Offers of one resource, or of all."""
    filters = {"resource__ref": query.resource, "status": query.status}
    return narrowed(visible.offers(acting), filters)


def scenarios_of(acting: Acting, query: resources.ScenarioQuery) -> QuerySet[Scenario]:
    """Scenarios are open to everyone who is signed in."""
    found = narrowed(
        Scenario.objects.select_related("owner"),
        {"owner__ref": query.owner, "active": query.active},
    )
    if query.q:
        found = found.filter(
            Q(title_zh__icontains=query.q) | Q(title_en__icontains=query.q) | Q(code=query.q)
        )
    return found.order_by("code")


def requests_of(acting: Acting, query: exchange.RequestQuery) -> QuerySet[Request]:
    """Requests that one made or has to answer."""
    filters = {
        "state": query.state,
        "resource__ref": query.resource,
        "requester__ref": query.requester,
        "resource__owner__ref": query.owner,
        "scenario__code": query.scenario,
    }
    return narrowed(visible.requests(acting), filters)


def agreements_of(acting: Acting, query: exchange.AgreementQuery) -> QuerySet[Agreement]:
    """Agreements that one is a side of."""
    filters = {
        "state": query.state,
        "resource__ref": query.resource,
        "provider__ref": query.provider,
        "consumer__ref": query.consumer,
    }
    return narrowed(visible.agreements(acting), filters)


def tokens_of(acting: Acting, agreement_ref: str) -> QuerySet[AgreementToken]:
    """The tokens of an agreement that one may see."""
    agreement = visible.one(visible.agreements(acting), agreement_ref, "协议", "agreement")
    return agreement.tokens.all()


def consents_of(acting: Acting, agreement_ref: str) -> QuerySet[Consent]:
    """The consents under an agreement that one may see."""
    agreement = visible.one(visible.agreements(acting), agreement_ref, "协议", "agreement")
    return agreement.consents.order_by("-id")


def uses_of(acting: Acting, query: accounting.UseFilter) -> QuerySet[Use]:
    """Uses by one's party and of its resources."""
    filters = {
        "agreement__ref": query.agreement,
        "resource__ref": query.resource,
        "consumer__ref": query.consumer,
        "outcome": query.outcome,
        "at__gte": query.since,
        "at__lt": query.until,
    }
    return narrowed(visible.uses(acting), filters)


def use_named(acting: Acting, request_id: str) -> Use:
    """The newest use under a request id, found by its leaf. Raises `NotFound`."""
    leaves = LedgerRecord.objects.filter(
        subject=f"urn:citybrain:use:{request_id}"[:80], index__isnull=False
    )
    # All of them: callers choose their request ids, so others may have used the same one.
    use = visible.uses(acting).filter(ledger_index__in=leaves.values("index")).first()
    if use is None:
        raise NotFound(
            "no-such-use",
            "找不到该使用记录，可能尚待封存，请稍后再试。",
            "There is no such use; it may be waiting to be sealed, try again in a moment.",
        )
    return use


def uses_by_day(acting: Acting, query: accounting.UseFilter) -> list[dict[str, Any]]:
    """Counts and amounts of each day in Asia/Shanghai, newest day first; 400 days at most."""
    counts = {outcome: Count("id", filter=Q(outcome=outcome)) for outcome in Use.Outcome.values}
    sums = {name: Sum(name) for name in ("units", "rows", "bytes")}
    rows = (
        uses_of(acting, query)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=timezone.get_default_timezone()))
        .values("day")
        .annotate(**counts)
        .annotate(**{f"sum_{name}": one for name, one in sums.items()})
        .order_by("-day")[:400]
    )
    return [{key.removeprefix("sum_"): value for key, value in row.items()} for row in rows]


def issues_of(acting: Acting, query: accounting.IssueQuery) -> QuerySet[Issue]:
    """Problems that one raised or has to answer."""
    filters = {
        "type": query.type,
        "state": query.state,
        "resource__ref": query.resource,
        "closed_at__isnull": query.open,
    }
    return narrowed(visible.issues(acting), filters)


def deadlines_of(acting: Acting, query: accounting.DeadlineQuery) -> QuerySet[Deadline]:
    """Clocks that one is held to."""
    filters = {
        "state": query.state,
        "party__ref": query.party,
        "subject": query.subject,
        "due_on__lte": query.due_until,
    }
    found = narrowed(visible.deadlines(acting), filters)
    late = Q(state=Deadline.State.OPEN, due_on__lt=clock.today())
    if query.overdue is None:
        return found
    return found.filter(late) if query.overdue else found.exclude(late)


def entries_of(acting: Acting, query: accounting.EntryFilter) -> QuerySet[Entry]:
    """Money on either side."""
    filters = {
        "type": query.type,
        "party__ref": query.party,
        "agreement__ref": query.agreement,
        "day__gte": query.since,
        "day__lte": query.until,
    }
    return narrowed(visible.entries(acting), filters)


def savings(acting: Acting, query: accounting.EntryFilter) -> dict[str, Any]:
    """节省财政资金 in all and by the kind of the resource that was reused, in fen."""
    booked = entries_of(acting, query).filter(type=Entry.Type.SAVING)
    rows = (
        booked.order_by()
        .values("agreement__resource__kind")
        .annotate(fen=Sum("amount_fen"), entries=Count("id"))
    )
    by_kind = {row["agreement__resource__kind"] or "": row["fen"] for row in rows}
    return {
        "saved_fen": sum(by_kind.values()),
        "entries": sum(row["entries"] for row in rows),
        "by_kind": by_kind,
    }


def party_named(ref: str) -> Party:
    """A party by reference. Raises `NotFound`."""
    return visible.one(Party.objects.all(), ref, "单位", "party")


def scenario_named(acting: Acting, code: str) -> Scenario:
    """A scenario by its code. Raises `NotFound`."""
    scenario = Scenario.objects.select_related("owner").filter(code=code).first()
    if scenario is None:
        raise NotFound("not-found", "找不到该场景。", "There is no such scenario.")
    return scenario
