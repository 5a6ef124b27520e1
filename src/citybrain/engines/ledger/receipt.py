"""A receipt: one record with all that proves it, as JSON that `tools/verify.py` checks offline.

version     1
digest      "sha256" or "sm3"
record      the canonical text of the record
leaf        base64, the record's leaf hash: tells a changed record from a changed proof
index, size where the leaf stands, in a tree of which size
proof       base64 hashes from the leaf upwards
checkpoint  the signed checkpoint of that size
keys        [{"name", "algorithm", "public_key"}]: the signers' keys as the log states
            them; who checks compares them with keys published elsewhere
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from citybrain.engines.crypto.digests import Digest, digest_named
from citybrain.engines.ledger.checkpoint import (
    Checkpoint,
    CheckpointInvalid,
    Keys,
    parse_checkpoint,
    verify_checkpoint,
)
from citybrain.engines.ledger.proofs import leaf_hash, verify_inclusion

VERSION = 1


class _MalformedError(ValueError):
    """A receipt that cannot be read; the text names the field."""


def make_receipt(
    digest: Digest,
    record: bytes | str,
    index: int,
    proof: Sequence[bytes],
    checkpoint: str,
    keys: Keys,
) -> dict[str, Any]:
    """The receipt of a record that stands at `index` of the checkpoint's tree."""
    text = record if isinstance(record, str) else record.decode()
    return {
        "version": VERSION,
        "digest": digest.name,
        "record": text,
        "leaf": _encode(leaf_hash(digest, text.encode())),
        "index": index,
        "size": parse_checkpoint(checkpoint).size,
        "proof": [_encode(step) for step in proof],
        "checkpoint": checkpoint,
        "keys": [
            {"name": name, "algorithm": algorithm, "public_key": _encode(public_key)}
            for name, (algorithm, public_key) in sorted(keys.items())
        ],
    }


def check_receipt(receipt: Any, trusted_keys: Keys) -> list[str]:
    """What is wrong; empty for a good receipt.

    Each problem begins with the part it is about: "receipt", "record", "proof",
    "checkpoint" or "signature". Raises `CryptoUnavailable` where SM2 or SM3 is missing.
    """
    try:
        return _problems(receipt, trusted_keys)
    except _MalformedError as error:
        return [f"receipt: 收据格式有误 · the receipt cannot be read: {error}"]


def _problems(receipt: Any, trusted_keys: Keys) -> list[str]:
    digest = _digest(receipt)
    record, text = _text(receipt, "record"), _text(receipt, "checkpoint")
    leaf, proof = _hashes(receipt, "leaf", [receipt.get("leaf")])[0], _proof(receipt)
    index, size = _number(receipt, "index"), _number(receipt, "size")
    problems = []
    try:
        computed = leaf_hash(digest, record.encode())
    except UnicodeEncodeError:
        computed = b""
    if computed != leaf:
        problems.append("record: 记录已被改动 · the record does not give the leaf hash")
    try:
        checkpoint = parse_checkpoint(text)
    except CheckpointInvalid as error:
        return [*problems, f"checkpoint: 检查点无法读取 · the checkpoint cannot be read: {error}"]
    if checkpoint.size != size:
        problems.append("checkpoint: 检查点大小不符 · the checkpoint is of another size")
    elif not verify_inclusion(digest, leaf, index, size, proof, checkpoint.root):
        problems.append(
            "proof: 证明与检查点不符 · the proof does not lead to the checkpoint's root"
        )
    return [*problems, *_signature_problems(checkpoint, text, trusted_keys)]


def _signature_problems(checkpoint: Checkpoint, text: str, trusted_keys: Keys) -> list[str]:
    if not trusted_keys:
        return ["signature: 没有可信公钥 · no trusted key was given"]
    try:
        verify_checkpoint(text, trusted_keys)
    except CheckpointInvalid as error:
        return [f"signature: 签名无效 · {error} ({checkpoint.origin})"]
    return []


def _digest(receipt: Any) -> Digest:
    if not isinstance(receipt, dict):
        raise _MalformedError("it is no JSON object")
    if receipt.get("version") != VERSION:
        raise _MalformedError(f"version {receipt.get('version')!r} is not known")
    try:
        return digest_named(str(receipt.get("digest")))
    except ValueError as error:
        raise _MalformedError(str(error)) from None


def _text(receipt: dict[str, Any], field: str) -> str:
    value = receipt.get(field)
    if not isinstance(value, str):
        raise _MalformedError(f"{field} is no text")
    return value


def _number(receipt: dict[str, Any], field: str) -> int:
    value = receipt.get(field)
    if type(value) is not int or value < 0:
        raise _MalformedError(f"{field} is no number")
    return value


def _proof(receipt: dict[str, Any]) -> list[bytes]:
    value = receipt.get("proof")
    # A tree of 2**63 leaves has proofs of 63 hashes.
    if not isinstance(value, list) or len(value) > 64:
        raise _MalformedError("proof is no list of at most 64 hashes")
    return _hashes(receipt, "proof", value)


def _hashes(receipt: dict[str, Any], field: str, values: list[Any]) -> list[bytes]:
    try:
        return [base64.b64decode(value, validate=True) for value in values]
    except (binascii.Error, TypeError, ValueError):
        raise _MalformedError(f"{field} is not base64") from None


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
