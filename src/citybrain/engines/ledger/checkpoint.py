"""Signed checkpoints: C2SP tlog-checkpoint in a C2SP signed note.

    <origin>
    <size>
    <root, base64>
    <extension lines>
    <empty line>
    — <key name> <base64(key hash, 4 bytes ‖ signature)>
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citybrain.engines.crypto.signers import Signer, verify

ED25519_TYPE = b"\x01"
OTHER_TYPE = b"\xff"
DASH = "\u2014"


class CheckpointError(ValueError):
    """The text is no checkpoint, or its signature is not good; the message says which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: key name, key hash (4 bytes), signature."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed checkpoint. `body` is the signed text, up to and with its last newline."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    body: str
    signatures: tuple[Signature, ...]


def key_hash(name: str, algorithm: str, public_key: bytes) -> bytes:
    """The first 4 bytes of SHA-256(name ‖ newline ‖ type ‖ key), as signed-note prescribes.

    Ed25519 has type 0x01; SM2 none of its own, so it is 0xff with its name before the key.
    """
    kind = ED25519_TYPE if algorithm == "ed25519" else OTHER_TYPE + algorithm.encode()
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:4]


def sign_checkpoint(
    origin: str,
    size: int,
    root: bytes,
    signers: Sequence[Signer],
    extensions: Sequence[str] = (),
) -> str:
    """The signed text. Raises `CheckpointError` for an origin or extension with a newline."""
    lines = (origin, str(size), base64.b64encode(root).decode(), *extensions)
    if any("\n" in line or not line for line in lines):
        raise CheckpointError("origin and extensions are single lines that are not empty")
    body = "\n".join(lines) + "\n"
    signed = [_signature_line(signer, body) for signer in signers]
    return body + "\n" + "".join(signed)


def _signature_line(signer: Signer, body: str) -> str:
    if not signer.name or any(one.isspace() or one == "+" for one in signer.name):
        raise CheckpointError(f"a key name has no blanks and no plus sign: {signer.name!r}")
    value = key_hash(signer.name, signer.algorithm, signer.public_key) + signer.sign(body.encode())
    return f"{DASH} {signer.name} {base64.b64encode(value).decode()}\n"


def parse_checkpoint(text: str) -> Note:
    """Take a checkpoint apart without trusting it. Raises `CheckpointError`."""
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise CheckpointError("there is no empty line before the signatures")
    lines = body.split("\n")
    if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit() or len(lines[1]) > 19:
        raise CheckpointError("a checkpoint begins with origin, size and root")
    signatures = tuple(_signature(line) for line in tail[:-1].split("\n"))
    return Note(
        lines[0], int(lines[1]), _decode(lines[2], "root"), tuple(lines[3:]), body + "\n", signatures
    )


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != DASH:
        raise CheckpointError("a signature line is: dash, key name, base64")
    value = _decode(parts[2], "signature")
    if len(value) <= 4:
        raise CheckpointError("a signature is longer than its key hash")
    return Signature(parts[1], value[:4], value[4:])


def _decode(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CheckpointError(f"the {what} is not base64") from None


def verify_checkpoint(text: str, keys: Mapping[str, tuple[str, bytes]]) -> Note:
    """Parse and check: at least one known key must have signed, and no known key badly.

    `keys` maps a key name to algorithm and raw public key. Unknown keys are ignored, as
    signed-note prescribes. Raises `CheckpointError`.
    """
    note = parse_checkpoint(text)
    good = 0
    for one in note.signatures:
        if one.name not in keys:
            continue
        algorithm, public_key = keys[one.name]
        if one.key_hash != key_hash(one.name, algorithm, public_key):
            continue
        if not verify(algorithm, public_key, note.body.encode(), one.value):
            raise CheckpointError(f"the signature of {one.name} is not good")
        good += 1
    if not good:
        raise CheckpointError("no known key has signed this checkpoint")
    return note
