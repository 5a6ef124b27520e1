"""The ledger's tiles in the database."""

from collections.abc import Iterable

from django.db.models import Q

from citybrain.kernel.models import LedgerTile

Key = tuple[int, int]


class DatabaseTiles:
    """A `TileStore` over `LedgerTile`; writes happen inside the caller's transaction."""

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """The tiles that exist, by (level, index)."""
        wanted: dict[int, list[int]] = {}
        for level, index in keys:
            wanted.setdefault(level, []).append(index)
        if not wanted:
            return {}
        where = Q()
        for level, indexes in wanted.items():
            where |= Q(level=level, index__in=indexes)
        rows = LedgerTile.objects.filter(where).values_list("level", "index", "hashes")
        return {(level, index): bytes(hashes) for level, index, hashes in rows}

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        """Write tiles whole; a partial one at the right edge is overwritten as it grows."""
        LedgerTile.objects.bulk_create(
            [
                LedgerTile(level=level, index=index, hashes=hashes)
                for (level, index), hashes in tiles.items()
            ],
            update_conflicts=True,
            unique_fields=["level", "index"],
            update_fields=["hashes"],
        )
