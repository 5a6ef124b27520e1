"""The digests against their standards' examples."""

import hashlib

import pytest

from citybrain.engines.crypto import CryptoUnavailable, digest_named


def test_sha256_gives_the_example_of_fips_180():
    assert digest_named("sha256").digest(b"abc").hex() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_sm3_gives_the_example_of_gbt_32905():
    try:
        sm3 = digest_named("sm3")
    except CryptoUnavailable as error:
        pytest.skip(str(error))
    assert sm3.digest(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_a_python_without_sm3_gets_a_clear_error(monkeypatch):
    def refuse(name, data=b""):
        raise ValueError("unsupported hash type")

    monkeypatch.setattr(hashlib, "new", refuse)
    with pytest.raises(CryptoUnavailable, match="no SM3"):
        digest_named("sm3")


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="md5"):
        digest_named("md5")
