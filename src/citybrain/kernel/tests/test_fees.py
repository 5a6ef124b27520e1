"""Fees follow uses exactly: none twice, and none lost because it was sealed late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum
from tests import exchange
from tests.personas import City

from citybrain.kernel import clock
from citybrain.kernel.actions.accounts import settle_fees
from citybrain.kernel.errors import Conflict
from citybrain.kernel.models import Agreement, Entry, Use
from citybrain.kernel.worker import Settlement

PRICED: dict[str, Any] = {
    "action": "use",
    "constraints": [
        {"operand": "purpose", "operator": "isAnyOf", "value": ["public-service"]},
    ],
    "duties": [{"operand": "price", "operator": "eq", "value": 7}],
}


def used(agreement: Agreement, at: datetime, index: int, outcome: str = "granted") -> None:
    Use.objects.create(
        journal="j",
        sequence=index + 1,
        ledger_index=index,
        at=at,
        agreement=agreement,
        resource=agreement.resource,
        consumer=agreement.consumer,
        outcome=outcome,
        status=200,
        request_id=f"r-{index}",
    )


def fees() -> tuple[int, int]:
    found = Entry.objects.filter(type=Entry.Type.FEE).aggregate(
        fen=Sum("amount_fen"), units=Sum("units")
    )
    return found["fen"] or 0, found["units"] or 0


def test_uses_that_are_sealed_after_the_settlement_are_booked_by_the_next_one(city: City):
    agreement, _ = exchange.active(city, PRICED)
    yesterday, day = clock.now() - timedelta(days=1), clock.today() - timedelta(days=1)
    used(agreement, yesterday, 0)
    used(agreement, yesterday, 1, "refused")
    assert len(settle_fees(acting_party=city.lin, day=day)) == 1
    assert settle_fees(acting_party=city.lin, day=day) == []
    assert fees() == (7, 1)
    used(agreement, yesterday, 2)
    used(agreement, yesterday, 3)
    assert len(settle_fees(acting_party=city.lin, day=day)) == 1
    assert fees() == (21, 3)


def test_the_worker_settles_missed_days_late_uses_and_today_tomorrow(city: City):
    agreement, _ = exchange.active(city, PRICED)
    now, settlement = clock.now(), Settlement()
    used(agreement, now - timedelta(days=5), 0)
    used(agreement, now, 1)
    assert settlement() == 1 and fees() == (7, 1)
    used(agreement, now - timedelta(days=3), 2)
    assert settlement() == 1 and fees() == (14, 2)
    assert settlement() == 0
    with clock.at(now + timedelta(days=1)):
        assert settlement() == 1 and fees() == (21, 3)


def test_today_cannot_be_settled(city: City):
    with pytest.raises(Conflict):
        settle_fees(acting_party=city.lin, day=clock.today())


@pytest.mark.django_db(transaction=True)
def test_two_who_settle_the_same_day_at_once_book_it_once(city: City):
    agreement, _ = exchange.active(city, PRICED)
    for index in range(5):
        used(agreement, clock.now() - timedelta(days=1), index)
    day = clock.today() - timedelta(days=1)

    def settle(_: int) -> int:
        try:
            return len(settle_fees(acting_party=city.lin, day=day))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(settle, range(4))) == 1
    assert fees() == (35, 5)
