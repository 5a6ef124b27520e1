"""Ed25519 against RFC 8032, SM2 against GB/T 32918.5 annex A and the openssl command."""

import gc
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from citybrain.engines.crypto import CryptoUnavailable, KeyRefused, der, libcrypto, verify
from citybrain.engines.crypto.signers import Ed25519Signer, Sm2Signer, generate

GBT_KEY = bytes.fromhex(
    "04"
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
GBT_SIGNATURE = bytes.fromhex(
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)


def sm2_or_skip() -> None:
    try:
        Sm2Signer.generate("probe")
    except CryptoUnavailable as error:
        pytest.skip(str(error))


def test_ed25519_gives_the_signature_of_rfc_8032_test_2():
    pkcs8 = bytes.fromhex("302e020100300506032b657004220420") + bytes.fromhex(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    )
    signer = Ed25519Signer.from_pkcs8("rfc", pkcs8)
    assert signer.public_key.hex() == (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_sm2_accepts_the_signature_printed_in_the_standard():
    sm2_or_skip()
    assert verify("sm2", GBT_KEY, b"message digest", GBT_SIGNATURE)
    assert not verify("sm2", GBT_KEY, b"message digesT", GBT_SIGNATURE)
    assert not verify("sm2", GBT_KEY, b"message digest", GBT_SIGNATURE, user_id=b"ALICE123")


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_a_signature_holds_for_its_own_key_and_text_only(algorithm):
    if algorithm == "sm2":
        sm2_or_skip()
    signer, other = generate("a", algorithm), generate("b", algorithm)
    signature = signer.sign(b"text")
    assert len(signature) == 64
    assert verify(algorithm, signer.public_key, b"text", signature)
    assert not verify(algorithm, signer.public_key, b"texts", signature)
    assert not verify(algorithm, other.public_key, b"text", signature)
    assert not verify(algorithm, signer.public_key, b"text", signature[:-1])
    assert not verify(algorithm, signer.public_key[:-1], b"text", signature)
    changed = bytes([signature[0] ^ 1]) + signature[1:]
    assert not verify(algorithm, signer.public_key, b"text", changed)


def test_a_point_off_the_curve_is_no_key():
    sm2_or_skip()
    off = GBT_KEY[:-1] + bytes([GBT_KEY[-1] ^ 1])
    assert not verify("sm2", off, b"message digest", GBT_SIGNATURE)
    assert not verify("sm2", b"\x04" + bytes(64), b"message digest", GBT_SIGNATURE)


def test_an_unknown_algorithm_is_refused_not_failed():
    with pytest.raises(KeyRefused, match="rsa"):
        verify("rsa", b"", b"", b"")
    with pytest.raises(KeyRefused, match="rsa"):
        generate("x", "rsa")


def test_an_ec_key_of_another_curve_is_no_sm2_key():
    sm2_or_skip()
    p256 = (
        bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
        + bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
        + bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    )
    with pytest.raises(ValueError, match="SM2"):
        libcrypto.Key.from_public_der(p256)


def test_the_openssl_command_accepts_our_sm2_signature_and_we_accept_its(tmp_path):
    sm2_or_skip()
    if not shutil.which("openssl"):
        pytest.skip("no openssl command on this machine")
    signer = Sm2Signer.generate("x")
    key, message, signature = (tmp_path / name for name in ("key", "message", "signature"))
    key.write_bytes(der.pem_encode(signer.to_pkcs8()))
    message.write_bytes(b"one text, two programs")
    signature.write_bytes(der.signature_to_der(signer.sign(message.read_bytes())))
    common = ["openssl", "dgst", "-sm3", "-sigopt", "distid:1234567812345678"]
    check = [*common, "-prverify", key, "-signature", signature, message]
    assert b"Verified OK" in subprocess.run(check, check=True, capture_output=True).stdout
    subprocess.run([*common, "-sign", key, "-out", signature, message], check=True)
    theirs = der.signature_from_der(signature.read_bytes())
    assert verify("sm2", signer.public_key, message.read_bytes(), theirs)


def test_threads_may_share_a_key():
    sm2_or_skip()
    signer = Sm2Signer.generate("x")
    texts = [str(number).encode() for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(signer.sign, texts))
    pairs = zip(texts, signatures, strict=True)
    assert all(verify("sm2", signer.public_key, text, mark) for text, mark in pairs)


def test_handles_are_freed(monkeypatch):
    sm2_or_skip()
    freed = []
    real = libcrypto.library().EVP_PKEY_free
    monkeypatch.setattr(
        libcrypto.library(), "EVP_PKEY_free", lambda handle: (freed.append(handle), real(handle))
    )
    key = libcrypto.Key.generate()
    handle = key.handle
    del key
    gc.collect()
    assert freed == [handle]


def test_a_machine_without_libcrypto_gets_a_clear_error(monkeypatch):
    libcrypto.library.cache_clear()
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    with pytest.raises(CryptoUnavailable, match="OpenSSL 3"):
        verify("sm2", GBT_KEY, b"", GBT_SIGNATURE)
    libcrypto.library.cache_clear()


@pytest.mark.parametrize("broken", ["", "30", "3006020101", "300602010102", "0006020101020101"])
def test_broken_der_is_refused(broken):
    with pytest.raises(ValueError):
        der.signature_from_der(bytes.fromhex(broken))
