"""A city in which the main job was done, and programs that act for its people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from citybrain.domains.labelling.tests import make
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import agreements, issues, resources
from citybrain.kernel.actions.accounts import record_payment
from citybrain.kernel.models import Agreement, Issue, LedgerRecord, Offer, Request, Use
from citybrain.kernel.sealing import seal_all
from citybrain.surfaces.api.actions import create_api_key
from tests import exchange
from tests.personas import City

ClientFor = Callable[[Acting], Client]
SUBJECTS = {
    "parties": "party",
    "memberships": "membership",
    "api-keys": "api-key",
    "kinds": "kind",
    "uses": "use",
    "entries": "entry",
}


def client_of(acting: Acting) -> Client:
    """A client with an API key of the person; errors come as answers, not as exceptions."""
    _, secret = create_api_key(acting_party=acting)
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)


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


def do_main_job(city: City) -> Done:
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
    payment = record_payment(
        acting_party=city.su, agreement_ref=agreement.ref, amount_fen=100, receipt="R-1"
    ).ref
    leaf = seal_all().size + 1000
    LedgerRecord.objects.create(
        index=leaf,
        verb="use",
        subject="urn:citybrain:use:request-0001",
        at=timezone.now(),
        body="{}",
        leaf="00" * 32,
    )
    use = Use.objects.create(
        journal="test",
        sequence=1,
        ledger_index=leaf,
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
    project = make.project(city)
    task, *_ = make.texts(project, city.su)
    names = {
        "party": city.civil.ref,
        "membership": city.transport.memberships.get(role="member").ref,
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
        "labelling": project.ref,
        "labelling-task": task.ref,
        "leaf": str(LedgerRecord.objects.filter(subject=agreement.urn).earliest("index").index),
    }
    return Done(agreement.request.offer, agreement.request, agreement, token, issue, use, names)


def places(path: str, done: Done) -> dict[str, str]:
    """What stands in the places of a route, for example "/agreements/{ref}"."""
    subject = path.strip("/").split("/")[0]
    own = done.names.get(SUBJECTS.get(subject, subject.removesuffix("s")), "none")
    leaf = done.names["leaf"]
    return {
        "ref": own,
        "code": own,
        "request_id": own,
        "index": leaf,
        "name": leaf,
        "move": "accept",
        "period": "2025H1",
        "task": done.names["labelling-task"],
        "form": "jsonl",
    }


def body_of(answer: Any) -> Any:
    """The JSON of an answer, with the answer's text on failure."""
    assert answer.headers["Content-Type"].split(";")[0].endswith("json"), answer.content[:300]
    return answer.json()
