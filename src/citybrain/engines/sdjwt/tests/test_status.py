"""Status lists: packed, signed, read again, and refused where they are wrong."""

import zlib

import pytest

from citybrain.engines.crypto.signers import generate
from citybrain.engines.sdjwt import (
    Key,
    Refused,
    StatusList,
    encode_b64,
    read_status_token,
    sign_jwt,
    status_token,
)

NOW, ADDRESS = 1_770_000_000, "https://city.example/status/1"
KEY = Key(generate("issuer", "ed25519"))


def test_the_example_of_the_draft_is_packed_as_it_says():
    found = StatusList(16, 1)
    for index in (0, 3, 4, 5, 7, 8, 9, 13, 15):
        found[index] = 1
    assert zlib.decompress(zlib.compress(bytes(found._data))) == bytes([0xB9, 0xA3])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_each_number_stands_alone(bits):
    found, most = StatusList(100, bits), (1 << bits) - 1
    for index in range(0, 100, 3):
        found[index] = most
    assert [found[index] for index in range(100)] == [most * (n % 3 == 0) for n in range(100)]
    found[3] = 0
    assert found[3] == 0 and found[6] == most
    for wrong in (-1, len(found)):
        with pytest.raises(IndexError):
            found[wrong]
    with pytest.raises(IndexError):
        found[0] = most + 1


def test_a_signed_list_is_read_again_until_it_expires():
    found = StatusList(1_000_000, 2)
    found[123_456] = 2
    token = status_token(found, ADDRESS, KEY, NOW, 60, 3600)
    assert len(token) < 4000
    read = read_status_token(token, ADDRESS, KEY.jwk, NOW)
    assert read[123_456] == 2 and read[123_457] == 0
    for address, at in ((ADDRESS, NOW + 4000), ("https://else.example", NOW)):
        with pytest.raises(Refused, match="status-unknown"):
            read_status_token(token, address, KEY.jwk, at)
    with pytest.raises(Refused, match="bad-signature"):
        read_status_token(token, ADDRESS, Key(generate("x", "ed25519")).jwk, NOW)


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"bits": 3, "lst": ""},
        {"bits": 1, "lst": 5},
        {"bits": 1, "lst": "AAAA"},
        {"bits": 1, "lst": encode_b64(zlib.compress(b"\0" * (17 << 20)))},
        {"bits": 1, "lst": encode_b64(zlib.compress(b"\0" * 999)[:-3])},
    ],
)
def test_a_list_that_is_none_or_a_bomb_is_refused(given):
    payload = {"sub": ADDRESS, "status_list": given}
    token = sign_jwt({"typ": "statuslist+jwt"}, payload, KEY)
    with pytest.raises(Refused, match="status-unknown"):
        read_status_token(token, ADDRESS, KEY.jwk, NOW)
