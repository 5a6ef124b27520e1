"""The installation's keys: one for the ledger, one for agreements, one for pseudonyms."""

import hmac
from functools import lru_cache

from django.conf import settings

from citybrain.engines.crypto import Digest, KeyStore, Signer, digest_named

ALGORITHMS = {"standard": "ed25519", "guomi": "sm2"}
DIGESTS = {"standard": "sha256", "guomi": "sm3"}


def digest() -> Digest:
    """The hash of the ledger's tree."""
    return digest_named(DIGESTS[settings.CITYBRAIN.crypto])


def ledger_keys() -> dict[str, tuple[str, bytes]]:
    """Name → (algorithm, raw public key) of what signs this installation's checkpoints."""
    one = signer("ledger")
    return {one.name: (one.algorithm, one.public_key)}


def key_store() -> KeyStore:
    """Where the installation's keys lie."""
    return KeyStore(settings.CITYBRAIN.data_dir / "keys")


@lru_cache(maxsize=8)
def _signer(folder: str, name: str, algorithm: str) -> Signer:
    return key_store().load_or_create(name, algorithm)


def signer(purpose: str) -> Signer:
    """The signer for "ledger" or "agreements"; its key is made at the first call."""
    algorithm = ALGORITHMS[settings.CITYBRAIN.crypto]
    name = (
        settings.CITYBRAIN.ledger_origin
        if purpose == "ledger"
        else f"{settings.CITYBRAIN.ledger_origin}/{purpose}"
    )
    return _signer(str(settings.CITYBRAIN.data_dir), name, algorithm)


def pseudonym_key(agreement_ref: str) -> bytes:
    """The key under which subjects are hashed for one agreement, so that two never match."""
    return hmac.digest(
        settings.SECRET_KEY.encode(), b"pseudonym:" + agreement_ref.encode(), "sha256"
    )
