"""Checkpoints: the text of the specification, and every way to break it."""

import base64

import pytest

from citybrain.engines.crypto import CryptoUnavailable
from citybrain.engines.crypto.signers import Ed25519Signer, Sm2Signer
from citybrain.engines.ledger.checkpoint import (
    CheckpointInvalid,
    key_id,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)

ORIGIN = "qingdao.example/ledger"
ROOT = bytes(range(32))
SIGNER = Ed25519Signer.generate(ORIGIN)
KEYS = {ORIGIN: ("ed25519", SIGNER.public_key)}
TEXT = sign_checkpoint(ORIGIN, 7, ROOT, [SIGNER])


def test_the_example_of_the_checksum_database_of_go_has_the_key_id_in_its_line():
    # Go publishes the verifier key as name, key id and this text, joined by plus signs.
    encoded = base64.b64decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert encoded[:1] == b"\x01"
    assert key_id("sum.golang.org", "ed25519", encoded[1:]).hex() == "033de0ae"


def test_a_checkpoint_reads_back_and_its_signer_is_named():
    checkpoint, signed_by = verify_checkpoint(TEXT, KEYS)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 7, ROOT)
    assert (checkpoint.extensions, signed_by) == ((), [ORIGIN])
    assert TEXT.startswith(f"{ORIGIN}\n7\n{base64.b64encode(ROOT).decode()}\n\n\u2014 {ORIGIN} ")


def test_extension_lines_are_signed_with_the_rest():
    text = sign_checkpoint(ORIGIN, 0, ROOT, [SIGNER], ["time 1750000000", "更多"])
    assert verify_checkpoint(text, KEYS)[0].extensions == ("time 1750000000", "更多")
    with pytest.raises(CheckpointInvalid, match="does not belong"):
        verify_checkpoint(text.replace("1750000000", "1750000001"), KEYS)


def test_several_may_sign_and_unknown_ones_are_passed_over():
    other = Ed25519Signer.generate("witness.example")
    text = sign_checkpoint(ORIGIN, 7, ROOT, [other, SIGNER])
    assert verify_checkpoint(text, KEYS)[1] == [ORIGIN]
    both = KEYS | {"witness.example": ("ed25519", other.public_key)}
    assert verify_checkpoint(text, both)[1] == ["witness.example", ORIGIN]
    with pytest.raises(CheckpointInvalid, match="no key that is trusted"):
        verify_checkpoint(TEXT, {"witness.example": both["witness.example"]})
    with pytest.raises(CheckpointInvalid, match="no key that is trusted"):
        verify_checkpoint(TEXT, {ORIGIN: ("ed25519", other.public_key)})


def test_sm2_signs_with_a_key_id_of_its_own_type():
    try:
        signer = Sm2Signer.generate("guomi.example")
    except CryptoUnavailable as error:
        pytest.skip(str(error))
    text = sign_checkpoint(ORIGIN, 7, ROOT, [signer, SIGNER])
    keys = {"guomi.example": ("sm2", signer.public_key)}
    assert verify_checkpoint(text, keys)[1] == ["guomi.example"]
    with pytest.raises(CheckpointInvalid, match="does not belong"):
        verify_checkpoint(text.replace("\n7\n", "\n8\n"), keys)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n٧\n"),
        ("\n7\n", "\n" + "9" * 20 + "\n"),
        ("\n7\n", "\n"),
        ("AAEC", "AAE"),
        ("AAEC", "A EC"),
        ("\n\n", "\n"),
        ("\u2014 ", "- "),
        ("\n", "\r\n"),
        (ORIGIN, ""),
        ("\u2014 " + ORIGIN, "\u2014 a+b"),
    ],
)
def test_a_text_of_another_shape_is_no_checkpoint(old, new):
    with pytest.raises(CheckpointInvalid):
        parse_checkpoint(TEXT.replace(old, new))


@pytest.mark.parametrize("text", ["", "\n\n", TEXT[:-1], TEXT + "\n", TEXT + "x" * 70_000])
def test_a_cut_off_or_lengthened_text_is_no_checkpoint(text):
    with pytest.raises(CheckpointInvalid):
        parse_checkpoint(text)


def test_every_changed_character_is_found():
    for at, character in enumerate(TEXT):
        changed = TEXT[:at] + ("A" if character != "A" else "B") + TEXT[at + 1 :]
        with pytest.raises(CheckpointInvalid):
            verify_checkpoint(changed, KEYS)


@pytest.mark.parametrize(
    ("origin", "size", "root", "extensions"),
    [
        ("", 1, ROOT, ()),
        ("a\nb", 1, ROOT, ()),
        ("a", -1, ROOT, ()),
        ("a", 1, b"short", ()),
        ("a", 1, ROOT, ("",)),
        ("a", 1, ROOT, ("two\nlines",)),
    ],
)
def test_what_a_checkpoint_cannot_carry_is_not_signed(origin, size, root, extensions):
    with pytest.raises(ValueError):
        sign_checkpoint(origin, size, root, [SIGNER], extensions)


def test_a_checkpoint_without_or_with_an_ill_named_signer_is_not_made():
    with pytest.raises(ValueError, match="needs a signer"):
        sign_checkpoint(ORIGIN, 1, ROOT, [])
    with pytest.raises(ValueError, match="no key name"):
        sign_checkpoint(ORIGIN, 1, ROOT, [Ed25519Signer.generate("two words")])
