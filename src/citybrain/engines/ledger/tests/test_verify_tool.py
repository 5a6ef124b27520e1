"""`tools/verify.py`, copied away and run alone."""

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from citybrain.engines.crypto import CryptoUnavailable, digest_named
from citybrain.engines.crypto.signers import Ed25519Signer, Sm2Signer
from citybrain.engines.crypto.tests.test_signers import GBT_KEY, GBT_SIGNATURE
from citybrain.engines.ledger.tests.receipts import ORIGIN, Ledger
from citybrain.engines.ledger.tree import consistency_proof

SOURCE = Path(__file__).resolve().parents[5] / "tools" / "verify.py"
LEDGER = Ledger(Ed25519Signer.generate(ORIGIN))
RECEIPT = LEDGER.receipt(300)


def load_tool():
    spec = importlib.util.spec_from_file_location("verify_tool", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


@pytest.fixture
def run(tmp_path):
    """Run the tool alone in a directory of its own, without our packages."""
    shutil.copy(SOURCE, tmp_path)

    def run(*arguments):
        command = [sys.executable, "-I", "-S", "verify.py", *map(str, arguments)]
        environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
        return done.returncode, (done.stdout + done.stderr).decode()

    return run


@pytest.fixture
def check(run, tmp_path):
    def check(receipt, *keys):
        (tmp_path / "receipt.json").write_text(json.dumps(receipt))
        options = (part for key in keys for part in ("--key", key))
        return run("receipt.json", *options)

    return check


def key_text(signer, name=None):
    encoded = base64.b64encode(signer.public_key).decode()
    return f"{name or signer.name}={signer.algorithm}:{encoded}"


def test_a_good_receipt_is_good_with_the_published_key(check):
    status, text = check(RECEIPT, key_text(LEDGER.signer))
    assert status == 0
    assert "number 300" in text
    assert f"signed by {ORIGIN}" in text


def test_without_a_key_it_says_that_the_key_is_the_receipts_own(check):
    status, text = check(RECEIPT)
    assert status == 0
    assert "the receipt's own" in text


def test_each_changed_part_is_bad_and_named(check):
    changed_root = RECEIPT["checkpoint"].split("\n")
    changed_root[2] = base64.b64encode(bytes(32)).decode()
    cases = {
        "record": {"record": RECEIPT["record"].replace("300", "301")},
        "proof": {"proof": RECEIPT["proof"][::-1]},
        "proof: ": {"checkpoint": "\n".join(changed_root)},
        "signature": {"checkpoint": RECEIPT["checkpoint"].replace("\n\n", "\nextra\n\n")},
        "checkpoint": {"size": 701},
        "checkpoint: ": {"checkpoint": "none"},
    }
    for part, change in cases.items():
        status, text = check(RECEIPT | change, key_text(LEDGER.signer))
        assert (status, text.startswith(f"bad: {part}")) == (1, True), text


def test_another_key_is_bad(check):
    other = Ed25519Signer.generate(ORIGIN)
    status, text = check(RECEIPT, key_text(other))
    assert (status, "no key that is trusted" in text) == (1, True)
    forged = Ledger(other).receipt(300)
    assert check(forged, key_text(LEDGER.signer))[0] == 1


def test_a_key_of_an_unknown_algorithm_leaves_the_signature_unchecked(check):
    status, text = check(RECEIPT, f"{ORIGIN}=mldsa:AAAA")
    assert status == 3
    assert "signature not checked" in text
    assert check(RECEIPT | {"keys": []})[0] == 3


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "nonsense", '{"version": 2}', '{"version":1,"digest":"md5"}', "[" * 9999],
)
def test_what_is_no_receipt_is_unusable(run, tmp_path, text):
    (tmp_path / "receipt.json").write_text(text)
    status, said = run("receipt.json")
    assert status == 2
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"keys": 5}, 2),
        ({"keys": [5]}, 2),
        ({"keys": [{"name": "\ud800", "algorithm": "sm2", "public_key": "AAAA"}]}, 2),
        ({"proof": [5]}, 1),
        ({"proof": "x"}, 2),
        ({"proof": ["é"]}, 1),
        ({"index": "1"}, 2),
        ({"index": -1}, 1),
        ({"index": 10**30}, 1),
        ({"record": "\ud800"}, 1),
        ({"checkpoint": "a\n" + "9" * 5000 + "\nAAAA\n\nx\n"}, 1),
        ({"checkpoint": "\ud800\n1\nAAAA\n\nx\n"}, 2),
        ({"leaf": None}, 1),
    ],
)
def test_hostile_receipts_get_a_verdict_and_no_traceback(check, change, expected):
    status, said = check(RECEIPT | change)
    assert status == expected, said
    assert "Traceback" not in said


