"""Credentials issued, shown and checked; each way to be wrong with its own reason."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from citybrain.engines.crypto.errors import CryptoUnavailable
from citybrain.engines.crypto.signers import generate
from citybrain.engines.sdjwt import (
    Expected,
    Key,
    Refused,
    SigningKey,
    check,
    decode_b64,
    disclosed_claims,
    encode_b64,
    issue,
    new_holder_key,
    present,
    sign_jwt,
    thumbprint,
)
from citybrain.engines.sdjwt.disclosures import Disclosure, made

NOW = 1_770_000_000
ISSUER = "https://city.example"
VCT = "urn:citybrain:licence:residence"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "vct": VCT,
    "nbf": NOW - 1000,
    "exp": NOW + 1000,
    "status": {"status_list": {"idx": 7, "uri": "https://city.example/status/1"}},
    "name": "张三（虚构）",
    "birthdate": "1990-01-01",
    "address": {"district": "市南区", "street": "虚构路1号"},
    "permits": ["a", "b"],
}
HIDDEN = ("name", "birthdate", "address", "address.street", "permits[]")
EXPECTED = Expected(audience="https://hotel.example", nonce="n-1", vct=frozenset({VCT}))
ISSUER_KEY = Key(generate("issuer", "ed25519"))
HOLDER = new_holder_key()


def trusted(issuer: str, kid: str) -> dict[str, str] | None:
    return ISSUER_KEY.jwk if issuer == ISSUER and kid == ISSUER_KEY.kid else None


def credential(key: SigningKey = ISSUER_KEY, **changes: Any) -> str:
    return issue({**CLAIMS, **changes}, HIDDEN, key, HOLDER.jwk)


def shown(*names: str, of: str = "", **more: Any) -> str:
    given = {"audience": EXPECTED.audience, "nonce": EXPECTED.nonce, "at": NOW, **more}
    return present(of or credential(), names, HOLDER, **given)


def test_a_holder_shows_some_claims_and_the_verifier_sees_no_other():
    found = check(shown("name", "permits.1"), trusted, EXPECTED, NOW)
    assert found.claims["name"] == "张三（虚构）" and found.claims["permits"] == ["b"]
    assert "birthdate" not in found.claims and "address" not in found.claims
    assert found.shown == {"name", "permits.0"}
    assert (found.issuer, found.vct, found.holder) == (ISSUER, VCT, HOLDER.jwk)
    assert found.status == CLAIMS["status"]


def test_what_is_hidden_cannot_be_read_from_the_credential():
    token, *_ = shown("name").split("~")
    body = decode_b64(token.split(".")[1]).decode()
    assert "1990" not in body and "虚构路" not in body and "birthdate" not in body


def test_a_claim_within_a_hidden_object_brings_its_parent():
    found = check(shown("address.street"), trusted, EXPECTED, NOW)
    assert found.claims["address"] == CLAIMS["address"]
    only = check(shown("address.district"), trusted, EXPECTED, NOW)
    assert only.claims["address"] == {"district": "市南区"}
    assert disclosed_claims(credential())["address"] == CLAIMS["address"]


def test_without_binding_where_none_is_asked_for():
    text = present(credential(), ("name",))
    assert check(text, trusted, replace(EXPECTED, bound=False), NOW).claims["name"]
    with pytest.raises(Refused, match="binding-missing"):
        check(text, trusted, EXPECTED, NOW)


def refusal(text: str, expected: Expected = EXPECTED, at: float = NOW) -> str:
    with pytest.raises(Refused) as caught:
        check(text, trusted, expected, at)
    return caught.value.reason


def test_each_way_to_be_wrong_has_its_own_reason():
    good = shown("name")
    other_key, other_holder = Key(generate("other", "ed25519")), new_holder_key()
    stolen = present(credential(), ("name",), other_holder, EXPECTED.audience, "n-1", NOW)
    cut = good.rpartition("~")[0].rpartition("~")[0] + "~" + good.rpartition("~")[2]
    assert refusal(shown("name", of=credential(other_key))) == "unknown-issuer"
    assert refusal(shown("name", of=credential(iss="https://else.example"))) == "unknown-issuer"
    assert refusal(good, at=NOW + 5000) == "expired"
    assert refusal(good, at=NOW - 5000) == "not-yet-valid"
    assert refusal(good, replace(EXPECTED, vct=frozenset({"x"}))) == "wrong-credential-type"
    assert refusal(good, replace(EXPECTED, nonce="n-2")) == "binding-nonce"
    assert refusal(good, replace(EXPECTED, audience="https://bank.example")) == "binding-audience"
    assert refusal(good, at=NOW + 400) == "binding-stale"
    assert refusal(stolen) == "binding-signature"
    assert refusal(cut) == "binding-hash"
    assert refusal(good, replace(EXPECTED, scope=frozenset({"birthdate"}))) == "over-scope"
    assert refusal(good, replace(EXPECTED, needed=("birthdate",))) == "missing-claim"
    with pytest.raises(Refused, match="missing-claim"):
        shown("salary")


def test_scope_allows_what_leads_to_it_and_what_lies_within():
    narrow = replace(EXPECTED, scope=frozenset({"address.street"}))
    assert check(shown("address.street"), trusted, narrow, NOW)
    wide = replace(EXPECTED, scope=frozenset({"address"}))
    assert check(shown("address"), trusted, wide, NOW)


def forged(**header: Any) -> str:
    token, rest = credential().split("~", 1)
    head, body, signature = token.split(".")
    given = orjson.loads(decode_b64(head)) | header
    return f"{encode_b64(orjson.dumps(given))}.{body}.{signature}~{rest}"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "unknown-algorithm"),
        ({"alg": "HS256"}, "unknown-algorithm"),
        ({"alg": "ES256"}, "bad-signature"),
        ({"typ": "JWT"}, "wrong-type"),
        ({"crit": ["x"]}, "unknown-algorithm"),
        ({"x": 1}, "bad-signature"),
    ],
)
def test_a_forged_header_is_refused(header, reason):
    assert refusal(forged(**header), replace(EXPECTED, bound=False)) == reason


def unbound(text: str) -> str:
    return refusal(text, replace(EXPECTED, bound=False))


def test_forged_disclosures_are_refused():
    token = credential().split("~")[0]
    extra = made("name", "李四")
    assert unbound(f"{token}~{extra.text}~") == "forged-disclosure"
    real = credential()
    token, *texts, _ = real.split("~")
    assert unbound("~".join([token, texts[0], texts[0], ""])) == "repeated-digest"
    for parts in ([1, 2], ["s", "_sd", 1], ["s", 3, 4], "x", ["s"]):
        text = encode_b64(orjson.dumps(parts))
        assert unbound(f"{token}~{text}~") in {"malformed", "reserved-claim", "forged-disclosure"}


def test_a_signed_credential_with_a_wrong_build_is_refused():
    hidden = made("name", "x")
    array = Disclosure(made(None, "x").text, None, "x")
    cases = {
        "repeated-digest": {"_sd": [hidden.digest("sha-256")] * 2},
        "forged-disclosure": {"_sd": [hidden.digest("sha-256")], "name": "y"},
        "malformed": {"_sd": "x"},
        "reserved-claim": {"a": {"...": "x", "b": 1}},
        "unknown-algorithm": {"_sd_alg": "md5"},
    }
    for reason, payload in cases.items():
        token = sign_jwt({"typ": "dc+sd-jwt"}, {"iss": ISSUER, "vct": VCT, **payload}, ISSUER_KEY)
        assert unbound(f"{token}~{hidden.text}~") == reason
    payload = {"iss": ISSUER, "vct": VCT, "_sd": [array.digest("sha-256")]}
    token = sign_jwt({"typ": "dc+sd-jwt"}, payload, ISSUER_KEY)
    assert unbound(f"{token}~{array.text}~") == "forged-disclosure"


@pytest.mark.parametrize(
    "text",
    ["", "~", "a.b.c~", "a.b~", "é.b.c~", "....~", "a" * 300_000, "e30.e30.e30~~", "e30=.e30.e30~"],
)  # fmt: skip
def test_garbage_is_refused(text):
    assert unbound(text) in {"malformed", "too-large", "unknown-algorithm"}


def test_a_changed_bit_anywhere_is_noticed():
    good = shown("name")
    for place in range(0, len(good), 17):
        letter = "A" if good[place] != "A" else "B"
        changed = good[:place] + letter + good[place + 1 :]
        with pytest.raises(Refused):
            check(changed, trusted, EXPECTED, NOW)


@pytest.mark.parametrize("names", [("iss",), ("nothing",), ("name.x",), ("name[]",)])
def test_what_cannot_be_hidden_is_a_mistake_of_the_issuer(names):
    with pytest.raises(ValueError, match=r"."):
        issue(CLAIMS, names, ISSUER_KEY)


def test_sm2_signs_where_it_is_there():
    try:
        key = Key(generate("issuer", "sm2"))
    except CryptoUnavailable as error:
        pytest.skip(str(error))
    text = present(issue(CLAIMS, HIDDEN, key, HOLDER.jwk), ("name",), HOLDER, "a", "n", NOW)
    expected = Expected(audience="a", nonce="n")
    found = check(text, lambda *_: key.jwk, expected, NOW)
    assert found.claims["name"] and found.header["alg"] == "SM2"
    with pytest.raises(Refused, match="bad-signature"):
        check(text, lambda *_: Key(generate("other", "sm2")).jwk, expected, NOW)


def jwk(key: Any) -> JWK:
    return JWK(**key.jwk)


def test_the_working_groups_library_verifies_what_we_issue_and_present():
    text = shown("name", "address.street", "permits.0")
    verifier = SDJWTVerifier(text, lambda *_: jwk(ISSUER_KEY), EXPECTED.audience, EXPECTED.nonce)
    payload = verifier.get_verified_payload()
    assert payload["name"] == CLAIMS["name"] and payload["permits"] == ["a"]
    assert payload["address"] == CLAIMS["address"] and "birthdate" not in payload


def test_the_working_groups_library_holds_what_we_issue():
    key = JWK.generate(kty="EC", crv="P-256")
    public = key.export_public(as_dict=True)
    lasting = {name: value for name, value in CLAIMS.items() if name != "exp"}
    own = issue(lasting, HIDDEN, ISSUER_KEY, public)
    holder = SDJWTHolder(own)
    holder.create_presentation({"name": True}, "n-1", EXPECTED.audience, key)
    found = check(holder.sd_jwt_presentation, trusted, EXPECTED)
    assert found.shown == {"name"}


def test_we_verify_what_the_working_groups_library_issues():
    issuer, holder_key = (JWK.generate(kty="EC", crv="P-256") for _ in range(2))
    public = issuer.export_public(as_dict=True)
    claims = {"iss": ISSUER, "vct": VCT, SDObj("name"): "x", SDObj("deep"): {SDObj("er"): [1]}}
    issued = SDJWTIssuer(
        claims, issuer, holder_key, add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": "k"},
    )  # fmt: skip
    theirs = SDJWTHolder(issued.sd_jwt_issuance)
    theirs.create_presentation({"deep": {"er": True}}, "n-1", EXPECTED.audience, holder_key)
    found = check(theirs.sd_jwt_presentation, lambda *_: public, replace(EXPECTED, vct=frozenset()))
    assert found.claims["deep"] == {"er": [1]} and "name" not in found.claims
    assert thumbprint(public) == issuer.thumbprint()
