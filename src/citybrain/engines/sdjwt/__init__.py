"""Selective Disclosure for JWTs (RFC 9901) with key binding, and token status lists.

`issue` makes a credential in which each named claim can be shown or kept; `present` shows
some of it, bound to a verifier and a nonce by the holder's key; `check` says what a
presentation proves, or raises `Refused` with one reason for each way to be wrong. Thin own
code, because the one library for it knows no SM2 and leaves times, types and the age of a
binding to its caller; that library verifies ours and
ours verifies its in the tests.

Sources: RFC 9901; draft-ietf-oauth-sd-jwt-vc; draft-ietf-oauth-status-list.
"""

from citybrain.engines.sdjwt.checking import Checked, Expected, check
from citybrain.engines.sdjwt.errors import Refused
from citybrain.engines.sdjwt.issuing import issue
from citybrain.engines.sdjwt.jose import (
    Key,
    SigningKey,
    Verify,
    decode_b64,
    encode_b64,
    key_of_jwk,
    new_holder_key,
    sign_jwt,
    thumbprint,
    verify_jwt,
)
from citybrain.engines.sdjwt.presenting import disclosed_claims, present
from citybrain.engines.sdjwt.status import StatusList, read_status_token, status_token

__all__ = [
    "Checked",
    "Expected",
    "Key",
    "Refused",
    "SigningKey",
    "StatusList",
    "Verify",
    "check",
    "decode_b64",
    "disclosed_claims",
    "encode_b64",
    "issue",
    "key_of_jwk",
    "new_holder_key",
    "present",
    "read_status_token",
    "sign_jwt",
    "status_token",
    "thumbprint",
    "verify_jwt",
]
