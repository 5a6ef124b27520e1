"""Signed tokens (RFC 7515, compact form) and keys (RFC 7517) for the algorithms in use.

`EdDSA` and `ES256` are registered names. `SM2` (SM2 with SM3, user id of the standard) has no
registered name for JOSE; it is this project's own, for deployments that need 国密.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from citybrain.engines.crypto import Signer
from citybrain.engines.crypto import verify as verify_raw
from citybrain.engines.sdjwt.errors import Refused

MOST_TOKEN = 256 * 1024
NAMES = {"ed25519": "EdDSA", "sm2": "SM2"}
ALGORITHMS = frozenset({"EdDSA", "ES256", "SM2"})
Verify = Callable[[bytes, bytes], bool]
"""(data, signature) → whether the signature is good."""
_ES256 = ec.ECDSA(SHA256())


class SigningKey(Protocol):
    """What signs a token. `jwk` is the public half."""

    @property
    def alg(self) -> str: ...
    @property
    def kid(self) -> str: ...
    @property
    def jwk(self) -> dict[str, str]: ...
    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Key:
    """One of the installation's signers as a key for tokens."""

    signer: Signer

    @property
    def alg(self) -> str:
        """Its name in the header."""
        return NAMES[self.signer.algorithm]

    @property
    def kid(self) -> str:
        """The thumbprint of the public half."""
        return thumbprint(self.jwk)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half."""
        raw = self.signer.public_key
        if self.signer.algorithm == "ed25519":
            return {"kty": "OKP", "crv": "Ed25519", "x": encode_b64(raw)}
        x, y = raw[1:33], raw[33:]
        return {"kty": "EC", "crv": "SM2", "x": encode_b64(x), "y": encode_b64(y)}

    def sign(self, data: bytes) -> bytes:
        """The raw signature."""
        return self.signer.sign(data)


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A key on P-256, as phones keep them."""

    private: ec.EllipticCurvePrivateKey

    @property
    def alg(self) -> str:
        """Its name in the header."""
        return "ES256"

    @property
    def kid(self) -> str:
        """The thumbprint of the public half."""
        return thumbprint(self.jwk)

    @property
    def jwk(self) -> dict[str, str]:
        """The public half."""
        numbers = self.private.public_key().public_numbers()
        x, y = (encode_b64(one.to_bytes(32, "big")) for one in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, data: bytes) -> bytes:
        """r and s, 32 bytes each."""
        r, s = decode_dss_signature(self.private.sign(data, _ES256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def new_holder_key() -> HolderKey:
    """A fresh key."""
    return HolderKey(ec.generate_private_key(ec.SECP256R1()))


def encode_b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_b64(text: str) -> bytes:
    """The bytes. Raises `Refused` for anything that `encode_b64` would not have written."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed", "not base64url") from None
    if encode_b64(data) != text:
        raise Refused("malformed", "not base64url in its one form")
    return data


def thumbprint(jwk: Mapping[str, str]) -> str:
    """RFC 7638: the digest of the members that make the key."""
    needed = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}.get(jwk.get("kty", ""))
    if needed is None or any(not isinstance(jwk.get(name), str) for name in needed):
        raise Refused("malformed", "not a public key in use here")
    found = {name: jwk[name] for name in needed}
    return encode_b64(hashlib.sha256(orjson.dumps(found, option=orjson.OPT_SORT_KEYS)).digest())


def key_of_jwk(jwk: Any) -> tuple[str, Verify]:
    """(algorithm, verify) of a public key. Raises `Refused`."""
    if not isinstance(jwk, dict):
        raise Refused("malformed", "a key is an object")
    thumbprint(jwk)
    try:
        match jwk["kty"], jwk["crv"]:
            case "OKP", "Ed25519":
                return "EdDSA", _ed25519(decode_b64(jwk["x"]))
            case "EC", "P-256":
                return "ES256", _es256(decode_b64(jwk["x"]), decode_b64(jwk["y"]))
            case "EC", "SM2":
                return "SM2", _sm2(b"\x04" + decode_b64(jwk["x"]) + decode_b64(jwk["y"]))
    except ValueError as error:
        raise Refused("malformed", f"not a key: {error}") from None
    raise Refused("unknown-algorithm", str(jwk["crv"])[:40])


def _ed25519(raw: bytes) -> Verify:
    public = Ed25519PublicKey.from_public_bytes(raw)

    def verify(data: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    return verify


def _es256(x: bytes, y: bytes) -> Verify:
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    )
    public = numbers.public_key()

    def verify(data: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            public.verify(encode_dss_signature(r, s), data, _ES256)
        except InvalidSignature:
            return False
        return True

    return verify


def _sm2(point: bytes) -> Verify:
    return lambda data, signature: verify_raw("sm2", point, data, signature)


def sign_jwt(header: Mapping[str, Any], payload: Mapping[str, Any], key: SigningKey) -> str:
    """A compact token; `alg` and `kid` are the key's."""
    full = {"alg": key.alg, "kid": key.kid, **header}
    text = f"{encode_b64(orjson.dumps(full))}.{encode_b64(orjson.dumps(payload))}"
    return f"{text}.{encode_b64(key.sign(text.encode('ascii')))}"


@dataclass(frozen=True, slots=True)
class Jwt:
    """A token taken apart; nothing of it is proven yet."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    def prove(self, alg: str, verify: Verify, reason: str = "bad-signature") -> None:
        """Raises `Refused` unless it was signed by that key with that algorithm."""
        if self.header["alg"] != alg or not verify(self.signed, self.signature):
            raise Refused(reason)


def open_jwt(token: str, typ: frozenset[str]) -> Jwt:
    """Take a token apart. Raises `Refused`, also when its type is none of `typ`."""
    if len(token) > MOST_TOKEN:
        raise Refused("too-large")
    if not token.isascii() or token.count(".") != 2:
        raise Refused("malformed", "a token has three parts")
    head, body, signature = token.split(".")
    header, payload = _object(head), _object(body)
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise Refused("unknown-algorithm", str(header.get("alg"))[:40])
    if header.get("typ") not in typ:
        raise Refused("wrong-type", str(header.get("typ"))[:40])
    return Jwt(header, payload, f"{head}.{body}".encode("ascii"), decode_b64(signature))


def _object(text: str) -> dict[str, Any]:
    try:
        value = orjson.loads(decode_b64(text))
    except orjson.JSONDecodeError:
        raise Refused("malformed", "not JSON") from None
    if not isinstance(value, dict):
        raise Refused("malformed", "not an object")
    return value


def verify_jwt(token: str, typ: str, jwk: Mapping[str, str]) -> dict[str, Any]:
    """The payload of a token of this type signed by this key. Raises `Refused`."""
    opened = open_jwt(token, frozenset({typ}))
    opened.prove(*key_of_jwk(jwk))
    return opened.payload
