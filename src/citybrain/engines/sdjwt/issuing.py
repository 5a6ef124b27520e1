"""Issuing a credential whose claims can be shown one by one."""

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from citybrain.engines.sdjwt import disclosures
from citybrain.engines.sdjwt.disclosures import Disclosure
from citybrain.engines.sdjwt.jose import SigningKey, encode_b64, sign_jwt

TYPE = "dc+sd-jwt"
ALWAYS_SHOWN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that must never be hidden (SD-JWT VC, section 3.2.2)."""
DECOYS = 3


def issue(
    claims: Mapping[str, Any],
    hidden: Collection[str],
    key: SigningKey,
    holder: Mapping[str, str] | None = None,
    decoys: int = DECOYS,
) -> str:
    """A credential: `claims` with those named in `hidden` behind digests.

    A dot reaches into an object ("address.city"); "[]" at the end hides each element of an
    array ("permits[]"). `holder` is the public key that presentations must be bound to.
    Up to `decoys` digests that stand for nothing hide how many claims there are. Raises
    `ValueError` for a hidden claim that is missing, reserved or must stay visible.
    """
    gathered: list[Disclosure] = []
    payload = _hidden(dict(claims), sorted(hidden), gathered, top=True)
    _add_decoys(payload, decoys)
    payload["_sd_alg"] = "sha-256"
    if holder is not None:
        payload["cnf"] = {"jwk": dict(holder)}
    token = sign_jwt({"typ": TYPE}, payload, key)
    return "~".join([token, *(one.text for one in gathered), ""])


def _hidden(
    claims: dict[str, Any], names: list[str], gathered: list[Disclosure], top: bool = False
) -> dict[str, Any]:
    if disclosures.RESERVED & claims.keys():
        raise ValueError("a claim has a reserved name")
    inner = [name for name in names if "." in name]
    for first in dict.fromkeys(name.partition(".")[0] for name in inner):
        below = [name.partition(".")[2] for name in inner if name.startswith(f"{first}.")]
        value = claims.get(first)
        if not isinstance(value, dict):
            raise ValueError(f"{first} is no object")
        claims[first] = _hidden(dict(value), below, gathered)
    digests = []
    for name in (one for one in names if "." not in one):
        if name.endswith("[]"):
            claims[name[:-2]] = _elements(claims.get(name[:-2]), name, gathered)
            continue
        if top and name in ALWAYS_SHOWN:
            raise ValueError(f"{name} must stay visible")
        if name not in claims:
            raise ValueError(f"{name} is not among the claims")
        one = disclosures.made(name, claims.pop(name))
        gathered.append(one)
        digests.append(one.digest("sha-256"))
    if digests:
        # In the order of digests, so that the order of claims is not told.
        claims["_sd"] = sorted(digests)
    return claims


def _elements(value: Any, name: str, gathered: list[Disclosure]) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise ValueError(f"{name[:-2]} is no array")
    made = [disclosures.made(None, element) for element in value]
    gathered += made
    return [{"...": one.digest("sha-256")} for one in made]


def _add_decoys(payload: dict[str, Any], most: int) -> None:
    if most and "_sd" in payload:
        extra = [encode_b64(secrets.token_bytes(32)) for _ in range(secrets.randbelow(most + 1))]
        payload["_sd"] = sorted(payload["_sd"] + extra)
