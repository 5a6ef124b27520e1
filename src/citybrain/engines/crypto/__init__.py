"""Digests, signers and key files: international algorithms by default, 国密 on request."""

from citybrain.engines.crypto.digests import SHA256, Digest, digest_named
from citybrain.engines.crypto.errors import CryptoUnavailable, KeyRefused
from citybrain.engines.crypto.keys import KeyStore
from citybrain.engines.crypto.signers import Signer, verify

__all__ = [
    "SHA256",
    "CryptoUnavailable",
    "Digest",
    "KeyRefused",
    "KeyStore",
    "Signer",
    "digest_named",
    "verify",
]
