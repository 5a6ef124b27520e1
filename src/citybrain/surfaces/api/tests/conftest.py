"""Programs that act for the people of the test city, and a city in which a job was done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import agreements, issues, resources
from citybrain.kernel.models import Agreement, Issue, Offer, Request, Use
from citybrain.kernel.sealing import seal_all
from citybrain.surfaces.api.actions import create_api_key
from tests import exchange
from tests.personas import City

ClientFor = Callable[..., Client]


@pytest.fixture
def client_for(db: None) -> ClientFor:
    """A client with an API key of the person; errors come as answers, not as exceptions."""

    def make(acting: Acting, **headers: str) -> Client:
        _, secret = create_api_key(acting_party=acting)
        return Client(
            headers={"Authorization": f"Bearer {secret}", **headers},
            raise_request_exception=False,
        )

    return make


@dataclass(frozen=True)
class Done:
    """What the main job left behind, and what the routes' places are filled with."""

    offer: Offer
    request: Request
    agreement: Agreement
    token: str
    issue: Issue
    use: Use
    names: dict[str, str]


@pytest.fixture
def done(city: City) -> Done:
    """Transport offered, civil affairs uses: one agreement, one use, one problem, sealed."""
    agreement, token = exchange.active(city)
    issue = issues.raise_issue(
        acting_party=city.ci,
        type="correction",
        resource_ref=agreement.resource.ref,
        title="线路缺失",
        detail="缺少 1 路",
    )
    scenario = resources.register_scenario(
        acting_party=city.su,
        owner=city.transport,
        code="bus-on-time",
        title_zh="公交准点",
        title_en="Buses on time",
        purpose="public-service",
    )
    consent = agreements.record_consent(
        acting_party=city.ci, agreement_ref=agreement.ref, subject="ab" * 32
    )
    payment = _payment(city, agreement)
    size = seal_all().size
    use = Use.objects.create(
        journal="test",
        sequence=1,
        ledger_index=size + 1000,
        at=timezone.now(),
        agreement=agreement,
        resource=agreement.resource,
        consumer=agreement.consumer,
        outcome="granted",
        status=200,
        units=2,
        rows=10,
        bytes=100,
        request_id="request-0001",
    )
    key, _ = create_api_key(acting_party=city.su)
    names = {
        "party": city.civil.ref,
        "membership": str(city_membership(city)),
        "api-key": key.ref,
        "kind": "echo",
        "resource": agreement.resource.ref,
        "offer": agreement.request.offer.ref,
        "scenario": scenario.code,
        "request": agreement.request.ref,
        "agreement": agreement.ref,
        "token": agreement.tokens.get().ref,
        "consent": consent.ref,
        "issue": issue.ref,
        "entry": payment,
        "use": use.request_id,
    }
    return Done(agreement.request.offer, agreement.request, agreement, token, issue, use, names)


def city_membership(city: City) -> str:
    """Reference of the membership of Mo."""
    return city.mo.party.memberships.get(role="member").ref


def _payment(city: City, agreement: Agreement) -> str:
    from citybrain.kernel.actions.accounts import record_payment

    entry = record_payment(
        acting_party=city.su, agreement_ref=agreement.ref, amount_fen=100, receipt="R-1"
    )
    return entry.ref


def body_of(answer: Any) -> Any:
    """The JSON of an answer, with the answer's text on failure."""
    assert answer.headers["Content-Type"].split(";")[0].endswith("json"), answer.content[:300]
    return answer.json()
