"""Callers choose their request ids, so that a stranger may have used one's own before."""

from django.utils import timezone
from tests.done import Done
from tests.personas import City

from citybrain.kernel.models import LedgerRecord, Use
from citybrain.surfaces.api import queries


def test_a_use_is_found_behind_a_thousand_of_others_under_the_same_id(city: City, done: Done):
    now = timezone.now()
    rows = [
        LedgerRecord(
            index=100_000 + n, verb="use", subject="urn:citybrain:use:popular", at=now, body="{}"
        )
        for n in range(1001)
    ]
    LedgerRecord.objects.bulk_create(rows)
    Use.objects.create(
        journal="j",
        sequence=99,
        ledger_index=101_000,
        at=now,
        consumer=city.civil,
        outcome="granted",
        status=200,
        request_id="popular",
    )
    assert queries.use_named(city.ci, "popular").ledger_index == 101_000
