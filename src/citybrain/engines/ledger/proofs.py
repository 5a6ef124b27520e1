"""Checking proofs without the tree (RFC 9162 §2.1.3.2 and §2.1.4.2)."""

from collections.abc import Sequence

from citybrain.engines.ledger.tree import node_hash


def root_from_inclusion(
    digest: str, leaf: bytes, index: int, size: int, proof: Sequence[bytes]
) -> bytes | None:
    """The root that a proof leads to; None when its length does not fit index and size."""
    if not 0 <= index < size:
        return None
    at, last, current = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            current = node_hash(digest, step, current)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            current = node_hash(digest, current, step)
        at, last = at >> 1, last >> 1
    return current if last == 0 else None


def verify_inclusion(
    digest: str, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """True when the leaf hash stands at `index` of the tree with this size and root."""
    return root_from_inclusion(digest, leaf, index, size, proof) == root


def verify_consistency(
    digest: str,
    old: int,
    new: int,
    proof: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
) -> bool:
    """True when the tree of `old` leaves is a beginning of the tree of `new`."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(digest, step, first), node_hash(digest, step, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(digest, second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
