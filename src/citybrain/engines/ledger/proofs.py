"""Checking proofs of RFC 6962 / RFC 9162; needs nothing but the hashes.

All hashes have 32 bytes; `digest` is the hash function of the tree.
"""

from collections.abc import Sequence

from citybrain.engines.crypto.digests import SIZE, Digest

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(digest: Digest, record: bytes) -> bytes:
    """The leaf of a record (RFC 6962 §2.1)."""
    return digest.digest(LEAF + record)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    """The node over two nodes (RFC 6962 §2.1)."""
    return digest.digest(NODE + left + right)


def verify_inclusion(
    digest: Digest, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """True when the leaf stands at `index` of that tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    position, last, computed = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = node_hash(digest, step, computed)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            computed = node_hash(digest, computed, step)
        position, last = position >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    digest: Digest,
    old_size: int,
    new_size: int,
    old_root: bytes,
    new_root: bytes,
    proof: Sequence[bytes],
) -> bool:
    """True when the new tree begins with all leaves of the old one (RFC 9162 §2.1.4.2)."""
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == digest.digest(b"")
    steps = list(proof)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    return _climb(digest, old_size, new_size, steps) == (old_root, new_root)


def _climb(
    digest: Digest, old_size: int, new_size: int, steps: list[bytes]
) -> tuple[bytes, bytes] | None:
    """The two roots that the steps lead to; None when their number is wrong."""
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = node_hash(digest, step, old), node_hash(digest, step, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(digest, new, step)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def _are_hashes(*values: bytes) -> bool:
    return all(isinstance(value, bytes) and len(value) == SIZE for value in values)
