"""Showing some claims of a credential, bound to who asks."""

import hashlib
import time
from collections.abc import Collection
from typing import Any

from citybrain.engines.sdjwt.disclosures import Disclosure, Opened, read
from citybrain.engines.sdjwt.errors import Refused
from citybrain.engines.sdjwt.jose import MOST_TOKEN, SigningKey, encode_b64, open_jwt, sign_jwt

TYPES = frozenset({"dc+sd-jwt", "vc+sd-jwt"})
BINDING = "kb+jwt"


def parts_of(text: str) -> tuple[str, list[str], str]:
    """(token, disclosures, key binding or ""). Raises `Refused`."""
    if len(text) > MOST_TOKEN:
        raise Refused("too-large")
    token, *rest = text.split("~")
    if not rest:
        raise Refused("malformed", "a credential ends in a tilde")
    if any(not one for one in rest[:-1]):
        raise Refused("malformed", "an empty disclosure")
    return token, rest[:-1], rest[-1]


def disclosed_claims(credential: str) -> dict[str, Any]:
    """The claims that a holder sees in the own credential; proves nothing."""
    token, texts, _ = parts_of(credential)
    return Opened(open_jwt(token, TYPES).payload, [read(one) for one in texts]).claims


def present(
    credential: str,
    shown: Collection[str],
    key: SigningKey | None = None,
    audience: str = "",
    nonce: str = "",
    at: int | None = None,
) -> str:
    """The credential with only the disclosures of `shown` ("name", "address.city",
    "permits.0", and "address" for all within it), bound by the holder's `key` when given.

    Raises `Refused` "missing-claim" for a claim that is neither there nor always visible.
    """
    token, texts, _ = parts_of(credential)
    opened = Opened(open_jwt(token, TYPES).payload, [read(one) for one in texts])
    kept: dict[str, None] = {}
    for name in shown:
        _keep(opened, tuple(name.split(".")), kept)
    text = "~".join([token, *(one for one in texts if one in kept), ""])
    if key is None:
        return text
    binding = {
        "iat": int(time.time()) if at is None else at,
        "aud": audience,
        "nonce": nonce,
        "sd_hash": sd_hash(text),
    }
    return text + sign_jwt({"typ": BINDING}, binding, key)


def sd_hash(text: str) -> str:
    """What binds the key binding to all that stands before it."""
    return encode_b64(hashlib.sha256(text.encode("ascii")).digest())


def _keep(opened: Opened, wanted: tuple[str, ...], kept: dict[str, None]) -> None:
    found = False
    for path, one in opened.paths.items():
        names = tuple(str(part) for part in path)
        within = names[: len(wanted)] == wanted
        if within or wanted[: len(names)] == names:
            found = True
            _with_parents(opened, one, kept)
    if not found and not _visible(opened.claims, wanted):
        raise Refused("missing-claim", ".".join(wanted))


def _with_parents(opened: Opened, one: Disclosure | None, kept: dict[str, None]) -> None:
    while one is not None:
        kept[one.text] = None
        one = opened.parents[one.text]


def _visible(claims: Any, wanted: tuple[str, ...]) -> bool:
    for name in wanted:
        if isinstance(claims, dict) and name in claims:
            claims = claims[name]
        elif isinstance(claims, list) and name.isdigit() and int(name) < len(claims):
            claims = claims[int(name)]
        else:
            return False
    return True
