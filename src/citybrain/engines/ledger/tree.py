"""An append-only Merkle tree (RFC 6962) kept in tiles of 256 hashes (C2SP tlog-tiles).

A tile is the run of up to 256 hashes of one level: tile (0, 3) holds the leaf hashes
768 to 1023, tile (1, 0) the roots of the first 256 full tiles below it, and so on.
Hashes between are computed from a tile when they are needed. Only the last tile of a
level grows, so appending a batch writes a handful of tiles.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

Key = tuple[int, int]
"""Level and index of a tile."""

WIDTH = 256
HEIGHT = 8
HASH = 32
EMPTY = {
    name: hashlib.new(name).digest() for name in ("sha256", "sm3") if name in hashlib.algorithms_available
}


class TileStore(Protocol):
    """Where tiles lie. `get_many` leaves out tiles that do not exist."""

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """The tiles, each up to 256 hashes of 32 bytes in a row."""
        ...

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        """Write tiles whole."""
        ...


class MemoryTiles:
    """Tiles in a dictionary."""

    def __init__(self) -> None:
        self.tiles: dict[Key, bytes] = {}

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """See `TileStore`."""
        return {key: self.tiles[key] for key in keys if key in self.tiles}

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        """See `TileStore`."""
        self.tiles.update(tiles)


class BadSize(ValueError):  # noqa: N818 - a fault of the question
    """The tree has no such size or leaf."""


def leaf_hash(digest: str, data: bytes) -> bytes:
    """H(0x00 ‖ data); `digest` is "sha256" or "sm3"."""
    return hashlib.new(digest, b"\x00" + data).digest()


def node_hash(digest: str, left: bytes, right: bytes) -> bytes:
    """H(0x01 ‖ left ‖ right)."""
    return hashlib.new(digest, b"\x01" + left + right).digest()


def append(
    store: TileStore, digest: str, size: int, leaves: Sequence[bytes]
) -> tuple[int, bytes]:
    """Append leaf hashes to a tree of `size` leaves; returns the new size and root."""
    level, start, fresh = 0, size, list(leaves)
    written: dict[Key, bytes] = {}
    while fresh:
        first = start // WIDTH
        held = store.get_many([(level, first)]).get((level, first), b"") if start % WIDTH else b""
        run = held + b"".join(fresh)
        fresh = []
        step = WIDTH * HASH
        for number in range(0, len(run), step):
            tile = run[number : number + step]
            written[(level, first + number // step)] = tile
            if len(tile) == step:
                fresh.append(_root_of(digest, _split(tile)))
        level, start = level + 1, start // WIDTH
    store.put_many(written)
    new_size = size + len(leaves)
    return new_size, root(_Overlay(store, written), digest, new_size)


class _Overlay:
    """A store with what was just written on top, so that nothing is read back."""

    def __init__(self, below: TileStore, above: dict[Key, bytes]) -> None:
        self.below, self.above = below, above

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        wanted = list(keys)
        found = {key: self.above[key] for key in wanted if key in self.above}
        missing = [key for key in wanted if key not in found]
        return found | self.below.get_many(missing) if missing else found

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        self.below.put_many(tiles)


def _split(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def _root_of(digest: str, hashes: list[bytes]) -> bytes:
    """The root over a whole power of two of hashes."""
    new = hashlib.new
    while len(hashes) > 1:
        hashes = [
            new(digest, b"\x01" + hashes[at] + hashes[at + 1]).digest()
            for at in range(0, len(hashes), 2)
        ]
    return hashes[0]


class _Reader:
    """Hashes of full subtrees, with each tile fetched once."""

    def __init__(self, store: TileStore, digest: str) -> None:
        self.store, self.digest = store, digest
        self.tiles: dict[Key, list[bytes]] = {}

    def fetch(self, places: Iterable[tuple[int, int]]) -> None:
        """Read in one go the tiles behind these subtrees (height, index)."""
        keys = {self._key(height, index) for height, index in places} - self.tiles.keys()
        if keys:
            for key, tile in self.store.get_many(sorted(keys)).items():
                self.tiles[key] = _split(tile)

    @staticmethod
    def _key(height: int, index: int) -> Key:
        level = height // HEIGHT
        return level, (index << (height - level * HEIGHT)) // WIDTH

    def hash_at(self, height: int, index: int) -> bytes:
        """The hash of the full subtree of 2^height leaves that starts at index · 2^height."""
        key = self._key(height, index)
        self.fetch([(height, index)])
        within = height % HEIGHT
        start = (index << within) % WIDTH
        hashes = self.tiles.get(key, [])[start : start + (1 << within)]
        if len(hashes) != 1 << within:
            raise BadSize(f"the tree does not hold subtree {index} of height {height}")
        return _root_of(self.digest, hashes)


def _full_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The full subtrees (height, index) that make up the leaves from start to end, left to right.

    `start` must be a multiple of the largest power of two that fits, as it is everywhere
    in RFC 6962.
    """
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found


def _range_root(reader: _Reader, start: int, end: int) -> bytes:
    """The root over the leaves from start to end (RFC 6962's MTH)."""
    hashes = [reader.hash_at(height, index) for height, index in _full_subtrees(start, end)]
    result = hashes.pop()
    while hashes:
        result = node_hash(reader.digest, hashes.pop(), result)
    return result


def root(store: TileStore, digest: str, size: int) -> bytes:
    """The root of the tree of `size` leaves; of the empty tree, the hash of nothing."""
    if size == 0:
        return EMPTY[digest]
    reader = _Reader(store, digest)
    reader.fetch(_full_subtrees(0, size))
    return _range_root(reader, 0, size)


def inclusion_proof(store: TileStore, digest: str, size: int, index: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise BadSize(f"a tree of {size} leaves has no leaf {index}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split_point(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _roots(store, digest, reversed(ranges))


def _split_point(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _roots(store: TileStore, digest: str, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
    reader, spans = _Reader(store, digest), list(ranges)
    reader.fetch(place for start, end in spans for place in _full_subtrees(start, end))
    return [_range_root(reader, start, end) for start, end in spans]


def consistency_proof(store: TileStore, digest: str, old: int, new: int) -> list[bytes]:
    """The hashes that show the tree of `old` leaves to begin that of `new` (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise BadSize(f"it takes 0 < old <= new, not {old} and {new}")
    ranges: list[tuple[int, int]] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split_point(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return _roots(store, digest, reversed(ranges))
