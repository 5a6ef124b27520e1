"""The Merkle tree of RFC 6962, kept as hash tiles (C2SP tlog-tiles).

Tile (level, index) holds the hashes 256·index … 256·index+255 of tree level 8·level;
the hashes between are computed when they are needed. A tree of any size needs only the
tiles at its right edge to grow, and some three tiles a level for a proof.
"""

from collections.abc import Sequence
from functools import lru_cache

from citybrain.engines.crypto.digests import SHA256, SIZE, Digest
from citybrain.engines.ledger.proofs import NODE
from citybrain.engines.ledger.stores import Key, MemoryTiles, TileStore
from citybrain.engines.ledger.subtrees import Node, consistency_ranges, inclusion_ranges, nodes_of

WIDTH = 256
_HEIGHT = 8
# Opened tiles that are kept, some 16 KB each: the hashes over half a million leaves.
_KEPT = 2048


class TreeDamaged(ValueError):  # noqa: N818 - says what is the case
    """The store lacks hashes that a tree of this size must have."""


def append(
    store: TileStore, size: int, leaf_hashes: Sequence[bytes], digest: Digest = SHA256
) -> tuple[int, bytes]:
    """Put leaves behind the `size` that are there; gives the new size and root.

    Can be done again with the same `size` after a failure: what stands behind `size` in
    the store is overwritten. Raises `TreeDamaged` and `ValueError` (a leaf of a wrong length).
    """
    if any(len(leaf) != SIZE for leaf in leaf_hashes):
        raise ValueError(f"a leaf hash has {SIZE} bytes")
    edge = _tiles(store, size, _edge_keys(size))
    grown = _grown(edge, size, list(leaf_hashes), digest)
    if grown:
        store.put_many(grown)
    # The new root hangs on these tiles only: no need to ask the store for them again.
    size += len(leaf_hashes)
    return size, root(MemoryTiles(edge | grown), size, digest)


def _grown(
    edge: dict[Key, bytes], size: int, hashes: list[bytes], digest: Digest
) -> dict[Key, bytes]:
    """The tiles that change when `hashes` are put behind `size` leaves, on every level."""
    tiles: dict[Key, bytes] = {}
    level = 0
    while hashes:
        at = size >> (_HEIGHT * level)
        index = at // WIDTH
        data = edge.get((level, index), b"") + b"".join(hashes)
        hashes = []
        for number, start in enumerate(range(0, len(data), WIDTH * SIZE), index):
            tile = data[start : start + WIDTH * SIZE]
            tiles[level, number] = tile
            if len(tile) == WIDTH * SIZE:
                hashes.append(_open(digest, tile)[-1])
        level += 1
    return tiles


def root(store: TileStore, size: int, digest: Digest = SHA256) -> bytes:
    """The root of the first `size` leaves; the digest of nothing for an empty tree."""
    if size == 0:
        return digest.digest(b"")
    return _resolve(store, size, [(0, size)], digest)[0]


def inclusion_proof(
    store: TileStore, size: int, index: int, digest: Digest = SHA256
) -> list[bytes]:
    """What proves that leaf `index` stands in the tree of `size` (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    return _resolve(store, size, inclusion_ranges(index, size), digest)


def consistency_proof(store: TileStore, old: int, new: int, digest: Digest = SHA256) -> list[bytes]:
    """What proves that the tree of `new` begins with the tree of `old` (RFC 6962 §2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot have grown out of one of {old}")
    return _resolve(store, new, consistency_ranges(old, new), digest)


def _resolve(
    store: TileStore, size: int, ranges: list[tuple[int, int]], digest: Digest
) -> list[bytes]:
    """The Merkle hash of each range of leaves, with one request to the store."""
    parts = [nodes_of(start, end) for start, end in ranges]
    keys = {_key(node) for nodes in parts for node in nodes}
    tiles = _tiles(store, size, keys)
    opened = {key: _open(digest, tile) for key, tile in tiles.items()}
    return [_fold([_hash(opened, node) for node in nodes], digest) for nodes in parts]


def _fold(hashes: list[bytes], digest: Digest) -> bytes:
    """One hash over complete subtrees that lie side by side, the largest first."""
    computed = hashes[-1]
    for left in reversed(hashes[:-1]):
        computed = digest.digest(NODE + left + computed)
    return computed


def _key(node: Node) -> Key:
    height, index = node
    level, within = divmod(height, _HEIGHT)
    return level, index >> (_HEIGHT - within)


def _hash(opened: dict[Key, list[bytes]], node: Node) -> bytes:
    height, index = node
    within = height % _HEIGHT
    at = SIZE * (index & ((WIDTH >> within) - 1))
    return opened[_key(node)][within][at : at + SIZE]


def _edge_keys(size: int) -> set[Key]:
    """The partial tiles of a tree of that size."""
    keys, level = set(), 0
    while at := size >> (_HEIGHT * level):
        if at % WIDTH:
            keys.add((level, at // WIDTH))
        level += 1
    return keys


def _tiles(store: TileStore, size: int, keys: set[Key]) -> dict[Key, bytes]:
    """The tiles as a tree of `size` has them: what is behind is cut, what lacks is named."""
    found = store.get_many(keys)
    tiles = {}
    for level, index in keys:
        width = min(WIDTH, (size >> (_HEIGHT * level)) - index * WIDTH)
        data = bytes(found.get((level, index), b""))
        if len(data) < width * SIZE:
            raise TreeDamaged(
                f"tile {level}/{index} has {len(data) // SIZE} hashes, "
                f"a tree of {size} needs {width}"
            )
        tiles[level, index] = data[: width * SIZE]
    return tiles


@lru_cache(maxsize=_KEPT)
def _open(digest: Digest, tile: bytes) -> list[bytes]:
    """The hashes of a tile and of all complete nodes over them, level by level."""
    hash_of = digest.digest
    levels = [tile]
    while len(tile) > SIZE:
        pairs = range(0, len(tile) - 2 * SIZE + 1, 2 * SIZE)
        tile = b"".join([hash_of(NODE + tile[at : at + 2 * SIZE]) for at in pairs])
        levels.append(tile)
    return levels


def clear_cache() -> None:
    """Forget the opened tiles: gives back their memory, and lets a benchmark start cold."""
    _open.cache_clear()
