"""Opaque references: 26 characters, sortable by time, with no personal data in them."""

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def new_ref() -> str:
    """48 bits of Unix milliseconds and 80 random bits in Crockford's base 32, lower case."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def is_ref(text: str) -> bool:
    """True for text that has the shape of a reference."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)
