"""Reading the ledger: records, proofs, receipts."""

import base64
from typing import Any

from citybrain.engines.ledger import receipt as receipts
from citybrain.engines.ledger import tree
from citybrain.kernel import signing
from citybrain.kernel.errors import Invalid, NotFound
from citybrain.kernel.models import Checkpoint, LedgerRecord
from citybrain.kernel.tiles import DatabaseTiles


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint; None while nothing is sealed."""
    return Checkpoint.objects.first()


def _checkpoint(size: int | None) -> Checkpoint:
    found = (
        latest_checkpoint() if size is None else Checkpoint.objects.filter(size__gte=size).last()
    )
    if found is None:
        raise NotFound(
            "no-checkpoint", "没有这样的检查点。", "There is no checkpoint of that size yet."
        )
    return found


def record_at(index: int) -> LedgerRecord:
    """The sealed record at a leaf index. Raises `NotFound`."""
    record = LedgerRecord.objects.filter(index=index).first() if 0 <= index < 2**63 else None
    if record is None:
        raise NotFound("not-sealed", "账本中没有该序号。", "The ledger has no such index.")
    return record


def inclusion(index: int, size: int | None = None) -> dict[str, Any]:
    """The proof that a leaf is in the tree of `size` leaves (default: the newest)."""
    record = record_at(index)
    if size is not None and not index < size <= _checkpoint(None).size:
        raise Invalid("bad-size", "树的大小不合理。", "The tree size must be above the index.")
    tree_size = size if size is not None else _checkpoint(None).size
    proof = tree.inclusion_proof(DatabaseTiles(), tree_size, index, signing.digest())
    return {
        "index": index,
        "size": tree_size,
        "leaf": record.leaf,
        "proof": [base64.b64encode(one).decode() for one in proof],
    }


def consistency(old: int, new: int | None = None) -> dict[str, Any]:
    """The proof that the tree of `old` leaves is a beginning of the tree of `new`."""
    newest = _checkpoint(None).size
    new_size = newest if new is None else new
    if not 0 < old <= new_size <= newest:
        raise Invalid(
            "bad-size",
            "应满足 0 < 旧 ≤ 新 ≤ 当前大小。",
            "It takes 0 < old <= new <= current size.",
        )
    proof = tree.consistency_proof(DatabaseTiles(), old, new_size, signing.digest())
    return {
        "old": old,
        "new": new_size,
        "proof": [base64.b64encode(one).decode() for one in proof],
    }


def receipt(index: int) -> dict[str, Any]:
    """Everything needed to verify a record offline with `tools/verify.py`."""
    record = record_at(index)
    newest = _checkpoint(None)
    proof = tree.inclusion_proof(DatabaseTiles(), newest.size, index, signing.digest())
    return receipts.make_receipt(
        signing.digest(), record.body, index, proof, newest.text, signing.ledger_keys()
    )
