"""What a presentation proves: the whole of a verifier's work, offline."""

import hmac
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from citybrain.engines.sdjwt.disclosures import Opened, read
from citybrain.engines.sdjwt.errors import Refused
from citybrain.engines.sdjwt.jose import Jwt, key_of_jwk, open_jwt
from citybrain.engines.sdjwt.presenting import BINDING, TYPES, parts_of, sd_hash

Issuers = Callable[[str, str], Mapping[str, str] | None]
"""(issuer, key id) → public key as JWK, None for an issuer that is not trusted."""
STALE_SECONDS, EARLY_SECONDS = 300, 60


@dataclass(frozen=True, slots=True)
class Expected:
    """What a verifier asked for. `scope` None means that any claims may be shown; the
    always visible ones are never over scope."""

    audience: str = ""
    nonce: str = ""
    vct: frozenset[str] = frozenset()
    needed: tuple[str, ...] = ()
    scope: frozenset[str] | None = None
    bound: bool = True
    stale_after: int = STALE_SECONDS


@dataclass(frozen=True, slots=True)
class Checked:
    """A good presentation. `shown` names the claims that were disclosed, with dots."""

    claims: dict[str, Any]
    issuer: str
    vct: str
    shown: frozenset[str]
    holder: dict[str, str] | None
    status: dict[str, Any] | None
    header: dict[str, Any] = field(repr=False)


def check(text: str, issuers: Issuers, expected: Expected, at: float | None = None) -> Checked:
    """Verify a presentation at the time `at` (Unix seconds). Raises `Refused`.

    The status is not looked up here: `Checked.status` says where it stands.
    """
    now = time.time() if at is None else at
    token, texts, binding = parts_of(text)
    credential = open_jwt(token, TYPES)
    issuer = _issued(credential, issuers, now)
    vct = credential.payload.get("vct")
    if not isinstance(vct, str) or (expected.vct and vct not in expected.vct):
        raise Refused("wrong-credential-type", str(vct)[:100])
    opened = Opened(credential.payload, [read(one) for one in texts])
    holder = _bound(credential, text, binding, expected, now)
    shown = frozenset(".".join(str(part) for part in path) for path in opened.paths)
    _within(opened.claims, shown, expected)
    status = opened.claims.get("status")
    return Checked(
        opened.claims,
        issuer,
        vct,
        shown,
        holder,
        status if isinstance(status, dict) else None,
        credential.header,
    )


def _issued(credential: Jwt, issuers: Issuers, now: float) -> str:
    payload = credential.payload
    issuer, kid = payload.get("iss"), credential.header.get("kid", "")
    if not isinstance(issuer, str) or not isinstance(kid, str):
        raise Refused("malformed", "no issuer")
    jwk = issuers(issuer, kid)
    if jwk is None:
        raise Refused("unknown-issuer", issuer[:100])
    credential.prove(*key_of_jwk(jwk))
    begins, ends = _moment(payload, "nbf"), _moment(payload, "exp")
    if begins is not None and now + EARLY_SECONDS < begins:
        raise Refused("not-yet-valid")
    if ends is not None and now >= ends:
        raise Refused("expired")
    return issuer


def _moment(payload: Mapping[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("malformed", f"{name} is no time")
    return value


def _bound(
    credential: Jwt, text: str, binding: str, expected: Expected, now: float
) -> dict[str, str] | None:
    confirmed = credential.payload.get("cnf")
    jwk = confirmed.get("jwk") if isinstance(confirmed, dict) else None
    if not expected.bound:
        return jwk if isinstance(jwk, dict) else None
    if not binding:
        raise Refused("binding-missing")
    if not isinstance(jwk, dict):
        raise Refused("binding-unexpected", "the credential names no holder's key")
    opened = open_jwt(binding, frozenset({BINDING}))
    opened.prove(*key_of_jwk(jwk), "binding-signature")
    _same_visit(opened.payload, text[: len(text) - len(binding)], expected, now)
    return jwk


def _same_visit(given: Mapping[str, Any], before: str, expected: Expected, now: float) -> None:
    """The binding was made for this verifier, this question, this presentation, just now."""
    if given.get("aud") != expected.audience:
        raise Refused("binding-audience")
    if not _equal(given.get("nonce"), expected.nonce):
        raise Refused("binding-nonce")
    if not _equal(given.get("sd_hash"), sd_hash(before)):
        raise Refused("binding-hash")
    made = _moment(given, "iat")
    if made is None or not now - expected.stale_after <= made <= now + EARLY_SECONDS:
        raise Refused("binding-stale")


def _equal(given: Any, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _within(claims: Mapping[str, Any], shown: Collection[str], expected: Expected) -> None:
    for name in expected.needed:
        if not _has(claims, name):
            raise Refused("missing-claim", name)
    if expected.scope is None:
        return
    for name in shown:
        heads = [name] + [name[:place] for place, letter in enumerate(name) if letter == "."]
        asked = any(one in expected.scope for one in heads)
        leads = any(one.startswith(f"{name}.") for one in expected.scope)
        if not asked and not leads:
            raise Refused("over-scope", name)


def _has(claims: Any, name: str) -> bool:
    for part in name.split("."):
        if not isinstance(claims, dict) or part not in claims:
            return False
        claims = claims[part]
    return True
