import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.ledger import tree
from citybrain.engines.ledger.proofs import verify_consistency, verify_inclusion
from citybrain.engines.ledger.tree import MemoryTiles

DIGEST = "sha256"


def leaves(count):
    return [tree.leaf_hash(DIGEST, str(number).encode()) for number in range(count)]


def naive_root(hashes):
    """RFC 6962's definition, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return tree.node_hash(DIGEST, naive_root(hashes[:split]), naive_root(hashes[split:]))


def grown(count, batch=1000):
    store, size, root, all_leaves = MemoryTiles(), 0, b"", leaves(count)
    while size < count:
        size, root = tree.append(store, DIGEST, size, all_leaves[size : size + batch])
    return store, root


def test_known_roots_of_certificate_transparency():
    inputs = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"]
    store = MemoryTiles()
    size, root = tree.append(store, DIGEST, 0, [tree.leaf_hash(DIGEST, one) for one in inputs[:1]])
    assert root.hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    size, root = tree.append(store, DIGEST, 1, [tree.leaf_hash(DIGEST, one) for one in inputs[1:3]])
    assert root.hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 511, 513, 1000])
def test_the_root_is_the_definitions(count):
    assert grown(count)[1] == naive_root(leaves(count))


def test_a_tree_of_three_levels_of_tiles_has_the_definitions_root():
    store, root = grown(66_000, batch=5000)
    assert root == naive_root(leaves(66_000))
    assert (2, 0) in store.tiles


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_batches_do_not_matter(batches):
    store, size = MemoryTiles(), 0
    all_leaves = leaves(sum(batches))
    for batch in batches:
        size, root = tree.append(store, DIGEST, size, all_leaves[size : size + batch])
    assert root == naive_root(all_leaves)


STORE, _ = grown(700)
LEAVES = leaves(700)


@given(st.integers(1, 700), st.data())
def test_every_inclusion_proof_verifies_and_no_other_leaf_does(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(STORE, DIGEST, size, index)
    root = naive_root(LEAVES[:size])
    assert verify_inclusion(DIGEST, LEAVES[index], index, size, proof, root)
    assert not verify_inclusion(DIGEST, LEAVES[index - 1], index, size, proof, root) or size == 1
    assert not verify_inclusion(DIGEST, LEAVES[index], index, size, [*proof, root], root)


@given(st.integers(1, 700), st.data())
def test_every_consistency_proof_verifies_and_no_other_root_does(new, data):
    old = data.draw(st.integers(1, new))
    proof = tree.consistency_proof(STORE, DIGEST, old, new)
    old_root, new_root = naive_root(LEAVES[:old]), naive_root(LEAVES[:new])
    assert verify_consistency(DIGEST, old, new, proof, old_root, new_root)
    assert not verify_consistency(DIGEST, old, new, proof, b"\x00" * 32, new_root)
    assert not verify_consistency(DIGEST, old, new, proof, old_root, b"\x00" * 32)
    if proof:
        assert not verify_consistency(DIGEST, old, new, proof[:-1], old_root, new_root)


def test_a_leaf_that_is_not_there_has_no_proof():
    with pytest.raises(tree.BadSize):
        tree.inclusion_proof(STORE, DIGEST, 5, 5)
    with pytest.raises(tree.BadSize):
        tree.inclusion_proof(STORE, DIGEST, 701, 0)


def test_the_tree_may_be_of_sm3():
    store = MemoryTiles()
    hashes = [tree.leaf_hash("sm3", b"a"), tree.leaf_hash("sm3", b"b")]
    _, root = tree.append(store, "sm3", 0, hashes)
    assert root == tree.node_hash("sm3", *hashes)
