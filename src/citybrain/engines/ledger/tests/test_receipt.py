"""Receipts: good ones, and each part changed."""

import json

import pytest

from citybrain.engines.crypto.signers import Ed25519Signer
from citybrain.engines.ledger.receipt import check_receipt
from citybrain.engines.ledger.tests.receipts import ORIGIN, Ledger

LEDGER = Ledger(Ed25519Signer.generate(ORIGIN))
RECEIPT = LEDGER.receipt(300)


def parts(receipt, keys=LEDGER.keys):
    return [problem.partition(":")[0] for problem in check_receipt(receipt, keys)]


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 700), (299, 300), (699, 700)])
def test_a_good_receipt_has_no_problems_also_after_a_round_trip(index, size):
    receipt = json.loads(json.dumps(LEDGER.receipt(index, size)))
    assert check_receipt(receipt, LEDGER.keys) == []


def test_the_part_that_was_changed_is_named():
    proof = [RECEIPT["proof"][1], *RECEIPT["proof"][1:]]
    other = LEDGER.receipt(301)
    moved = RECEIPT["checkpoint"].replace("\n700\n", "\n701\n")
    assert parts(RECEIPT | {"record": RECEIPT["record"].replace("300", "301")}) == ["record"]
    assert parts(RECEIPT | {"record": "\ud800"}) == ["record"]
    assert parts(RECEIPT | {"proof": proof}) == ["proof"]
    assert parts(RECEIPT | {"index": 301}) == ["proof"]
    assert parts(RECEIPT | {"record": other["record"], "leaf": other["leaf"]}) == ["proof"]
    assert parts(RECEIPT | {"size": 701}) == ["checkpoint"]
    assert parts(RECEIPT | {"checkpoint": "none"}) == ["checkpoint"]
    assert parts(RECEIPT | {"checkpoint": moved}) == ["checkpoint", "signature"]


def test_a_key_in_the_receipt_is_not_trusted_for_being_there():
    forged = Ledger(Ed25519Signer.generate(ORIGIN)).receipt(300)
    assert parts(forged) == ["signature"]
    assert parts(RECEIPT, {}) == ["signature"]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"digest": "md5"},
        {"record": 5},
        {"index": "300"},
        {"index": True},
        {"index": -1},
        {"size": 1.0},
        {"proof": "x"},
        {"proof": [5]},
        {"proof": ["é"]},
        {"proof": ["AA=="] * 65},
        {"leaf": None},
        {"checkpoint": None},
    ],
)
def test_a_malformed_receipt_is_a_problem_not_a_crash(change):
    assert parts(RECEIPT | change) == ["receipt"]


@pytest.mark.parametrize("receipt", [None, [], "x", 5, {}])
def test_something_else_is_no_receipt(receipt):
    assert parts(receipt) == ["receipt"]
