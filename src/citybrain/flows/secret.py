"""Tokens at rest: encrypted with a key that lies beside the installation's other keys."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet


@lru_cache(maxsize=1)
def _cipher() -> Fernet:
    from citybrain.settings import _secret

    key = hashlib.sha256(_secret("scenario-tokens").encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def encrypted(token: str) -> str:
    """For the database."""
    return _cipher().encrypt(token.encode()).decode()


def decrypted(stored: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` when the key is another one."""
    return _cipher().decrypt(stored.encode()).decode()
