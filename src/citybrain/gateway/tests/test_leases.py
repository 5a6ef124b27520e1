"""What is leased is never more than the limit, and what a dead gateway held comes back."""

from collections.abc import Iterator

import orjson
import pytest

from citybrain.gateway import leases
from citybrain.gateway.changes import oldest_windows
from citybrain.gateway.leases import Holding
from citybrain.gateway.tests.make import make_agreement
from citybrain.kernel.models import QuotaCounter, QuotaLease

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter() -> int:
    made = make_agreement()
    return leases.open_counter(made.agreement.pk, "count", "uses", "agreement", 100)


def journal(*records: tuple[int, int, int]) -> leases.RecordsAfter:
    """Records of (number, counter, units) as a journal would give them."""

    def after(number: int) -> Iterator[tuple[int, bytes]]:
        for sequence, key, units in records:
            if sequence > number:
                yield sequence, orjson.dumps({"spent": [[key, units]]})

    return after


def leased(counter: int) -> int:
    return QuotaCounter.objects.get(pk=counter).leased


def test_a_block_is_a_share_of_what_is_left_and_at_least_what_is_needed():
    assert leases.block(1_000_000, 1, 64) == 64
    assert leases.block(80, 1, 64) == 10
    assert leases.block(3, 1, 64) == 1
    assert leases.block(100, 90, 64) == 90


def test_a_counter_is_opened_once(counter: int):
    row = QuotaCounter.objects.get(pk=counter)
    same = leases.open_counter(row.agreement_id, "count", "uses", "agreement", 100)
    assert same == counter


def test_leases_stop_at_the_limit(counter: int):
    held = 0
    while units := leases.lease(counter, 1, 64, Holding("j", 0, held)).units:
        held += units
    assert held == leased(counter) == 100
    assert leases.lease(counter, 1, 64, Holding("k", 0, 0)) == leases.Leased(1, 0, True)


def test_more_than_is_left_is_not_leased_in_part(counter: int):
    assert leases.lease(counter, 101, 64, Holding("j", 0, 0)).units == 0
    assert leased(counter) == 0
    assert leases.lease(counter, 100, 64, Holding("j", 0, 0)).units == 100


def test_units_given_back_can_be_leased_by_another(counter: int):
    got = leases.lease(counter, 100, 64, Holding("j", 0, 0)).units
    leases.give_back([(counter, got - 3, Holding("j", 5, 0))])
    assert leased(counter) == 3
    assert not QuotaLease.objects.exists()


def test_after_a_crash_the_journal_says_what_was_spent(counter: int):
    leases.lease(counter, 10, 1, Holding("j", 7, 0))
    # Record 7 was reckoned before the lease; 8 and 9 took from it, another counter did not.
    records = journal((7, counter, 5), (8, counter, 2), (9, counter, 1), (9, counter + 1, 4))
    assert leases.reckon("j", records) == 7
    assert leased(counter) == 3
    assert not QuotaLease.objects.exists()
    assert leases.reckon("j", records) == 0


def test_the_lease_of_another_journal_is_not_touched(counter: int):
    leases.lease(counter, 10, 1, Holding("jj", 0, 0))
    assert leases.reckon("j", journal()) == 0
    assert leased(counter) == 10
    assert leases.holders(but="j") == {"jj"}


def test_a_transaction_that_ended_in_doubt_is_found_in_the_row(counter: int):
    leases.lease(counter, 10, 1, Holding("j", 0, 0))  # 10 units, but the answer was lost
    records = journal((1, counter, 2))
    got = leases.lease(counter, 4, 1, Holding("j", 1, 0), records)
    # Of the 10, 8 are still there: they are taken back before the new block is given.
    assert leased(counter) == 2 + got.units
    lease = QuotaLease.objects.get()
    assert (lease.holder, lease.granted) == ("j@1", got.units)


def test_others_are_asked_for_idle_units_and_the_wish_ends_when_it_is_met(counter: int):
    leases.lease(counter, 100, 64, Holding("j", 0, 0))
    assert leases.wanted([counter]) == []
    assert leases.lease(counter, 1, 64, Holding("k", 0, 0)).others
    assert leases.wanted([counter]) == [counter]
    leases.give_back([(counter, 40, Holding("j", 0, 60))])
    assert leases.lease(counter, 1, 64, Holding("k", 0, 0)).units
    assert leases.wanted([counter]) == []


def test_counters_of_windows_long_gone_are_removed(counter: int):
    agreement = QuotaCounter.objects.get(pk=counter).agreement_id
    for window in ("2026-11-23T20:11", "2026-11-23T20", "2026-11-23", "2026-11", "2027-01"):
        leases.open_counter(agreement, "rate", "uses", window, 5)
    moment = 1_798_761_600.0  # 2027-01-01 in Shanghai
    leases.drop_windows(oldest_windows(moment))
    kept = set(QuotaCounter.objects.values_list("window", flat=True))
    assert kept == {"agreement", "2026-11", "2027-01"}
