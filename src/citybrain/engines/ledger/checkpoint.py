"""Signed checkpoints of the tree: C2SP tlog-checkpoint in a C2SP signed-note.

    origin
    size
    base64 root
    (extension lines)
    (blank line)
    — name base64(key id of 4 bytes || signature)

The key id is SHA-256(name || LF || type || public key)[:4]. Ed25519 has type 0x01. SM2
has no type assigned, so it takes 0xff and an identifier of its own, as the signed-note
specification advises; its public key is the uncompressed point of 65 bytes.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from citybrain.engines.crypto.digests import SIZE
from citybrain.engines.crypto.signers import Signer, verify

TYPES = {"ed25519": b"\x01", "sm2": b"\xffcitybrain.sm2-with-sm3"}
# name → (algorithm, raw public key)
Keys: TypeAlias = Mapping[str, tuple[str, bytes]]

_DASH = "\u2014 "
_LARGEST = 65_536
_MOST_SIGNATURES = 64
_ID_SIZE = 4


class CheckpointInvalid(ValueError):  # noqa: N818 - says what is the case
    """A text that is no checkpoint, or one that its signers did not sign."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says. `note` is the signed text; nothing here is trusted yet."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    signatures: tuple[Signature, ...]
    note: bytes


def key_id(name: str, algorithm: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    if algorithm not in TYPES:
        raise ValueError(f"no signature type for {algorithm!r}: use ed25519 or sm2")
    text = name.encode() + b"\n" + TYPES[algorithm] + public_key
    return hashlib.sha256(text).digest()[:_ID_SIZE]


def sign_checkpoint(
    origin: str,
    size: int,
    root: bytes,
    signers: Iterable[Signer],
    extensions: Sequence[str] = (),
) -> str:
    """The signed text. Raises `ValueError` for what a checkpoint cannot carry."""
    lines = [origin, str(size), base64.b64encode(root).decode(), *extensions]
    if size < 0 or len(root) != SIZE:
        raise ValueError(f"a size is not negative and a root has {SIZE} bytes")
    if any(not line or _has_control(line) for line in lines):
        raise ValueError("origin and extension lines are single lines and not empty")
    note = "\n".join(lines) + "\n"
    marks = [_signature_line(signer, note.encode()) for signer in signers]
    if not marks:
        raise ValueError("a checkpoint needs a signer")
    return note + "\n" + "".join(marks)


def _signature_line(signer: Signer, note: bytes) -> str:
    if not _is_key_name(signer.name):
        raise ValueError(f"{signer.name!r} is no key name: no blanks, no plus sign, not empty")
    identifier = key_id(signer.name, signer.algorithm, signer.public_key)
    mark = base64.b64encode(identifier + signer.sign(note)).decode()
    return f"{_DASH}{signer.name} {mark}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The parts of a checkpoint, unverified. Raises `CheckpointInvalid`."""
    if len(text) > _LARGEST:
        raise CheckpointInvalid(f"a checkpoint has at most {_LARGEST} characters")
    if _has_control(text.replace("\n", "")):
        raise CheckpointInvalid("there are control characters in the text")
    body, blank, marks = text.rpartition("\n\n")
    if not blank or not marks.endswith("\n"):
        raise CheckpointInvalid("there is no blank line before signature lines")
    lines = body.split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointInvalid("there are not the three lines origin, size and root")
    signatures = tuple(map(_parse_signature, marks[:-1].split("\n")))
    if len(signatures) > _MOST_SIGNATURES:
        raise CheckpointInvalid(f"a checkpoint has at most {_MOST_SIGNATURES} signatures")
    size, root = _parse_size(lines[1]), _parse_root(lines[2])
    note = (body + "\n").encode()
    return Checkpoint(lines[0], size, root, tuple(lines[3:]), signatures, note)


def verify_checkpoint(text: str, keys: Keys) -> tuple[Checkpoint, list[str]]:
    """The checkpoint and the names of the keys that signed it.

    Signatures of unknown keys are passed over, as signed-note demands. Raises
    `CheckpointInvalid` when a known key's signature is wrong or none is known.
    """
    checkpoint = parse_checkpoint(text)
    known = {
        (name, key_id(name, algorithm, public)): (algorithm, public)
        for name, (algorithm, public) in keys.items()
    }
    signed_by = []
    for mark in checkpoint.signatures:
        if (key := known.get((mark.name, mark.key_id))) is None:
            continue
        if not verify(*key, checkpoint.note, mark.signature):
            raise CheckpointInvalid(f"the signature of {mark.name} does not belong to this text")
        signed_by.append(mark.name)
    if not signed_by:
        raise CheckpointInvalid("no key that is trusted signed this checkpoint")
    return checkpoint, signed_by


def _parse_size(line: str) -> int:
    if not (line.isascii() and line.isdecimal()) or (line[0] == "0" and line != "0"):
        raise CheckpointInvalid(f"the size {line[:40]!r} is no plain decimal number")
    if len(line) > 19:
        raise CheckpointInvalid("the size is too large")
    return int(line)


def _parse_root(line: str) -> bytes:
    root = _decode(line)
    if root is None or len(root) != SIZE:
        raise CheckpointInvalid(f"the root is not the base64 of {SIZE} bytes")
    return root


def _parse_signature(line: str) -> Signature:
    name, _, text = line.removeprefix(_DASH).partition(" ")
    data = _decode(text)
    if not line.startswith(_DASH) or not _is_key_name(name) or data is None:
        raise CheckpointInvalid(f"this is no signature line: {line[:80]!r}")
    if len(data) <= _ID_SIZE:
        raise CheckpointInvalid(f"the signature of {name} is too short")
    return Signature(name, data[:_ID_SIZE], data[_ID_SIZE:])


def _decode(text: str) -> bytes | None:
    """Strict base64: one text for each value."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def _has_control(text: str) -> bool:
    return any(character < " " for character in text)
