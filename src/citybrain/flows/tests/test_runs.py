"""Runs: every kind of step, stored one by one, durable and done once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from tests.personas import City

from citybrain.flows import outbox, runner, uses
from citybrain.flows.actions import packs, runs
from citybrain.flows.models import Message, Paper, Run, StepOutcome, Waiver
from citybrain.flows.tests.house import fresh, in_use, journey_files, started, steps_of, work
from citybrain.kernel import clock
from citybrain.kernel.actions import agreements
from citybrain.kernel.audit import audit
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Agreement, Deadline, LedgerRecord, Use
from citybrain.kernel.sealing import seal_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("door")]


def test_a_run_goes_through_every_kind_of_step(city: City) -> None:
    in_use(city)
    run = started(city)
    work()
    run = fresh(run)
    assert (run.state, run.step) == ("waiting", "rest")
    runs.tell_event(acting_party=city.ci, run_ref=run.ref, event="ready")
    work()
    run = fresh(run)
    assert (run.state, run.result) == ("ended", "arrived")
    assert steps_of(run) == [
        "apply", "fare", "lines", "hello", "who", "stops", "rest", "letter", "end",
    ]  # fmt: skip
    assert run.data["stopped"] == ["seen", "seen"] and run.data["line"] == "hello"
    ticket = Paper.objects.get(document="ticket")
    assert ticket.body_zh == f"{run.number}：hello，经east、west"
    bodies = sorted(Message.objects.values_list("body", flat=True))
    assert bodies == sorted(["您好，成人，票价2元。", "到了east。", "到了west。"])
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    waiver = Waiver.objects.get()
    assert (waiver.material, waiver.method, waiver.source) == ("map", "shared-data", "lines")
    assert waiver.request_id == f"{run.ref}.2.1"


def test_the_use_of_a_step_is_metered_and_sealed_like_any_other(city: City) -> None:
    in_use(city)
    run = started(city, stops=[])
    work()
    seal_all()
    use = Use.objects.get()
    assert use.request_id == f"{run.ref}.2.1"
    assert (use.outcome, use.scenario, use.purpose) == ("granted", "journey", "public-service")
    assert use.consumer == city.civil
    uses.close()
    assert audit().findings == ()


def test_messages_are_files_where_no_server_is_named(city: City) -> None:
    in_use(city)
    run = started(city, stops=[])
    work()
    message = Message.objects.get(channel="sms")
    path = settings.CITYBRAIN.data_dir / "outbox" / "sms" / f"{message.key}.json"
    assert orjson.loads(path.read_bytes())["to"] == "13000000000"
    assert message.key == f"{run.ref}.3" and message.sent_at is not None


def test_a_person_decides_under_a_clock(city: City) -> None:
    in_use(city)
    run = started(city, age=80)
    work()
    assert fresh(run).state == "human"
    (clock_row,) = Deadline.objects.filter(subject=run.urn)
    assert (clock_row.rule, clock_row.days, clock_row.state) == ("journey-look", 5, "open")
    runs.decide_step(
        acting_party=city.ci, run_ref=run.ref, step="look", outcome="fine", given={"note": "好"}
    )
    clock_row.refresh_from_db()
    assert clock_row.state == "met"
    work()
    assert fresh(run).step == "rest" and fresh(run).data["note"] == "好"
    assert StepOutcome.objects.get(run=run, step="look").by == city.ci.account


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"step": "look", "outcome": "huh"}, "unknown-outcome"),
        ({"step": "look", "outcome": "no"}, "reasons-missing"),
        ({"step": "look", "outcome": "fine", "given": {"note": "x" * 101}}, "bad-value"),
        ({"step": "look", "outcome": "fine", "given": {"age": 3}}, "bad-value"),
        ({"step": "fare", "outcome": "fine"}, "changed-meanwhile"),
    ],
)
def test_a_faulty_decision_is_refused_and_changes_nothing(
    city: City, given: dict[str, Any], reason: str
) -> None:
    in_use(city)
    run = started(city, age=80)
    work()
    before = fresh(run)
    with pytest.raises((Invalid, Conflict)) as found:
        runs.decide_step(acting_party=city.ci, run_ref=run.ref, **given)
    assert found.value.reason == reason
    assert (fresh(run).seq, fresh(run).data) == (before.seq, before.data)


def test_only_the_office_of_the_case_works_on_it(city: City) -> None:
    in_use(city)
    run = started(city, age=80)
    work()
    for who in (city.su, city.an, city.lin, city.zhao):
        with pytest.raises(NotAllowed):
            runs.decide_step(acting_party=who, run_ref=run.ref, step="look", outcome="fine")
        with pytest.raises(NotAllowed):
            runs.cancel_run(acting_party=who, run_ref=run.ref, reasons="x")
    with pytest.raises(NotAllowed):
        runs.start_run(acting_party=city.su, code="journey", given={})


def test_what_is_not_answered_yet_is_waited_for(city: City) -> None:
    in_use(city)
    run = runs.start_run(acting_party=city.ci, code="journey", given={"age": 30})
    work()
    assert fresh(run).state == "asking"
    with pytest.raises(Invalid):
        runs.answer_step(acting_party=city.ci, run_ref=run.ref, given={"age": "x"})
    with pytest.raises(Invalid):
        runs.answer_step(acting_party=city.ci, run_ref=run.ref, given={"note": "x"})
    runs.answer_step(acting_party=city.ci, run_ref=run.ref, given={"phone": "1"})
    work()
    assert fresh(run).step == "rest"
    assert StepOutcome.objects.get(run=run, step="apply").sets == {"age": 30, "phone": "1"}


def test_the_same_number_begins_one_run(city: City) -> None:
    in_use(city)
    first = runs.start_run(acting_party=city.ci, code="journey", given={"age": 1}, number="N-1")
    again = runs.start_run(acting_party=city.ci, code="journey", given={"age": 2}, number="N-1")
    assert first.pk == again.pk and fresh(first).data == {"age": 1}


def test_a_wait_ends_on_its_day_weeks_later(city: City) -> None:
    in_use(city)
    day = clock.today() + timedelta(days=40)
    run = started(city, stops=[], start=day.isoformat())
    work()
    assert fresh(run).state == "waiting"
    midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    with clock.at(midnight - timedelta(seconds=1)):
        work()
        assert fresh(run).state == "waiting"
    with clock.at(midnight):
        work()
    assert (fresh(run).state, steps_of(run)[-3:]) == ("ended", ["late", "letter", "end"])


def test_a_new_version_does_not_change_a_running_case(city: City) -> None:
    old = in_use(city)
    run = started(city, age=80)
    work()
    files = journey_files(
        fare=("decisions/fare.csv", "o,>= 70,old,0", "o,>= 70,old,9"),
        way=("flow.yaml", "- {code: fine, next: stops}", "- {code: fine, next: refused}"),
        old=(
            "examples/old.yaml",
            "result: arrived, data: {fare: 0, stopped: []}",
            "result: refused",
        ),
    )
    new = packs.import_pack(acting_party=city.ci, files=files)
    packs.activate_pack(acting_party=city.ci, version_ref=new.ref)
    runs.decide_step(acting_party=city.ci, run_ref=run.ref, step="look", outcome="fine")
    work()
    assert fresh(run).step == "rest" and fresh(run).pack == old
    later = started(city, age=80)
    work()
    runs.decide_step(acting_party=city.ci, run_ref=later.ref, step="look", outcome="fine")
    work()
    assert fresh(later).result == "refused" and fresh(later).data["fare"] == 9


def test_a_refused_use_stops_the_run_for_a_person_who_can_try_again(city: City) -> None:
    in_use(city)
    agreement = Agreement.objects.get()
    agreements.suspend_agreement(acting_party=city.su, agreement_ref=agreement.ref, reasons="查")
    run = started(city, stops=[])
    work()
    stuck = fresh(run)
    assert stuck.state == "stuck" and "agreement-suspended" in stuck.problem["en"]
    agreements.resume_agreement(acting_party=city.su, agreement_ref=agreement.ref)
    uses.close()
    runs.retry_run(acting_party=city.ci, run_ref=run.ref)
    work()
    assert fresh(run).step == "rest"


def test_a_source_that_is_down_is_asked_again_later(city: City, monkeypatch: Any) -> None:
    in_use(city)
    asked: list[str] = []

    def down(call: Any) -> uses.Served:
        asked.append(call["request_id"])
        return uses.Served(refused="upstream-error", again=True)

    monkeypatch.setattr(uses, "use", down)
    run = started(city, stops=[])
    work()
    assert fresh(run).state == "using" and len(asked) == 1
    now = clock.now()
    for _ in range(runner.MOST_ATTEMPTS):
        now += timedelta(minutes=5)
        with clock.at(now):
            work()
    assert asked == [f"{run.ref}.2.{n}" for n in range(1, runner.MOST_ATTEMPTS + 1)]
    assert fresh(run).state == "stuck"


def test_a_withdrawn_run_stops_with_its_clocks_and_does_not_go_on(city: City) -> None:
    in_use(city)
    run = started(city, age=80)
    work()
    with pytest.raises(Invalid):
        runs.cancel_run(acting_party=city.ci, run_ref=run.ref, reasons=" ")
    runs.cancel_run(acting_party=city.ci, run_ref=run.ref, reasons="申请人撤回")
    assert Deadline.objects.get(subject=run.urn).state == "cancelled"
    work()
    assert fresh(run).state == "cancelled"
    with pytest.raises(Conflict):
        runs.decide_step(acting_party=city.ci, run_ref=run.ref, step="look", outcome="fine")


def test_a_lease_that_was_not_given_back_ends_by_itself(city: City) -> None:
    in_use(city)
    run = started(city, stops=[])
    assert runner._lease() == run.ref
    assert runner._lease() is None
    with clock.at(clock.now() + runner.LEASE + timedelta(seconds=1)):
        work()
        assert fresh(run).step == "rest"


def test_a_message_that_was_written_before_a_crash_is_not_written_twice(city: City) -> None:
    in_use(city)
    started(city, stops=[])
    runner.drive_due()
    message = Message.objects.get()
    from citybrain.flows.adapters import FileAdapter

    FileAdapter().send(message)
    path = settings.CITYBRAIN.data_dir / "outbox" / "sms" / f"{message.key}.json"
    written = path.stat().st_mtime_ns
    outbox.deliver_due()
    assert path.stat().st_mtime_ns == written
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_message_that_cannot_be_sent_is_tried_again(city: City, monkeypatch: Any) -> None:
    in_use(city)
    started(city, stops=[])
    runner.drive_due()

    class Broken:
        def send(self, message: Message) -> None:
            raise ConnectionRefusedError

    monkeypatch.setattr(outbox, "adapter_of", lambda channel: Broken())
    outbox.deliver_due()
    message = Message.objects.get()
    assert (message.state, message.attempts, message.fault) == (
        "queued", 1, "ConnectionRefusedError",
    )  # fmt: skip
    monkeypatch.undo()
    assert outbox.deliver_due() == 0
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert outbox.deliver_due() == 1


def test_several_workers_do_each_step_once(city: City) -> None:
    in_use(city)
    for number in range(12):
        started(city, phone=str(number), stops=["east"])

    def worker() -> None:
        work()
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    work()
    roots = Run.objects.filter(parent=None)
    assert {(one.state, one.step) for one in roots} == {("waiting", "rest")}
    assert Message.objects.count() == 24 and Paper.objects.count() == 12
    assert Waiver.objects.count() == 12


def test_every_step_leaves_a_record_and_the_audit_agrees(city: City) -> None:
    in_use(city)
    run = started(city)
    work()
    verbs = set(LedgerRecord.objects.values_list("verb", flat=True))
    assert {"run.start", "step.done", "waiver.grant", "message.queue", "paper.issue"} <= verbs
    seal_all()
    assert audit().findings == ()
    StepOutcome.objects.filter(run=run, step="fare").update(sets={"fare": 99})
    assert [one.part for one in audit().findings] == ["row"]
