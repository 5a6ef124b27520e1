"""What programs read: an outside library believes our credential, a status list says the rest."""

import io
import json

import pypdf
import pytest
from django.test import Client
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from tests.personas import City

from citybrain.domains.credentials.actions import licences as actions
from citybrain.domains.credentials.logic import wire
from citybrain.domains.credentials.paper.picture import pdf_of
from citybrain.domains.credentials.tests import told
from citybrain.engines.sdjwt import new_holder_key, present, read_status_token
from citybrain.kernel import clock

pytestmark = pytest.mark.django_db
BASE = "http://testserver"


def test_an_outside_verifier_believes_a_credential_by_the_published_key(city: City) -> None:
    made = told.licence_of(city)
    holder = new_holder_key()
    credential = wire.credential(made, BASE, holder.jwk)
    shown = present(credential, ["birthdate"], holder, audience="hotel", nonce="n-1")
    metadata = Client().get("/.well-known/jwt-vc-issuer").json()
    (jwk,) = metadata["jwks"]["keys"]

    def key_of(issuer: str, _header: object) -> JWK:
        assert issuer == metadata["issuer"]
        return JWK(**{name: value for name, value in jwk.items() if name != "alg"})

    claims = SDJWTVerifier(shown, key_of, "hotel", "n-1").get_verified_payload()
    assert claims["birthdate"] == "1990-01-01" and claims["vct"] == made.type.vct
    assert "address" not in claims and "holder_number" not in claims


def test_the_status_list_is_rebuilt_when_a_state_changes(city: City) -> None:
    made = told.licence_of(city)
    address = f"/credentials/status/{made.roll.number}"

    def state() -> tuple[int, str]:
        answer = Client().get(address)
        now = clock.now().timestamp()
        token = answer.content.decode()
        found = read_status_token(token, BASE + address, wire.key().jwk, now)
        return found[made.place], answer["ETag"]

    first, tag = state()
    assert first == 0
    assert Client().get(address, headers={"If-None-Match": tag}).status_code == 304
    actions.suspend_licence(acting_party=city.su, licence_ref=made.ref, reasons="调查需要")
    second, later = state()
    assert second == 2 and later != tag
    actions.revoke_licence(acting_party=city.su, licence_ref=made.ref, reasons="注销")
    assert state()[0] == 1


def test_there_is_no_status_list_that_was_never_begun(db: None) -> None:
    assert Client().get("/credentials/status/7").status_code == 404


def test_a_type_is_described_for_programs(city: City) -> None:
    type = told.type_of(city)
    told_of = Client().get(f"/credentials/types/{type.ref}").json()
    assert told_of["vct"] == type.vct
    assert {one["path"][0]: one["sd"] for one in told_of["claims"]}["level"] == "never"


def test_the_paper_copy_is_one_page_that_shows_no_full_number(city: City) -> None:
    made = told.licence_of(city)
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(made, BASE)))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1 and "居住证" in text and made.holder_masked in text
    assert json.dumps(made.opened()["number"]) not in text
