"""Sealing and audit: nothing twice, nothing left out, and every change is named."""

import json
import shutil
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from tests import exchange
from tests.personas import City

from citybrain.config import HOME
from citybrain.engines.journal import claim_slot
from citybrain.kernel.audit import audit
from citybrain.kernel.journals import journal_root
from citybrain.kernel.models import (
    Agreement,
    Checkpoint,
    Entry,
    LedgerRecord,
    LedgerTile,
    Resource,
    Use,
)
from citybrain.kernel.queries import ledger as queries
from citybrain.kernel.sealing import seal_all, seal_once
from citybrain.kernel.use_records import UseRecord


@pytest.fixture
def journal(db):
    shutil.rmtree(journal_root(), ignore_errors=True)
    with claim_slot(journal_root()) as writer:
        yield writer
    shutil.rmtree(journal_root(), ignore_errors=True)


def use_of(agreement: Agreement, number: int = 0) -> bytes:
    return UseRecord(
        at=time.time_ns() // 1000,
        agreement=agreement.pk,
        resource=agreement.resource_id,
        consumer=agreement.consumer_id,
        outcome="granted",
        status=200,
        reason="",
        operand="",
        purpose="public-service",
        scenario="",
        units=1,
        rows=1,
        bytes=17,
        epsilon=0,
        duration_us=900,
        request_id=f"request-{number}",
        subject="",
        spent=[],
    ).encode()


@pytest.fixture
def sealed(city: City, journal):
    agreement, _ = exchange.active(city)
    for number in range(5):
        journal.append_blocking(use_of(agreement, number))
    seal_all()
    return agreement


def problems():
    return [(finding.part, finding.where) for finding in audit().findings]


def run_sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_each_journal_record_becomes_one_use_and_one_leaf(sealed):
    assert Use.objects.count() == 5
    assert LedgerRecord.objects.filter(verb="use").count() == 5
    assert not LedgerRecord.objects.filter(index=None).exists()
    assert seal_once().total == 0
    assert Use.objects.count() == 5


def test_sealing_goes_on_where_it_stopped(sealed, journal):
    journal.append_blocking(use_of(sealed, 6))
    assert seal_once().uses == 1
    assert Use.objects.count() == 6


def test_a_use_of_an_agreement_that_was_not_restored_is_sealed_all_the_same(sealed, journal):
    stranger = Agreement(pk=10**6, resource_id=sealed.resource_id, consumer_id=sealed.consumer_id)
    journal.append_blocking(use_of(stranger, 7))
    seal_all()
    assert Use.objects.get(request_id="request-7").agreement is None
    assert problems() == []


def test_an_untouched_installation_has_no_findings(sealed):
    outcome = audit()
    assert outcome.findings == ()
    assert outcome.uses == 5 and outcome.records == LedgerRecord.objects.count()


def test_the_newest_checkpoint_signs_the_whole_tree(sealed):
    checkpoint = queries.latest_checkpoint()
    assert checkpoint.size == LedgerRecord.objects.count()
    proof = queries.consistency(1)
    assert proof["new"] == checkpoint.size


def test_a_changed_ledger_record_is_named(sealed):
    victim = LedgerRecord.objects.order_by("index")[2]
    run_sql("UPDATE kernel_ledgerrecord SET body = %s WHERE id = %s", '{"x":1}', victim.pk)
    assert ("ledger", f"index {victim.index}") == problems()[0]


def test_a_changed_record_with_its_leaf_made_to_fit_is_still_named(sealed):
    from citybrain.engines.crypto import SHA256
    from citybrain.engines.ledger.proofs import leaf_hash

    victim = LedgerRecord.objects.order_by("index")[2]
    run_sql(
        "UPDATE kernel_ledgerrecord SET body = %s, leaf = %s WHERE id = %s",
        '{"x":1}',
        leaf_hash(SHA256, b'{"x":1}').hex(),
        victim.pk,
    )
    found = problems()
    assert ("tile", f"level 0 hash {victim.index}") in found
    assert any(part == "checkpoint" for part, _ in found)


