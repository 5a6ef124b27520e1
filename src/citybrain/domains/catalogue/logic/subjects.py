"""Numbers of persons and firms: whether one is well-formed, and its pseudonym."""

import hashlib
import hmac
from collections.abc import Iterable

from citybrain.engines.codes import identity, uscc

MAX_SUBJECT = 200


def normal(text: str) -> str:
    """The form in which numbers are compared: no blanks around, capital letters."""
    return text.strip().upper()


def is_wellformed(subject_type: str, subject: str) -> bool:
    """True when the number could exist; `subject` is in normal form.

    Credit codes with a wrong check character pass, since registries have issued some.
    """
    if subject_type == "identity":
        return identity.validate(subject).level != "error"
    if subject_type == "uscc":
        return uscc.validate(subject).level != "error"
    return 0 < len(subject) <= MAX_SUBJECT


def pseudonym(secret: bytes, subject: str) -> str:
    """HMAC-SHA-256 of the number under the agreement's key, in hex."""
    return hmac.digest(secret, subject.encode(), "sha256").hex()


def joint_pseudonym(secret: bytes, subjects: Iterable[str]) -> str:
    """One pseudonym for a batch: of its members' pseudonyms in the order they were asked.

    Whoever knows the list and the key can compute it; a batch of one is the one itself.
    """
    each = [pseudonym(secret, subject) for subject in subjects]
    return each[0] if len(each) == 1 else pseudonym(secret, ",".join(each))


def digest(key: bytes, value: str) -> bytes:
    """What an index holds in place of a number or name; `key` lives as long as the process."""
    return hashlib.blake2b(value.encode(), key=key, digest_size=16).digest()
