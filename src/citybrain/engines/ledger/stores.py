"""Where tiles are kept: the protocol, and two stores without a database."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeAlias

# (level, index): tile `index` of tile level `level`; level n holds the hashes of tree level 8n.
Key: TypeAlias = tuple[int, int]


class TileStore(Protocol):
    """Tiles of the tree: each 1 to 256 hashes of 32 bytes, one after the other."""

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """The tiles that are there, with the hashes they have."""
        ...

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        """Write or overwrite; a tile at the right edge grows until it is full."""
        ...


class MemoryTiles:
    """Tiles in a dictionary."""

    def __init__(self, tiles: dict[Key, bytes] | None = None) -> None:
        self.tiles: dict[Key, bytes] = {} if tiles is None else tiles

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        return {key: self.tiles[key] for key in keys if key in self.tiles}

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        self.tiles.update(tiles)


class DirectoryTiles:
    """One file a tile, `<level>/<index>`; replaced in one step, so never half written.

    The files are not synced one by one: a size is to be trusted only after the caller
    made the directory durable.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        found = {}
        for key in keys:
            try:
                found[key] = self._path(key).read_bytes()
            except FileNotFoundError:
                continue
        return found

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        for key, data in tiles.items():
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}.new")
            draft.write_bytes(data)
            draft.replace(path)

    def _path(self, key: Key) -> Path:
        level, index = key
        return self.directory / str(level) / f"{index:09d}"