def test_a_changed_tile_is_named(sealed):
    tile = LedgerTile.objects.get(level=0, index=0)
    spoilt = bytearray(bytes(tile.hashes))
    spoilt[33] ^= 1
    LedgerTile.objects.filter(pk=tile.pk).update(hashes=bytes(spoilt))
    assert problems() == [("tile", "level 0 hash 1")]


def test_a_changed_checkpoint_is_named(sealed):
    newest = Checkpoint.objects.first()
    Checkpoint.objects.filter(pk=newest.pk).update(
        text=newest.text.replace(f"\n{newest.size}\n", f"\n{newest.size + 1}\n")
    )
    assert problems() == [("checkpoint", f"size {newest.size}")]


@pytest.mark.parametrize("column, value", [("units", 99), ("outcome", "refused"), ("purpose", "x")])
def test_a_changed_use_is_named(sealed, column, value):
    victim = Use.objects.order_by("ledger_index")[1]
    Use.objects.filter(pk=victim.pk).update(**{column: value})
    assert problems() == [("use", f"index {victim.ledger_index}")]


def test_a_use_made_to_belong_to_nobody_is_named(sealed):
    victim = Use.objects.order_by("ledger_index")[1]
    Use.objects.filter(pk=victim.pk).update(agreement=None)
    assert problems() == [("use", f"index {victim.ledger_index}")]


def test_a_deleted_use_is_named(sealed):
    victim = Use.objects.order_by("ledger_index")[3]
    Use.objects.filter(pk=victim.pk).delete()
    assert ("use", f"index {victim.ledger_index}") in problems()


def test_a_changed_row_of_any_kind_is_named(sealed):
    Agreement.objects.filter(pk=sealed.pk).update(paid_fen=1)
    Resource.objects.update(title_zh="改名")
    assert {where for _, where in problems()} == {sealed.urn, sealed.resource.urn}


def test_a_row_that_was_slipped_in_is_named(sealed, city):
    entry = Entry.objects.create(
        type="saving", key="slipped", party=city.civil, day="2025-01-01", amount_fen=10**9
    )
    assert problems() == [("row", entry.urn)]


def test_a_changed_byte_in_the_journal_is_named(sealed, journal):
    journal.close()
    (segment,) = journal_root().glob("*/*.cbj")
    data = bytearray(segment.read_bytes())
    place = data.index(b"request-2")
    data[place] ^= 1
    segment.write_bytes(bytes(data))
    part, where = problems()[0]
    assert part == "journal" and "record 3" in where


def test_a_receipt_verifies_offline_and_a_changed_one_does_not(sealed, tmp_path):
    use = Use.objects.first()
    receipt = queries.receipt(use.ledger_index)
    assert verify(tmp_path, receipt) == 0
    assert verify(tmp_path, receipt | {"record": receipt["record"].replace("17", "18")}) == 1
    assert verify(tmp_path, receipt | {"proof": receipt["proof"][:-1]}) == 1


def verify(folder, receipt) -> int:
    path = folder / "receipt.json"
    path.write_text(json.dumps(receipt))
    tool = HOME / "tools" / "verify.py"
    return subprocess.run([sys.executable, tool, path], capture_output=True).returncode


@pytest.mark.parametrize("verb", ["use", "agreement.countersign"])
@pytest.mark.parametrize("column", ["at", "verb", "subject"])
def test_what_lists_show_of_a_record_must_be_what_was_hashed(sealed, verb: str, column: str):
    record = LedgerRecord.objects.filter(verb=verb).first()
    value = {
        "at": record.at - timedelta(days=1),
        "verb": "agreement.suspend",
        "subject": "urn:citybrain:agreement:other",
    }[column]
    assert problems() == []
    LedgerRecord.objects.filter(pk=record.pk).update(**{column: value})
    assert ("ledger", f"index {record.index}") in problems()
