import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.crypto.keys import KeyStore
from citybrain.engines.ledger import tree
from citybrain.engines.ledger.canonical import NotCanonical, canonical
from citybrain.engines.ledger.checkpoint import (
    CheckpointError,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from citybrain.engines.ledger.receipt import check_receipt, make_receipt
from citybrain.engines.ledger.tree import MemoryTiles


@pytest.fixture
def signer(tmp_path):
    return KeyStore(tmp_path / "keys").load_or_create("city.example/ledger", "ed25519")


@pytest.fixture
def keys(signer):
    return {signer.name: (signer.algorithm, signer.public_key)}


def make(signer, records=(b"a", b"b", b"c"), index=1):
    store = MemoryTiles()
    size, root = tree.append(
        store, "sha256", 0, [tree.leaf_hash("sha256", one) for one in records]
    )
    return make_receipt(
        digest="sha256",
        record=records[index],
        index=index,
        size=size,
        proof=tree.inclusion_proof(store, "sha256", size, index),
        checkpoint=sign_checkpoint("city.example/ledger", size, root, [signer]),
        keys={signer.name: (signer.algorithm, signer.public_key)},
    )


def test_a_checkpoint_survives_the_round_trip(signer, keys):
    text = sign_checkpoint("city.example/ledger", 7, b"\x01" * 32, [signer], ["note 甲"])
    note = verify_checkpoint(text, keys)
    assert (note.origin, note.size, note.root) == ("city.example/ledger", 7, b"\x01" * 32)
    assert note.extensions == ("note 甲",)


@pytest.mark.parametrize("old, new", [("\n7\n", "\n8\n"), ("AQEB", "AgEB")])
def test_a_changed_checkpoint_is_not_good(signer, keys, old, new):
    text = sign_checkpoint("city.example/ledger", 7, b"\x01" * 32, [signer])
    with pytest.raises(CheckpointError, match="not good"):
        verify_checkpoint(text.replace(old, new, 1), keys)


def test_a_checkpoint_by_strangers_alone_is_not_good(signer):
    text = sign_checkpoint("city.example/ledger", 7, b"\x01" * 32, [signer])
    with pytest.raises(CheckpointError, match="no known key"):
        verify_checkpoint(text, {})


@given(st.text())
def test_no_text_crashes_the_parser(text):
    try:
        parse_checkpoint(text)
    except CheckpointError:
        pass


def test_a_receipt_is_good_and_a_changed_one_says_which_part(signer, keys):
    receipt = make(signer)
    assert check_receipt(receipt, keys) == []
    assert "record or proof" in check_receipt(receipt | {"record": "x"}, keys)[0]
    swapped = receipt | {"proof": receipt["proof"][::-1]}
    assert "record or proof" in check_receipt(swapped, keys)[0]
    assert "length" in check_receipt(receipt | {"proof": []}, keys)[0]
    other = receipt["checkpoint"].replace("\n3\n", "\n4\n")
    assert "checkpoint" in check_receipt(receipt | {"checkpoint": other}, keys)[0]
    assert check_receipt({}, keys) == ["receipt: malformed"]


def test_canonical_json_sorts_keys_and_refuses_what_has_no_one_form():
    assert canonical({"b": 1, "a": [None, True, "青"]}) == '{"a":[null,true,"青"],"b":1}'.encode()
    for bad in (1.5, {1: 2}, 2**60, "\ud800", {"\U0001f600": 1}, b"x"):
        with pytest.raises(NotCanonical):
            canonical([bad])
