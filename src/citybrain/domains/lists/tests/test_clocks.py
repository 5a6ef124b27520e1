"""Due, overdue, passed on: at pretended times, through pages and duty."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.urls import reverse
from tests import exchange
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.lists.actions import escalations
from citybrain.domains.lists.models import Escalation
from citybrain.domains.lists.rules import escalation_day, soon_limit
from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.errors import Conflict, NotAllowed
from citybrain.kernel.models import Deadline, LedgerRecord

pytestmark = pytest.mark.django_db
MONDAY = datetime(2025, 3, 3, 2, tzinfo=UTC)


def test_overdue_by_three_working_days_is_counted_over_weekends() -> None:
    friday = datetime(2025, 3, 7, 2, tzinfo=UTC).date()
    due = escalation_day(friday)
    assert calendar.working_days_between(due, friday) == 3
    assert calendar.working_days_between(due + timedelta(days=1), friday) < 3


def test_due_soon_reaches_over_the_weekend() -> None:
    thursday = datetime(2025, 3, 6, 2, tzinfo=UTC).date()
    assert soon_limit(thursday).isoformat() == "2025-03-11"


def _shown(client, clock_filter: str, at: datetime) -> str:
    with clock.at(at):
        return client.get(f"{reverse('lists-requests')}?clock={clock_filter}").content.decode()


def test_a_request_moves_from_running_to_soon_to_overdue_to_escalated(city: City) -> None:
    with clock.at(MONDAY):
        exchange.requested(city, exchange.offered(city))
    due = Deadline.objects.get().due_on
    client = client_of("lin")
    title = "公交线路表"
    noon = datetime(due.year, due.month, due.day, 4, tzinfo=UTC)
    assert title in _shown(client, "running", MONDAY)
    assert title not in _shown(client, "soon", MONDAY)
    assert title in _shown(client, "soon", noon - timedelta(days=1))
    assert title not in _shown(client, "overdue", noon)
    later = noon + timedelta(days=1)
    assert title in _shown(client, "overdue", later)
    with clock.at(later):
        assert escalations.escalate_due() == 0
    much_later = noon + timedelta(days=7)
    assert title not in _shown(client, "escalated", much_later)
    with clock.at(much_later):
        assert escalations.escalate_due() == 1
        assert escalations.escalate_due() == 0
    assert title in _shown(client, "escalated", much_later)
    assert LedgerRecord.objects.filter(verb="escalation.raise").count() == 1


def test_a_paused_clock_is_not_passed_on_and_shows_its_days(city: City) -> None:
    with clock.at(MONDAY):
        request = exchange.requested(city, exchange.offered(city))
        exchange.moved(request, city.su, "supplement", reasons="请补充依据")
    late = MONDAY + timedelta(days=60)
    with clock.at(late):
        assert escalations.escalate_due() == 0
        page = client_of("lin").get(f"{reverse('lists-requests')}?clock=paused").content.decode()
    assert "已暂停，剩余10个工作日" in page


def test_nobody_but_the_bureau_passes_on_or_notes(world) -> None:
    row = Deadline.objects.filter(state="open").latest("pk")
    with pytest.raises(NotAllowed):
        escalations.raise_escalation(acting_party=world.city.su, deadline_ref=row.ref)
    with pytest.raises(NotAllowed):
        escalations.note_escalation(
            acting_party=world.city.an, escalation_ref=world.escalation.ref, note="已电话督办"
        )
    with pytest.raises(Conflict):
        escalations.raise_escalation(
            acting_party=world.city.lin, deadline_ref=world.escalation.deadline.ref
        )


def test_the_supervisor_sees_it_at_home_and_notes_what_was_done(world) -> None:
    client = client_of("lin")
    address = reverse("escalation", args=[world.escalation.ref])
    assert address in client.get("/").content.decode()
    assert address not in client_of("su").get("/").content.decode()
    refused = client.post(address, {"note": " "})
    assert refused.status_code == 422
    done = client.post(address, {"note": "已约谈", "expected_version": "1"})
    assert done.status_code == 302
    assert Escalation.objects.get().note == "已约谈"
    assert address not in client.get("/").content.decode()
    stale = client.post(address, {"note": "重复", "expected_version": "1"})
    assert stale.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_several_workers_pass_a_clock_on_once(city: City) -> None:
    with clock.at(MONDAY):
        exchange.requested(city, exchange.offered(city))
    together, counts = Barrier(3), []

    def work() -> None:
        together.wait()
        counts.append(escalations.escalate_due())
        connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    connection.close()
    assert sum(counts) == 1
    assert Escalation.objects.count() == 1
