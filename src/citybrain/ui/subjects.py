"""From a URN to its page and its name: what clocks and ledger records speak of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting
from citybrain.kernel.models import (
    Account,
    Agreement,
    AgreementToken,
    Consent,
    Membership,
    Party,
    Scenario,
)
from citybrain.kernel.queries import visible
from citybrain.ui.labels import localised, party_name, resource_title


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is shown, and what it is called."""

    sort: str
    title: str
    url: str


def _titled(row: Any) -> str:
    return str(localised(row.title_zh, row.title_en))


def located(urns: Iterable[str], acting: Acting) -> dict[str, Place]:
    """The places of records that one may see, by URN; one query a sort of record."""
    wanted: dict[str, set[str]] = {}
    for urn in set(urns):
        parts = urn.split(":")
        if len(parts) == 4:
            wanted.setdefault(parts[2], set()).add(parts[3])
    found: dict[str, Place] = {}
    for sort, refs in wanted.items():
        maker = _MAKERS.get(sort)
        if maker:
            found |= {f"urn:citybrain:{sort}:{ref}": place for ref, place in maker(refs, acting)}
    return found


def _resources(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.resources(acting).filter(ref__in=refs):
        yield (
            row.ref,
            Place(_("Resource"), resource_title(row), reverse("resource", args=[row.ref])),
        )


def _offers(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.offers(acting).filter(ref__in=refs):
        yield row.ref, Place(_("Offer"), _titled(row), reverse("offer", args=[row.ref]))


def _requests(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.requests(acting).filter(ref__in=refs):
        title = f"{resource_title(row.resource)} · {party_name(row.requester)}"
        yield row.ref, Place(_("Request"), title, reverse("request", args=[row.ref]))


def _agreements(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.agreements(acting).filter(ref__in=refs):
        yield row.ref, _agreement(row, _("Agreement"))


def _agreement(row: Agreement, sort: str) -> Place:
    title = f"{resource_title(row.resource)} · {party_name(row.consumer)}"
    return Place(sort, title, reverse("agreement", args=[row.ref]))


def _tokens(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    rows = AgreementToken.objects.filter(ref__in=refs, agreement__in=visible.agreements(acting))
    for row in rows.select_related("agreement__resource", "agreement__consumer"):
        yield row.ref, _agreement(row.agreement, _("Token"))


def _consents(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    rows = Consent.objects.filter(ref__in=refs, agreement__in=visible.agreements(acting))
    for row in rows.select_related("agreement__resource", "agreement__consumer"):
        yield row.ref, _agreement(row.agreement, _("Consent"))


def _issues(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.issues(acting).filter(ref__in=refs):
        yield row.ref, Place(_("Problem"), row.title, reverse("issue", args=[row.ref]))


def _parties(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in Party.objects.filter(ref__in=refs):
        yield row.ref, Place(_("Party"), party_name(row), "")


def _scenarios(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in Scenario.objects.filter(ref__in=refs):
        yield row.ref, Place(_("Scenario"), _titled(row), "")


def _memberships(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    rows = Membership.objects.filter(ref__in=refs)
    if not acting.reads_all:
        rows = rows.filter(party=acting.party)
    for row in rows.select_related("party", "account"):
        title = f"{row.account} · {party_name(row.party)}"
        yield row.ref, Place(_("Membership"), title, "")


def _entries(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.entries(acting).filter(ref__in=refs):
        title = f"{row.get_type_display()} · {party_name(row.party)}"
        yield row.ref, Place(_("Entry"), title, reverse("savings"))


def _deadlines(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.deadlines(acting).filter(ref__in=refs):
        yield row.ref, Place(_("Clock"), party_name(row.party), reverse("deadlines"))


Maker = Callable[[set[str], Acting], Iterable[tuple[str, Place]]]
_MAKERS: dict[str, Maker] = {
    "resource": _resources,
    "offer": _offers,
    "request": _requests,
    "agreement": _agreements,
    "token": _tokens,
    "consent": _consents,
    "issue": _issues,
    "party": _parties,
    "scenario": _scenarios,
    "membership": _memberships,
    "entry": _entries,
    "deadline": _deadlines,
}


def add_places(sort: str, maker: Maker) -> None:
    """Say where a domain's records of this sort (their `urn_type`) are shown."""
    _MAKERS[sort] = maker


def account_names(refs: Iterable[str]) -> dict[str, str]:
    """The names of the people that signatures and ledger records name by reference."""
    rows = Account.objects.filter(ref__in=set(refs))
    return {row.ref: str(row) for row in rows} | {"system": _("the platform")}
