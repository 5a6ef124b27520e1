"""Clocks that ran out stay overdue, and a new calendar undoes nothing that was met."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests import exchange
from tests.personas import City

from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.models import Deadline


def running(city: City) -> tuple[Any, Deadline]:
    request = exchange.requested(city, exchange.offered(city))
    return request, Deadline.objects.get(subject=request.urn, state=Deadline.State.OPEN)


def test_a_clock_that_has_run_out_stays_overdue_when_it_is_paused_and_resumed(city: City):
    request, deadline = running(city)
    due = deadline.due_on
    with clock.at(clock.now() + timedelta(days=60)):
        exchange.moved(request, city.su, "supplement", reasons="请补充")
        exchange.moved(request, city.ci, "submit")
        deadline.refresh_from_db()
        assert deadline.state == Deadline.State.OPEN
        assert deadline.due_on == due < clock.today()


def test_a_deadline_that_is_met_while_the_calendar_changes_stays_met(city: City, monkeypatch):
    _, deadline = running(city)
    Deadline.objects.filter(pk=deadline.pk).update(calendar="an older one")
    recomputing = clocks._recompute

    def late(key: int, version: str) -> bool:
        # Between the list of stale deadlines and its turn, the owner answers.
        Deadline.objects.filter(pk=key).update(state=Deadline.State.MET)
        return recomputing(key, version)

    monkeypatch.setattr(clocks, "_recompute", late)
    assert clocks.recompute() == 0
    deadline.refresh_from_db()
    assert deadline.state == Deadline.State.MET


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1), date(2031, 12, 30)])
def test_a_clock_that_reaches_into_a_year_without_a_notice_is_provisional(city: City, day: date):
    moment = clock.now().replace(year=day.year, month=day.month, day=day.day)
    with clock.at(moment):
        _, deadline = running(city)
        assert deadline.due_on > day and deadline.provisional
        assert deadline.ledger_state() and ledger.state_digest(deadline)
