"""Numbers of persons and firms: whether one is well-formed, and its pseudonym."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import date

_IDENTITY = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_ALPHABET}]{{18}}")
MAX_SUBJECT = 200


def normal(text: str) -> str:
    """The form in which numbers are compared: no blanks around, capital letters."""
    return text.strip().upper()


def is_wellformed(subject_type: str, subject: str) -> bool:
    """True when the number could exist; `subject` is in normal form."""
    if subject_type == "identity":
        return _is_identity(subject)
    if subject_type == "uscc":
        return _is_uscc(subject)
    return 0 < len(subject) <= MAX_SUBJECT


def identity_check(first17: str) -> str:
    """Check character of an identity number: GB 11643-1999, ISO 7064 MOD 11-2."""
    total = sum(int(digit) * (1 << (17 - place)) for place, digit in enumerate(first17))
    return "10X98765432"[total % 11]


def _is_identity(text: str) -> bool:
    if not _IDENTITY.fullmatch(text) or identity_check(text[:17]) != text[17]:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return True


def _is_uscc(text: str) -> bool:
    """GB 32100-2015: weights are powers of 3 modulo 31."""
    if not _USCC.fullmatch(text):
        return False
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return _USCC_ALPHABET[-total % 31] == text[17]


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
