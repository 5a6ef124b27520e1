"""One of everything, made by the real actions, for tests that walk over every page."""

from dataclasses import dataclass

from tests import exchange
from tests.personas import City

from citybrain.kernel import clock
from citybrain.kernel.actions import issues, relations
from citybrain.kernel.models import (
    Account,
    Agreement,
    AgreementToken,
    Issue,
    JournalRecord,
    Membership,
    Offer,
    Relation,
    Request,
    Resource,
    Use,
)
from citybrain.kernel.sealing import seal_all
from citybrain.kernel.use_records import UseRecord


@dataclass(frozen=True)
class World:
    """A published resource of the transport commission, in use by civil affairs."""

    city: City
    draft: Resource
    resource: Resource
    offer: Offer
    request: Request
    refused: Request
    agreement: Agreement
    awaiting: Agreement
    token: AgreementToken
    secret: str
    issue: Issue
    use: Use
    account: Account
    membership: Membership
    relation: Relation


def use_of(agreement: Agreement, sequence: int, outcome: str = "granted") -> None:
    """A use in the database's journal, as the gateway writes it."""
    reason = "" if outcome == "granted" else "purpose-not-agreed"
    record = UseRecord(
        at=int(clock.now().timestamp() * 1_000_000),
        agreement=agreement.pk,
        resource=agreement.resource_id,
        consumer=agreement.consumer_id,
        outcome=outcome,
        status=200 if outcome == "granted" else 403,
        reason=reason,
        operand="purpose" if reason else "",
        purpose="public-service",
        scenario="",
        units=1,
        rows=3,
        bytes=420,
        epsilon=0,
        duration_us=1500,
        request_id=f"test-use-{sequence:04}",
        subject="",
        spent=[],
    )
    JournalRecord.objects.create(journal="test", sequence=sequence, payload=record.encode())


def build_world(city: City) -> World:
    """Everything once; sealed."""
    agreement, secret = exchange.active(city)
    awaiting = exchange.agreed(city, code="T-0002")
    draft = exchange.echo_resource(city, "T-0003", title_zh="停车场", title_en="Car parks")
    refused = exchange.requested(city, exchange.offered(city, code="T-0004"))
    exchange.moved(refused, city.su, "accept", "review")
    refused = exchange.moved(refused, city.su, "refuse", reasons="用途不明")
    running = exchange.requested(city, exchange.offered(city, code="T-0005"))
    issue = issues.raise_issue(
        acting_party=city.ci,
        type=Issue.Type.CORRECTION,
        resource_ref=agreement.resource.ref,
        title="线路终点有误",
        detail="25路终点应为火车站",
        pointer={"row": "25", "field": "terminus"},
    )
    use_of(agreement, 1)
    use_of(agreement, 2, "refused")
    relation = relations.state_relation(
        acting_party=city.su,
        source_ref=agreement.resource.ref,
        target=awaiting.resource.ref,
        type=Relation.Type.DERIVED,
        note="按线路汇总",
    )
    seal_all()
    account = Account.objects.get(username="mo")
    return World(
        city=city,
        draft=draft,
        resource=agreement.resource,
        offer=agreement.request.offer,
        request=running,
        refused=refused,
        agreement=agreement,
        awaiting=awaiting,
        token=AgreementToken.objects.get(agreement=agreement),
        secret=secret,
        issue=issue,
        use=Use.objects.get(request_id="test-use-0001"),
        account=account,
        membership=Membership.objects.get(account=account),
        relation=relation,
    )
