"""The tree against the definition of RFC 6962, for any sizes."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citybrain.engines.crypto import SHA256, Digest
from citybrain.engines.ledger.proofs import leaf_hash, verify_consistency, verify_inclusion
from citybrain.engines.ledger.stores import DirectoryTiles, MemoryTiles
from citybrain.engines.ledger.subtrees import split
from citybrain.engines.ledger.tree import (
    TreeDamaged,
    append,
    consistency_proof,
    inclusion_proof,
    root,
)

# The leaves and roots that the reference implementations of RFC 6962 are tested with.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
KNOWN_LEAVES.append("606162636465666768696a6b6c6d6e6f")
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def naive_root(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    both = naive_root(leaves[:middle]) + naive_root(leaves[middle:])
    return hashlib.sha256(b"\x01" + both).digest()


def naive_inclusion(leaves, index):
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*naive_inclusion(leaves[:middle], index), naive_root(leaves[middle:])]
    return [*naive_inclusion(leaves[middle:], index - middle), naive_root(leaves[:middle])]


def naive_consistency(leaves, old, whole=True):
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*naive_consistency(leaves[:middle], old, whole), naive_root(leaves[middle:])]
    right = naive_consistency(leaves[middle:], old - middle, False)
    return [*right, naive_root(leaves[:middle])]


def leaves_of(count):
    return [leaf_hash(SHA256, b"%d" % n) for n in range(count)]


LEAVES = leaves_of(1400)
STORE = MemoryTiles()
append(STORE, 0, LEAVES)


def test_the_roots_known_from_other_implementations_come_out():
    store, size = MemoryTiles(), 0
    assert root(store, 0).hex() == KNOWN_ROOTS[0]
    for text in KNOWN_LEAVES:
        size, found = append(store, size, [leaf_hash(SHA256, bytes.fromhex(text))])
        assert found.hex() == KNOWN_ROOTS.get(size, found.hex())
    assert size == 8


@given(st.lists(st.integers(0, 400), max_size=6))
@settings(max_examples=30, deadline=None)
def test_batches_of_any_size_lead_to_the_same_tree(counts):
    store, size = MemoryTiles(), 0
    for count in counts:
        batch = LEAVES[size : size + count]
        size, found = append(store, size, batch)
        assert found == root(STORE, size)
    assert size == min(sum(counts), len(LEAVES))
    assert root(store, size) == naive_root(LEAVES[:size])


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_inclusion_proofs_are_those_of_the_definition_and_hold(data):
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(STORE, size, index)
    assert proof == naive_inclusion(LEAVES[:size], index)
    whole = root(STORE, size)
    assert verify_inclusion(SHA256, LEAVES[index], index, size, proof, whole)
    assert not verify_inclusion(SHA256, LEAVES[index - 1], index, size, proof, whole) or size == 1
    assert not verify_inclusion(SHA256, LEAVES[index], index + 1, size, proof, whole)
    assert not verify_inclusion(SHA256, LEAVES[index], index, size, [*proof, whole], whole)
    if proof:
        assert not verify_inclusion(SHA256, LEAVES[index], index, size, proof[:-1], whole)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_consistency_proofs_are_those_of_the_definition_and_hold(data):
    new = data.draw(st.integers(1, len(LEAVES)))
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(STORE, old, new)
    assert proof == naive_consistency(LEAVES[:new], old)
    roots = root(STORE, old), root(STORE, new)
    assert verify_consistency(SHA256, old, new, *roots, proof)
    assert not verify_consistency(SHA256, old, new, roots[0], bytes(32), proof)
    assert not verify_consistency(SHA256, old, new, *roots, [*proof, roots[0]])
    if proof:
        changed = [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]]
        assert not verify_consistency(SHA256, old, new, *roots, changed)
        assert not verify_consistency(SHA256, old, new, bytes(32), roots[1], proof)


def test_every_proof_of_every_small_tree_holds():
    for new in range(1, 40):
        whole = root(STORE, new)
        for index in range(new):
            proof = inclusion_proof(STORE, new, index)
            assert verify_inclusion(SHA256, LEAVES[index], index, new, proof, whole)
        for old in range(new + 1):
            proof = consistency_proof(STORE, old, new)
            assert verify_consistency(SHA256, old, new, root(STORE, old), whole, proof)


def test_a_tree_over_three_tile_levels_is_right():
    store, count = MemoryTiles(), 70_000
    leaves = leaves_of(count)
    size, whole = append(store, 0, leaves[:65_500])
    size, whole = append(store, size, leaves[65_500:])
    assert {level for level, _ in store.tiles} == {0, 1, 2}
    assert whole == naive_root(leaves)
    for index in (0, 255, 256, 65_535, 65_536, 69_999):
        proof = inclusion_proof(store, size, index)
        assert verify_inclusion(SHA256, leaves[index], index, size, proof, whole)
    old = root(store, 65_499)
    proof = consistency_proof(store, 65_499, size)
    assert verify_consistency(SHA256, 65_499, size, old, whole, proof)


def test_an_append_that_was_not_recorded_can_be_done_again():
    store = MemoryTiles()
    append(store, 0, LEAVES[:300])
    append(store, 300, LEAVES[600:1200])
    assert append(store, 300, LEAVES[300:310]) == (310, root(STORE, 310))
    assert append(store, 310, LEAVES[310:1000]) == (1000, root(STORE, 1000))


def test_a_tile_that_lacks_hashes_is_named():
    store = MemoryTiles()
    append(store, 0, LEAVES[:600])
    store.tiles[0, 1] = store.tiles[0, 1][:-32]
    with pytest.raises(TreeDamaged, match="tile 0/1 has 255 hashes"):
        inclusion_proof(store, 600, 300)
    del store.tiles[0, 2]
    with pytest.raises(TreeDamaged, match="tile 0/2 has 0 hashes"):
        append(store, 600, LEAVES[:1])


def test_tiles_in_files_are_the_same(tmp_path):
    store = DirectoryTiles(tmp_path)
    size, _ = append(store, 0, LEAVES[:500])
    size, whole = append(DirectoryTiles(tmp_path), size, LEAVES[500:700])
    assert whole == root(STORE, 700)
    assert (tmp_path / "0" / "000000002").stat().st_size == (700 - 512) * 32


def test_another_digest_gives_another_tree_with_proofs_that_hold():
    other = Digest("blake2", lambda data: hashlib.blake2b(data, digest_size=32).digest())
    store = MemoryTiles()
    leaves = [leaf_hash(other, b"%d" % n) for n in range(300)]
    size, whole = append(store, 0, leaves, other)
    proof = inclusion_proof(store, size, 257, other)
    assert verify_inclusion(other, leaves[257], 257, size, proof, whole)
    assert not verify_inclusion(SHA256, leaves[257], 257, size, proof, whole)


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(STORE, 5, index)
    assert not verify_inclusion(SHA256, LEAVES[0], index, 5, [], LEAVES[0])


def test_sizes_in_the_wrong_order_and_short_leaves_are_refused():
    with pytest.raises(ValueError, match="cannot have grown"):
        consistency_proof(STORE, 6, 5)
    assert not verify_consistency(SHA256, 6, 5, LEAVES[0], LEAVES[0], [])
    with pytest.raises(ValueError, match="32 bytes"):
        append(MemoryTiles(), 0, [b"short"])
