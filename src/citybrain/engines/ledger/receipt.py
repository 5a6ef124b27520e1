"""Receipts: everything that is needed to verify one record offline."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from citybrain.engines.ledger.checkpoint import CheckpointError, verify_checkpoint
from citybrain.engines.ledger.proofs import root_from_inclusion
from citybrain.engines.ledger.tree import leaf_hash

VERSION = 1
DIGESTS = ("sha256", "sm3")


def make_receipt(
    *,
    digest: str,
    record: bytes,
    index: int,
    size: int,
    proof: Sequence[bytes],
    checkpoint: str,
    keys: Mapping[str, tuple[str, bytes]],
) -> dict[str, Any]:
    """The receipt as JSON values; `record` is the leaf's text, `keys` those of the checkpoint."""
    return {
        "version": VERSION,
        "digest": digest,
        "record": record.decode(),
        "index": index,
        "size": size,
        "proof": [base64.b64encode(one).decode() for one in proof],
        "checkpoint": checkpoint,
        "keys": [
            {
                "name": name,
                "algorithm": algorithm,
                "public_key": base64.b64encode(public_key).decode(),
            }
            for name, (algorithm, public_key) in keys.items()
        ],
    }


def check_receipt(
    receipt: Mapping[str, Any], trusted: Mapping[str, tuple[str, bytes]]
) -> list[str]:
    """What is wrong with a receipt, part by part; an empty list when all is good.

    The keys in the receipt are a help for finding the right one; only `trusted` counts.
    """
    try:
        digest, record = receipt["digest"], receipt["record"].encode()
        index, size = int(receipt["index"]), int(receipt["size"])
        proof = [base64.b64decode(one, validate=True) for one in receipt["proof"]]
        checkpoint = receipt["checkpoint"]
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        return ["receipt: malformed"]
    if receipt.get("version") != VERSION or digest not in DIGESTS:
        return ["receipt: unknown version or digest"]
    problems = []
    try:
        note = verify_checkpoint(checkpoint, trusted)
    except CheckpointError as error:
        return [f"checkpoint: {error}"]
    if note.size != size:
        problems.append("checkpoint: its size is not that of the proof")
    found = root_from_inclusion(digest, leaf_hash(digest, record), index, size, proof)
    if found is None:
        problems.append("proof: its length does not fit index and size")
    elif found != note.root:
        problems.append("record or proof: they do not lead to the root of the checkpoint")
    return problems
