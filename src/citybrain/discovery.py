"""OpenID Connect discovery: the addresses of an issuer, read when the settings are loaded."""

import json
import urllib.request
from typing import Any

from citybrain.config import ConfigurationError

SECONDS = 5
LARGEST = 1 << 20
WANTED = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}


def endpoints(issuer: str) -> dict[str, str]:
    """The issuer's addresses by the name of the Django setting.

    Raises `ConfigurationError` when the issuer cannot be reached, speaks for another
    issuer or leaves an address out: signing in would fail anyway, later and obscurely.
    """
    base = issuer.rstrip("/")
    address = f"{base}/.well-known/openid-configuration"
    if not address.startswith(("https://", "http://")):
        raise ConfigurationError("CITYBRAIN_OIDC_ISSUER: must start with https:// or http://")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read(LARGEST))
        if str(found["issuer"]).rstrip("/") != base:
            raise ConfigurationError(
                f"CITYBRAIN_OIDC_ISSUER: {address} speaks for {found['issuer']!r}"
            )
        return {setting: str(found[name]) for setting, name in WANTED.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"CITYBRAIN_OIDC_ISSUER: {address} cannot be used: {error!r}"
        ) from None
