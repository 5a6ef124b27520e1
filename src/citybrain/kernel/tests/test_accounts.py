"""Accounts stand under the ledger too: who may sign in cannot be changed unseen."""

import pytest
from django.contrib.auth.models import update_last_login
from tests.personas import City

from citybrain.kernel.actions import parties
from citybrain.kernel.audit import audit
from citybrain.kernel.models import Account, LedgerRecord
from citybrain.kernel.sealing import seal_all


def verbs(account: Account) -> list[str]:
    found = LedgerRecord.objects.filter(subject=account.urn).order_by("id")
    return list(found.values_list("verb", flat=True))


def test_an_account_and_each_change_of_it_leave_one_record(city: City):
    account = parties.create_account(
        acting_party=city.lin, username="new", password="Kite-over-1-Sea"
    )
    record = LedgerRecord.objects.get(subject=account.urn)
    assert record.verb == "account.create" and city.lin.account in record.body
    account.set_password("Kite-over-2-Seas")
    account.save()
    account.language = "en"
    account.save()
    account.save(update_fields=["last_login"])
    assert verbs(account) == ["account.create", "account.change"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}, {"username": "x"}])
def test_an_account_that_was_changed_in_the_database_is_named(city: City, change):
    account = Account.objects.get(username="mo")
    seal_all()
    assert audit().findings == ()
    Account.objects.filter(pk=account.pk).update(**change)
    assert [one.where for one in audit().findings] == [account.urn]


def test_signing_in_changes_nothing_that_the_ledger_vouches_for(city: City):
    account = Account.objects.get(username="mo")
    update_last_login(None, account)
    assert account.last_login is not None
    assert verbs(account) == ["account.create"]
