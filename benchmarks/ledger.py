"""Claim: the ledger tree appends four times as fast as pymerkle and proves as fast.

Run it as `./citybrain bench ledger`, or `PYTHONPATH=src python benchmarks/ledger.py`
(`--quick` for CI). Both trees are in memory, hash with SHA-256 and take the same records
in batches of 1,000, each batch followed by the root. Proofs are for random leaves of the
finished tree, first with emptied caches and then again for the same leaves; every
hundredth is verified. Our rate over tiles in files is printed beside it, without a comparison.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pymerkle

from citybrain.engines.crypto import SHA256
from citybrain.engines.ledger.proofs import leaf_hash, verify_inclusion
from citybrain.engines.ledger.stores import DirectoryTiles, MemoryTiles, TileStore
from citybrain.engines.ledger.tree import append, clear_cache, consistency_proof, inclusion_proof

BATCH = 1000


def rate(count: int, work: Callable[[], object]) -> float:
    """How many of `count` pieces of work were done in a second."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def grow_ours(store: TileStore, records: list[bytes]) -> tuple[int, bytes]:
    size, root = 0, b""
    for start in range(0, len(records), BATCH):
        leaves = [leaf_hash(SHA256, record) for record in records[start : start + BATCH]]
        size, root = append(store, size, leaves)
    return size, root


def grow_theirs(tree: pymerkle.InmemoryTree, records: list[bytes]) -> bytes:
    root = b""
    for start in range(0, len(records), BATCH):
        tree.append_entries(records[start : start + BATCH])
        root = tree.get_root()
    return root


def report(what: str, ours: float, theirs: float) -> None:
    print(f"{what:<28}{ours:>12,.0f}/s{theirs:>14,.0f}/s{ours / theirs:>8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    count = 20_000 if parser.parse_args().quick else 300_000
    proofs = count // 20
    records = [b'{"at":17500000000%011d,"outcome":"granted","v":1}' % n for n in range(count)]
    random.seed(1)
    chosen = [random.randrange(count) for _ in range(proofs)]
    store, tree, results = MemoryTiles(), pymerkle.InmemoryTree(), []

    print(f"{count:,} records, {proofs:,} proofs\n{'':<28}{'ours':>14}{'pymerkle':>16}{'ratio':>8}")
    ours = rate(count, lambda: results.append(grow_ours(store, records)))
    report("appends", ours, rate(count, lambda: results.append(grow_theirs(tree, records))))
    (size, root), their_root = results
    assert root == their_root, "the two trees must have the same root"

    clear_cache()
    tree.cache_clear()
    for what in ("inclusion proofs, cold", "inclusion proofs, warm"):
        ours = rate(proofs, lambda: [inclusion_proof(store, size, index) for index in chosen])
        theirs = rate(proofs, lambda: [tree.prove_inclusion(index + 1) for index in chosen])
        report(what, ours, theirs)
    ours = rate(proofs, lambda: [consistency_proof(store, old, size) for old in chosen if old])
    theirs = rate(proofs, lambda: [tree.prove_consistency(old) for old in chosen if old])
    report("consistency proofs", ours, theirs)
    for index in chosen[::100]:
        proof, leaf = inclusion_proof(store, size, index), leaf_hash(SHA256, records[index])
        assert verify_inclusion(SHA256, leaf, index, size, proof, root)

    with tempfile.TemporaryDirectory() as name:
        files = DirectoryTiles(Path(name))
        on_disk = rate(count, lambda: grow_ours(files, records))
    print(f"appends to tiles in files   {on_disk:>12,.0f}/s")


if __name__ == "__main__":
    main()
