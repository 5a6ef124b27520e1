"""Key files: made once, kept private, refused when they are not."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from citybrain.engines.crypto import CryptoUnavailable, KeyRefused, KeyStore, verify
from citybrain.engines.crypto.signers import Sm2Signer


def test_a_key_is_made_once_and_found_again(tmp_path):
    store = KeyStore(tmp_path / "keys")
    first = store.load_or_create("qingdao.example/ledger", "ed25519")
    again = KeyStore(tmp_path / "keys").load_or_create("qingdao.example/ledger", "ed25519")
    assert verify("ed25519", again.public_key, b"x", first.sign(b"x"))
    assert store.public_keys() == {"qingdao.example/ledger": ("ed25519", first.public_key)}


def test_an_sm2_key_is_found_again(tmp_path):
    store = KeyStore(tmp_path / "keys")
    try:
        first = store.load_or_create("guomi", "sm2")
    except CryptoUnavailable as error:
        pytest.skip(str(error))
    assert isinstance(first, Sm2Signer)
    assert verify("sm2", store.load("guomi").public_key, b"x", first.sign(b"x"))


def test_files_are_private_and_no_draft_is_left(tmp_path):
    KeyStore(tmp_path / "keys").load_or_create("a", "ed25519")
    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_key_that_others_may_read_is_refused(tmp_path):
    store = KeyStore(tmp_path / "keys")
    store.load_or_create("a", "ed25519")
    (tmp_path / "keys" / "a.pem").chmod(0o640)
    with pytest.raises(KeyRefused, match=r"0640.*chmod 600"):
        store.load_or_create("a", "ed25519")


def test_a_directory_that_others_may_write_is_refused(tmp_path):
    directory = tmp_path / "keys"
    directory.mkdir()
    directory.chmod(0o777)
    with pytest.raises(KeyRefused, match="chmod 700"):
        KeyStore(directory).load_or_create("a", "ed25519")


def test_a_name_keeps_its_algorithm(tmp_path):
    store = KeyStore(tmp_path / "keys")
    store.load_or_create("a", "ed25519")
    with pytest.raises(KeyRefused, match="is ed25519, not sm2"):
        store.load_or_create("a", "sm2")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "nul\0"])
def test_names_that_a_note_cannot_carry_are_refused(tmp_path, name):
    with pytest.raises(KeyRefused, match="no key name"):
        KeyStore(tmp_path).load_or_create(name, "ed25519")


def test_no_name_leaves_the_directory(tmp_path):
    KeyStore(tmp_path / "keys").load_or_create("../../escape", "ed25519")
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]
    assert list(KeyStore(tmp_path / "keys").public_keys()) == ["../../escape"]


@pytest.mark.parametrize("text", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n!!\n"])
def test_a_broken_file_is_named_and_kept(tmp_path, text):
    store = KeyStore(tmp_path / "keys")
    store.load_or_create("a", "ed25519")
    path = tmp_path / "keys" / "a.pem"
    path.write_bytes(text)
    with pytest.raises(KeyRefused, match=r"a\.pem is no usable key"):
        store.load_or_create("a", "ed25519")
    assert path.read_bytes() == text


def test_all_who_ask_at_once_get_the_same_key(tmp_path):
    def ask(_):
        return KeyStore(tmp_path / "keys").load_or_create("a", "ed25519").public_key

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(32)))) == 1
