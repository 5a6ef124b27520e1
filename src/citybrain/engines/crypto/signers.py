"""One interface over Ed25519 (RFC 8032) and SM2 with SM3 (GB/T 32918.2)."""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from citybrain.engines.crypto import der, libcrypto
from citybrain.engines.crypto.errors import KeyRefused

ALGORITHMS = ("ed25519", "sm2")
# The id that GM/T 0009 sets where the parties agreed on no other.
SM2_USER_ID = b"1234567812345678"


class Signer(Protocol):
    """Signs with one private key.

    `public_key` is raw: 32 bytes for Ed25519, the uncompressed point of 65 bytes for SM2.
    A signature has 64 bytes in both (SM2: r || s).
    """

    @property
    def algorithm(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def public_key(self) -> bytes: ...
    def sign(self, data: bytes) -> bytes: ...


class Ed25519Signer:
    """Signs by the `cryptography` package."""

    algorithm = "ed25519"

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.name = name
        self._private = private
        self.public_key = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls, name: str) -> "Ed25519Signer":
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def from_pkcs8(cls, name: str, data: bytes) -> "Ed25519Signer":
        """Raises `ValueError` for another kind of key."""
        private = serialization.load_der_private_key(data, password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(name, private)

    def to_pkcs8(self) -> bytes:
        return self._private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, data: bytes) -> bytes:
        return self._private.sign(data)


class Sm2Signer:
    """Signs by the system's OpenSSL 3; raises `CryptoUnavailable` without it."""

    algorithm = "sm2"

    def __init__(self, name: str, private: libcrypto.Key, user_id: bytes = SM2_USER_ID) -> None:
        self.name = name
        self.user_id = user_id
        self._private = private
        self.public_key = private.public_der()[-der.POINT_SIZE :]

    @classmethod
    def generate(cls, name: str) -> "Sm2Signer":
        return cls(name, libcrypto.Key.generate())

    @classmethod
    def from_pkcs8(cls, name: str, data: bytes) -> "Sm2Signer":
        return cls(name, libcrypto.Key.from_private_der(data))

    def to_pkcs8(self) -> bytes:
        return self._private.private_der()

    def sign(self, data: bytes) -> bytes:
        return der.signature_from_der(libcrypto.sign(self._private, data, self.user_id))


def generate(name: str, algorithm: str) -> Ed25519Signer | Sm2Signer:
    """A new key; raises `KeyRefused` for an algorithm that is neither of ours."""
    if algorithm == "ed25519":
        return Ed25519Signer.generate(name)
    if algorithm == "sm2":
        return Sm2Signer.generate(name)
    raise KeyRefused(f"unknown signature algorithm {algorithm!r}: use ed25519 or sm2")


def verify(
    algorithm: str,
    public_key: bytes,
    data: bytes,
    signature: bytes,
    user_id: bytes = SM2_USER_ID,
) -> bool:
    """True when the signature is that key's over the data.

    A malformed key or signature is a plain False. Raises `KeyRefused` for an unknown
    algorithm and `CryptoUnavailable` where SM2 cannot be computed.
    """
    if algorithm == "ed25519":
        return _verify_ed25519(public_key, data, signature)
    if algorithm == "sm2":
        return _verify_sm2(public_key, data, signature, user_id)
    raise KeyRefused(f"unknown signature algorithm {algorithm!r}: use ed25519 or sm2")


def _verify_ed25519(public_key: bytes, data: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify_sm2(public_key: bytes, data: bytes, signature: bytes, user_id: bytes) -> bool:
    libcrypto.library()
    try:
        key = libcrypto.Key.from_public_der(der.sm2_public_der(public_key))
        encoded = der.signature_to_der(signature)
    except ValueError:
        return False
    return libcrypto.verify(key, data, encoded, user_id)