def test_a_terminal_without_chinese_still_gets_the_verdict(run, tmp_path):
    (tmp_path / "receipt.json").write_text(json.dumps(RECEIPT))
    command = [sys.executable, "-S", "verify.py", "receipt.json"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    assert (done.returncode, done.stdout[:5]) == (0, b"good:")


def test_missing_files_and_wrong_options_are_unusable(run):
    assert run("none.json")[0] == 2
    assert run()[0] == 2
    assert run("none.json", "--key", "x")[0] == 2


def test_a_ledger_that_has_only_grown_is_told_from_one_that_was_changed(run, tmp_path):
    (tmp_path / "old.txt").write_text(LEDGER.checkpoint(300))
    (tmp_path / "new.txt").write_text(LEDGER.checkpoint(700))
    proof = [base64.b64encode(step).decode() for step in consistency_proof(LEDGER.store, 300, 700)]
    (tmp_path / "proof.json").write_text(json.dumps({"digest": "sha256", "proof": proof}))
    files = ("--consistency", "old.txt", "new.txt", "proof.json")
    assert run(*files, "--key", key_text(LEDGER.signer))[0] == 0
    assert run(*files)[0] == 3
    (tmp_path / "proof.json").write_text(json.dumps({"digest": "sha256", "proof": proof[1:]}))
    status, text = run(*files, "--key", key_text(LEDGER.signer))
    assert (status, "does not continue" in text) == (1, True)


def test_consistency_agrees_with_the_engine_for_all_small_sizes():
    from citybrain.engines.ledger.tree import root

    for new in range(1, 20):
        for old in range(new + 1):
            trees = [(size, root(LEDGER.store, size)) for size in (old, new)]
            proof = consistency_proof(LEDGER.store, old, new)
            assert TOOL.is_consistent(TOOL.sha256, *trees, proof)
            assert not TOOL.is_consistent(TOOL.sha256, *trees, [*proof, bytes(32)])


def test_a_guomi_receipt_is_checked_without_openssl(check):
    try:
        ledger = Ledger(Sm2Signer.generate(ORIGIN), digest_named("sm3"))
    except CryptoUnavailable as error:
        pytest.skip(str(error))
    receipt = ledger.receipt(5)
    assert check(receipt, key_text(ledger.signer))[0] == 0
    changed = receipt | {"checkpoint": receipt["checkpoint"].replace("\n\n", "\nx\n\n")}
    assert check(changed, key_text(ledger.signer))[0] == 1
    assert check(receipt | {"record": receipt["record"] + " "})[0] == 1


def test_sm2_in_python_accepts_the_signature_printed_in_the_standard():
    assert TOOL.sm2_verify(GBT_KEY, b"message digest", GBT_SIGNATURE)
    assert not TOOL.sm2_verify(GBT_KEY, b"message digesT", GBT_SIGNATURE)
    assert not TOOL.sm2_verify(GBT_KEY[:-1] + b"\x00", b"message digest", GBT_SIGNATURE)
    assert not TOOL.sm2_verify(GBT_KEY, b"message digest", bytes(64))


def test_sm3_in_python_gives_the_examples_of_the_standard():
    assert TOOL.sm3_in_python(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert TOOL.sm3_in_python(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


# Public key, message, signature: RFC 8032 §7.1, tests 1 to 3.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_ed25519_in_python_agrees_with_rfc_8032(key, message, signature):
    key, message, signature = map(bytes.fromhex, (key, message, signature))
    assert TOOL.ed25519_verify(key, message, signature)
    assert not TOOL.ed25519_verify(key, message + b"x", signature)
    assert not TOOL.ed25519_verify(key, message, signature[:63] + bytes([signature[63] | 0x80]))
    assert not TOOL.ed25519_verify(bytes(31) + b"\xff", message, signature)
    for at in (0, 31, 32, 50):
        changed = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not TOOL.ed25519_verify(key, message, changed)


def test_a_signature_scalar_that_is_not_reduced_is_refused():
    key, message, signature = map(bytes.fromhex, RFC_8032[1])
    scalar = int.from_bytes(signature[32:], "little") + TOOL.ORDER
    assert not TOOL.ed25519_verify(key, message, signature[:32] + scalar.to_bytes(32, "little"))
