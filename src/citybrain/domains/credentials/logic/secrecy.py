"""What keeps numbers and claims unreadable in the database: keyed digests, masks, encryption.

Every key is derived from the installation's secret for one purpose, so that a digest made
for one use matches in no other.
"""

import base64
import hmac
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"licences:{purpose}".encode(), "sha256")


def digest(purpose: str, text: str) -> str:
    """Keyed SHA-256 (hex): the same text gives another digest for another purpose."""
    return hmac.digest(_key(purpose), text.encode(), "sha256").hex()


def holder_digest(number: str) -> str:
    """What a holder's number is found by; case and blanks do not count."""
    return digest("holder", "".join(number.split()).upper())


def masked(text: str) -> str:
    """Two characters at each end, or one of a short text, and stars between."""
    ends = 2 if len(text) >= 8 else 1 if len(text) >= 3 else 0
    return text[:ends] + "*" * (len(text) - 2 * ends) + text[len(text) - ends :]


def closed(claims: dict[str, Any], bound_to: str) -> str:
    """Encrypted claims (AES-256-GCM, base64), readable only together with `bound_to`."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_key("claims")).encrypt(nonce, orjson.dumps(claims), bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def opened(text: str, bound_to: str) -> dict[str, Any]:
    """The claims. Raises `ValueError` when they were changed or moved to another record."""
    raw = base64.b64decode(text)
    try:
        plain = AESGCM(_key("claims")).decrypt(raw[:NONCE], raw[NONCE:], bound_to.encode())
    except InvalidTag:
        raise ValueError("the claims were changed, or the installation's secret was") from None
    value: dict[str, Any] = orjson.loads(plain)
    return value
