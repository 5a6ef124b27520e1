"""Who may not, where the party's side of a record decides."""

import pytest
from tests import exchange
from tests.personas import City

from citybrain.kernel.actions import accounts, agreements, issues, requests, resources
from citybrain.kernel.errors import Conflict, NotAllowed, NotFound
from citybrain.kernel.models import Entry, Issue


def test_a_consumer_never_records_its_own_payment_not_even_the_bureau(city: City):
    offer = exchange.offered(city)
    steward = type(city.lin)(city.bureau, "steward", city.lin.account)
    request = exchange.requested(city, offer, steward)
    exchange.moved(request, city.su, "accept", "review", "agree")
    agreement, _ = agreements.countersign_agreement(
        acting_party=steward, agreement_ref=request.agreement.ref
    )
    given = {"agreement_ref": agreement.ref, "amount_fen": 100, "receipt": "R-1"}
    for who in (city.lin, steward, city.zhao, city.an, city.mo):
        with pytest.raises(NotAllowed):
            accounts.record_payment(acting_party=who, **given)
    assert not Entry.objects.exists()
    assert accounts.record_payment(acting_party=city.su, **given).amount_fen == 100


def test_nobody_raises_a_problem_about_a_draft_of_others(city: City):
    draft = exchange.echo_resource(city)
    given = {"type": "correction", "resource_ref": draft.ref, "title": "甲", "detail": "乙"}
    with pytest.raises(NotFound):
        issues.raise_issue(acting_party=city.zhao, **given)
    assert not Issue.objects.exists()
    assert issues.raise_issue(acting_party=city.mo, **given).state


def test_who_asked_may_speak_of_a_resource_that_was_withdrawn(city: City):
    agreement, _ = exchange.active(city)
    resource = agreement.resource
    resources.withdraw_resource(acting_party=city.su, resource_ref=resource.ref, reasons="停更")
    given = {"type": "correction", "resource_ref": resource.ref, "title": "甲", "detail": "乙"}
    assert issues.raise_issue(acting_party=city.ci, **given).state
    with pytest.raises(NotFound):
        issues.raise_issue(acting_party=city.zhao, **given)


def test_what_has_become_not_shared_cannot_be_asked_for(city: City):
    offer = exchange.offered(city)
    draft = requests.draft_request(
        acting_party=city.ci,
        offer_ref=offer.ref,
        purpose="public-service",
        basis="职责法定",
        use_scope="便民服务",
    )
    resources.change_resource(
        acting_party=city.su,
        resource_ref=offer.resource.ref,
        share_type="none",
        share_basis="某法第一条",
    )
    with pytest.raises(Conflict):
        exchange.requested(city, offer, city.zhao)
    with pytest.raises(Conflict):
        exchange.moved(draft, city.ci, "submit")
