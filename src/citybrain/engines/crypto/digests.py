"""The digests a ledger tree may be built with; both give 32 bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from citybrain.engines.crypto.errors import CryptoUnavailable

SIZE = 32


@dataclass(frozen=True, slots=True)
class Digest:
    """A named hash function: `digest(data)` gives 32 bytes."""

    name: str
    digest: Callable[[bytes], bytes]


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


SHA256 = Digest("sha256", _sha256)


def digest_named(name: str) -> Digest:
    """The digest called "sha256" or "sm3" (GB/T 32905).

    Raises `CryptoUnavailable` when Python's OpenSSL was built without SM3 and
    `ValueError` for any other name.
    """
    if name == "sha256":
        return SHA256
    if name != "sm3":
        raise ValueError(f"unknown digest {name!r}: use sha256 or sm3")
    try:
        hashlib.new("sm3")
    except ValueError:
        raise CryptoUnavailable(
            "the OpenSSL of this Python has no SM3: use a Python linked to OpenSSL 1.1.1 or "
            "newer, built with SM3, or leave CITYBRAIN_CRYPTO at its default"
        ) from None
    return Digest("sm3", _sm3)
