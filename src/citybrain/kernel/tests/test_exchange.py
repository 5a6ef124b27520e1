"""The six verbs through the actions: what each leaves, and who may not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections
from tests import exchange
from tests.personas import City

from citybrain.engines import calendar
from citybrain.kernel import audit, clock, clocks
from citybrain.kernel.actions import agreements, issues, parties, requests, resources
from citybrain.kernel.errors import ActionError, Conflict, Invalid, NotAllowed, NotFound
from citybrain.kernel.models import (
    Agreement,
    Deadline,
    Entry,
    LedgerRecord,
    Membership,
    Request,
    Resource,
)
from citybrain.kernel.queries import search


def verbs(urn: str) -> list[str]:
    return list(
        LedgerRecord.objects.filter(subject=urn).order_by("id").values_list("verb", flat=True)
    )


def test_the_main_job_leaves_one_ledger_record_a_write(city: City):
    agreement, token = exchange.active(city)
    assert token.startswith("cb1_")
    assert verbs(agreement.urn) == ["agreement.draw-up", "agreement.countersign"]
    request = Request.objects.get()
    assert verbs(request.urn) == [
        "request.draft",
        "request.submit",
        "request.accept",
        "request.review",
        "request.agree",
        "request.deliver",
    ]
    assert request.state == "delivered"
    assert Agreement.objects.get().state == Agreement.State.ACTIVE


def test_reuse_by_a_department_books_one_saving_with_its_source(city: City):
    exchange.active(city)
    assert not Entry.objects.exists(), "the kind of the tests has no reference cost"


def test_a_request_beyond_the_offer_is_refused_clause_by_clause(city: City):
    offer = exchange.offered(city)
    wider = {
        "action": "use",
        "constraints": [
            {"operand": "purpose", "operator": "isAnyOf", "value": ["public-service"]},
            {"operand": "count", "operator": "lteq", "value": 101},
        ],
    }
    with pytest.raises(Invalid) as refusal:
        requests.draft_request(
            acting_party=city.ci,
            offer_ref=offer.ref,
            purpose="public-service",
            basis="职责法定",
            use_scope="便民服务",
            policy=wider,
        )
    assert refusal.value.reason == "beyond-offer"
    assert "count" in refusal.value.fields


def test_a_reply_has_a_statutory_clock_that_the_decision_meets(city: City):
    request = exchange.requested(city, exchange.offered(city))
    clock = Deadline.objects.get(subject=request.urn, state=Deadline.State.OPEN)
    assert clock.party == city.transport
    assert clock.unit == "working_day" and clock.days == 10
    exchange.moved(request, city.su, "accept", "review", "agree")
    clock.refresh_from_db()
    assert clock.state == Deadline.State.MET


def test_the_clock_stands_still_while_the_request_is_supplemented(city: City):
    request = exchange.requested(city, exchange.offered(city))
    exchange.moved(request, city.su, "supplement", reasons="请补充使用依据")
    states = set(Deadline.objects.filter(subject=request.urn).values_list("state", flat=True))
    assert Deadline.State.PAUSED in states
    exchange.moved(request, city.ci, "submit")
    states = list(Deadline.objects.filter(subject=request.urn).values_list("state", flat=True))
    assert Deadline.State.PAUSED not in states
    assert states.count(Deadline.State.OPEN) == 1


def test_an_extension_goes_on_from_the_old_due_day(city: City):
    request = exchange.requested(city, exchange.offered(city))
    first = Deadline.objects.get(subject=request.urn)
    exchange.moved(request, city.su, "accept", "review")
    exchange.moved(request, city.lin, "extend", reasons="涉及多个科室")
    second = Deadline.objects.get(subject=request.urn, state=Deadline.State.OPEN)
    assert second.rule == "reply-extension" and second.party == city.transport
    assert second.due_on == calendar.add_working_days(first.due_on, 10).date


def test_a_clock_that_was_stopped_keeps_the_days_that_were_left(city: City):
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with clock.at(start):
        request = exchange.requested(city, exchange.offered(city))
    with clock.at(start + timedelta(days=2)):
        exchange.moved(request, city.su, "supplement", reasons="请补充使用依据")
    with clock.at(start + timedelta(days=14)):
        exchange.moved(request, city.ci, "submit")
    row = Deadline.objects.get(subject=request.urn)
    assert row.days == 8
    assert row.due_on == calendar.add_working_days(date(2026, 3, 16), 8).date
    assert clocks.recompute() == 0
    Deadline.objects.update(calendar="before the notice")
    assert clocks.recompute() == 0, "the days left are counted from the day of resuming"


def test_a_refusal_without_reasons_is_not_accepted(city: City):
    request = exchange.requested(city, exchange.offered(city))
    exchange.moved(request, city.su, "accept", "review")
    with pytest.raises(Invalid):
        exchange.moved(request, city.su, "refuse")
    request.refresh_from_db()
    assert request.state == "review"


@pytest.mark.parametrize("name", ["an", "ci", "mo", "ye", "zhao", "lin"])
def test_only_a_steward_of_the_owner_registers_for_the_owner(city: City, name: str):
    resource = exchange.echo_resource(city)
    with pytest.raises(NotAllowed):
        resources.publish_resource(acting_party=getattr(city, name), resource_ref=resource.ref)
    resource.refresh_from_db()
    assert resource.status == Resource.Status.DRAFT


@pytest.mark.parametrize("name", ["an", "zhao", "ye", "lin", "mo", "ci"])
def test_nobody_but_the_owner_agrees(city: City, name: str):
    request = exchange.requested(city, exchange.offered(city))
    exchange.moved(request, city.su, "accept", "review")
    with pytest.raises(NotAllowed):
        exchange.moved(request, getattr(city, name), "agree")


def test_not_shared_needs_a_legal_basis_and_conditional_its_scope(city: City):
    for share_type, field in (("none", "share_basis"), ("conditional", "share_scope")):
        with pytest.raises(Invalid) as refusal:
            exchange.echo_resource(city, share_type=share_type, share_scope="")
        assert list(refusal.value.fields) == [field]


def test_a_source_that_cannot_be_read_cannot_be_registered(city: City):
    with pytest.raises(Invalid) as refusal:
        resources.register_resource(
            acting_party=city.su,
            code="T-9",
            kind="echo",
            metadata={"text": "unreadable"},
            title_zh="甲",
            title_en="A",
            share_type="unconditional",
            update_cycle="never",
        )
    assert refusal.value.reason == "unreadable"
    assert not Resource.objects.exists()


def test_withdrawing_needs_reasons_and_raises_the_epoch(city: City):
    resource = exchange.published(city)
    with pytest.raises(Invalid):
        resources.withdraw_resource(acting_party=city.su, resource_ref=resource.ref, reasons=" ")
    after = resources.withdraw_resource(
        acting_party=city.su, resource_ref=resource.ref, reasons="数据停更"
    )
    assert after.epoch > resource.epoch


def test_ending_an_agreement_ends_its_request_for_either_side(city: City):
    agreement, _ = exchange.active(city)
    agreements.end_agreement(acting_party=city.ci, agreement_ref=agreement.ref, reasons="不再需要")
    agreement.refresh_from_db()
    assert agreement.state == Agreement.State.ENDED
    assert Request.objects.get().state == "ended"
    with pytest.raises(Conflict):
        agreements.end_agreement(acting_party=city.su, agreement_ref=agreement.ref, reasons="再次")


def test_suspended_agreements_resume(city: City):
    agreement, _ = exchange.active(city)
    agreements.suspend_agreement(
        acting_party=city.lin, agreement_ref=agreement.ref, reasons="安全检查"
    )
    assert Request.objects.get().state == "suspended"
    again = agreements.resume_agreement(acting_party=city.lin, agreement_ref=agreement.ref)
    assert again.state == Agreement.State.ACTIVE


def test_a_correction_goes_to_the_owner_and_its_answer_comes_back(city: City):
    resource = exchange.published(city)
    issue = issues.raise_issue(
        acting_party=city.ci,
        type="correction",
        resource_ref=resource.ref,
        title="站名有误",
        detail="第3行站名应为“石老人浴场”",
        pointer={"row": "3", "field": "name", "is": "石老人", "should_be": "石老人浴场"},
    )
    assert Deadline.objects.filter(subject=issue.urn, party=city.transport).exists()
    with pytest.raises(NotAllowed):
        issues.move_issue(acting_party=city.zhao, issue_ref=issue.ref, move="accept")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_pressing_the_same_button_one_wins_and_the_other_is_told():
    from tests.personas import build_city

    city = build_city()
    request = exchange.requested(city, exchange.offered(city))
    exchange.moved(request, city.su, "accept", "review")

    def press(move: str) -> str:
        try:
            given = {"reasons": "不符合条件"} if move == "refuse" else {}
            requests.move_request(
                acting_party=city.su, request_ref=request.ref, move=move, given=given
            )
            return "won"
        except ActionError as error:
            return error.reason
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(press, ["agree", "refuse"]))
    assert outcomes == ["won", "wrong-state"]
    connection.close()


def test_many_resources_at_once_leave_what_one_by_one_would(city: City):
    description = {
        "title_zh": "题",
        "title_en": "T",
        "share_type": "unconditional",
        "update_cycle": "yearly",
    }
    wanted = [
        resources.Wanted(f"M-{number}", "echo", {"text": "a"}, description) for number in range(3)
    ]
    made = resources.register_resources(acting_party=city.su, wanted=wanted)
    assert [verbs(one.urn) for one in made] == [["resource.register"]] * 3
    assert audit._rows_of(Resource) == (3, [])
    refs = [one.ref for one in made]
    with pytest.raises(NotAllowed):
        resources.publish_resources(acting_party=city.zhao, resource_refs=refs)
    resources.publish_resources(acting_party=city.su, resource_refs=refs)
    assert verbs(made[1].urn) == ["resource.register", "resource.publish"]
    assert audit._rows_of(Resource) == (3, [])
    with pytest.raises(Conflict):
        resources.publish_resources(acting_party=city.su, resource_refs=refs[:1])
    with pytest.raises(NotFound):
        resources.publish_resources(acting_party=city.su, resource_refs=["nothing"])
    assert {one.version for one in Resource.objects.filter(status="published")} == {2}
    assert list(search.matching(Resource.objects.all(), "题", city.su).order_by("id")) == made


def test_of_many_resources_all_or_none_are_registered_and_each_fault_is_named(city: City):
    good = {
        "title_zh": "题",
        "title_en": "T",
        "share_type": "unconditional",
        "update_cycle": "yearly",
    }
    exchange.echo_resource(city, "M-0")
    wanted = [
        resources.Wanted("M-0", "echo", {"text": "a"}, good),
        resources.Wanted("M-1", "echo", {"text": "a"}, good),
        resources.Wanted("M-1", "echo", {"text": "a"}, good),
        resources.Wanted("M-2", "echo", {"text": "unreadable"}, good),
        resources.Wanted("M-3", "echo", {"text": "a"}, good | {"share_type": "none"}),
        resources.Wanted("M-4", "no-kind", {}, good),
    ]
    with pytest.raises(resources.ManyInvalid) as caught:
        resources.register_resources(acting_party=city.su, wanted=wanted)
    reasons = {position: one.reason for position, one in caught.value.errors.items()}
    assert reasons == {
        0: "code-taken",
        2: "code-taken",
        3: "unreadable",
        4: "bad-description",
        5: "unknown-kind",
    }
    assert Resource.objects.count() == 1
    with pytest.raises(NotAllowed):
        resources.register_resources(acting_party=city.mo, wanted=wanted[1:2])


def test_what_the_bureau_suspended_the_provider_cannot_resume(city: City):
    agreement, _ = exchange.active(city)
    agreements.suspend_agreement(
        acting_party=city.lin, agreement_ref=agreement.ref, reasons="安全检查"
    )
    with pytest.raises(NotAllowed):
        agreements.resume_agreement(acting_party=city.su, agreement_ref=agreement.ref)
    resumed = agreements.resume_agreement(acting_party=city.lin, agreement_ref=agreement.ref)
    assert resumed.state == Agreement.State.ACTIVE


def test_the_last_administrator_stays(city: City):
    own = Membership.objects.get(party=city.bureau, role="administrator")
    with pytest.raises(Conflict):
        parties.end_membership(acting_party=city.lin, membership_ref=own.ref)
    own.refresh_from_db()
    assert own.active
