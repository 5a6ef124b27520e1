"""One button pressed by several at the same moment: one wins, nothing is lost or done twice."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from tests import exchange
from tests.personas import City

from citybrain.engines.journal import claim_slot
from citybrain.kernel.actions import accounts, agreements, requests
from citybrain.kernel.audit import audit
from citybrain.kernel.errors import ActionError
from citybrain.kernel.journals import journal_root
from citybrain.kernel.models import (
    Agreement,
    AgreementToken,
    Deadline,
    Entry,
    LedgerRecord,
    Use,
)
from citybrain.kernel.sealing import seal_all
from citybrain.kernel.tests.test_ledger import use_of

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[str]:
    def one(work: Callable[[], Any]) -> str:
        try:
            work()
        except ActionError as error:
            return error.reason
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(one, works))


def test_two_who_countersign_at_once_make_one_token(city: City):
    agreement = exchange.agreed(city)

    def sign() -> None:
        agreements.countersign_agreement(acting_party=city.ci, agreement_ref=agreement.ref)

    assert together(sign, sign, sign) == ["already-signed", "already-signed", "done"]
    assert AgreementToken.objects.count() == 1
    assert len(Agreement.objects.get().signatures) == 2


def test_one_receipt_recorded_by_two_at_once_counts_once(city: City):
    agreement, _ = exchange.active(city)

    def pay() -> None:
        accounts.record_payment(
            acting_party=city.su, agreement_ref=agreement.ref, amount_fen=100, receipt="R-1"
        )

    assert together(pay, pay) == ["done", "receipt-taken"]
    assert Agreement.objects.get().paid_fen == 100
    assert Entry.objects.count() == 1


def test_ending_and_suspending_at_once_leaves_request_and_agreement_agreed(city: City):
    agreement, _ = exchange.active(city)

    def end() -> None:
        agreements.end_agreement(
            acting_party=city.ci, agreement_ref=agreement.ref, reasons="不再使用"
        )

    def suspend() -> None:
        agreements.suspend_agreement(
            acting_party=city.su, agreement_ref=agreement.ref, reasons="核查"
        )

    def move() -> None:
        requests.move_request(
            acting_party=city.ci, request_ref=agreement.request.ref, move="withdraw"
        )

    told = together(end, suspend, move)
    assert "done" in told
    after = Agreement.objects.select_related("request").get()
    assert (after.state, after.request.state) == ("ended", "ended")
    assert not Deadline.objects.filter(state=Deadline.State.OPEN).exists()


def test_several_sealers_at_once_seal_everything_once(city: City):
    shutil.rmtree(journal_root(), ignore_errors=True)
    agreement, _ = exchange.active(city)
    with claim_slot(journal_root()) as journal:
        for number in range(30):
            journal.append_blocking(use_of(agreement, number))
        together(seal_all, seal_all, seal_all)
        assert Use.objects.count() == 30
        assert not LedgerRecord.objects.filter(index=None).exists()
        assert audit().findings == ()
    shutil.rmtree(journal_root(), ignore_errors=True)
