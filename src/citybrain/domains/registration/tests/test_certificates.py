"""Certificates: what is signed holds, whatever is changed does not, nothing vanishes."""

import io
import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pypdf
import pytest
from tests.exchange import published
from tests.personas import City

from citybrain.config import HOME
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.certificate.glyphs import STAND_IN, drawable, missing
from citybrain.domains.registration.models import Application, Certificate
from citybrain.domains.registration.tests import told
from citybrain.kernel import signing
from citybrain.kernel.errors import Invalid
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db
BASE = "https://data.example"


@pytest.fixture
def certificate(city: City) -> Certificate:
    made: Certificate = told.registered(city).certificate
    seal_all()
    return made


def verified(file: Path, *keys: str) -> subprocess.CompletedProcess[str]:
    """What the script says, run on its own without anything of the platform."""
    given = [part for key in keys for part in ("--key", key)]
    command = [sys.executable, "-I", str(HOME / "tools/verify.py"), "certificate", str(file)]
    return subprocess.run([*command, *given], capture_output=True, text=True, check=False)


def both_keys() -> list[str]:
    return [files.published_key(), files.ledger_key()]


def test_the_pdf_verifies_offline_with_the_published_keys(
    certificate: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(files.pdf(certificate, BASE))
    said = verified(file, *both_keys())
    assert said.returncode == 0, said.stdout + said.stderr
    assert "good" in said.stdout
    assert certificate.number in said.stdout
    assert "issued in the ledger" in said.stdout


def test_the_json_verifies_offline_too(certificate: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(files.document(certificate)), "utf-8")
    assert verified(file, *both_keys()).returncode == 0


def test_without_a_given_key_it_says_that_the_key_is_the_certificates_own(
    certificate: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(files.document(certificate)), "utf-8")
    said = verified(file)
    assert said.returncode == 0
    assert "compare it with the published" in said.stdout


def changed_content(document: dict[str, Any]) -> None:
    document["content"] = document["content"].replace("2028", "2038")


def changed_signature(document: dict[str, Any]) -> None:
    value = document["signature"]["value"]
    document["signature"]["value"] = ("B" if value[0] != "B" else "C") + value[1:]


def changed_receipt(document: dict[str, Any]) -> None:
    record = document["receipt"]["record"]
    document["receipt"]["record"] = record.replace("registration.certificate", "registration.x")


def receipt_of_another(document: dict[str, Any]) -> None:
    record = json.loads(document["receipt"]["record"])
    record["detail"]["content_sha256"] = "0" * 64
    document["receipt"]["record"] = json.dumps(record)


def another_signer(document: dict[str, Any]) -> None:
    document["signature"]["name"] = "somebody.else"


@pytest.mark.parametrize(
    "change",
    [changed_content, changed_signature, changed_receipt, receipt_of_another, another_signer],
)
def test_a_changed_certificate_does_not_verify(
    certificate: Certificate, tmp_path: Path, change: Any
) -> None:
    document = files.document(certificate)
    change(document)
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(document), "utf-8")
    said = verified(file, *both_keys())
    assert said.returncode == 1
    assert said.stdout.startswith("bad")


def test_another_key_than_the_platforms_does_not_verify(
    certificate: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(files.document(certificate)), "utf-8")
    name, _, key = files.published_key().partition("=")
    other = signing.signer("agreements")
    assert verified(file, f"{name}={files._written(other).partition('=')[2]}").returncode == 1
    assert verified(file, f"another={key}").returncode == 1


def test_one_changed_byte_of_the_attachment_in_the_pdf_is_found(
    certificate: Certificate, tmp_path: Path
) -> None:
    made = bytearray(files.pdf(certificate, BASE))
    start, end, text = attachment_in(bytes(made))
    text = text.replace(b"2028", b"2029", 1)
    packed = zlib.compress(text, 9)
    made[start:end] = packed + b"\x00" * (end - start - len(packed))
    file = tmp_path / "changed.pdf"
    file.write_bytes(made)
    assert verified(file, *both_keys()).returncode == 1
    assert not files.checked(bytes(made)).good


def attachment_in(data: bytes) -> tuple[int, int, bytes]:
    """Place and content of the attached document within a PDF."""
    import re

    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        try:
            text = zlib.decompress(match[1])
        except zlib.error:
            text = match[1]
        if b'"content"' in text and b'"signature"' in text:
            return match.start(1), match.end(1), text
    raise AssertionError("nothing is attached")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"{}", b"\x00" * 100, b"[1]"])
def test_what_is_no_certificate_is_unusable(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    said = verified(file)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr


def test_the_pdf_is_archivable_and_holds_its_fonts_and_content(certificate: Certificate) -> None:
    reader = pypdf.PdfReader(io.BytesIO(files.pdf(certificate, BASE)))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert json.loads(reader.attachments["certificate.json"][0])["content"] == certificate.content
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    shown = reader.pages[0].extract_text()
    assert certificate.number in shown
    assert "公交线路基础信息" in shown


def test_the_longest_answers_still_fit_on_one_page(city: City) -> None:
    long = {"title": "海" * 100, "field": "域" * 60}
    made = told.on_notice(city, published(city, title_en="Sea " * 60), **long)
    made = drafts_with_long_content(made)
    reader = pypdf.PdfReader(io.BytesIO(files.pdf(told.coded(city, made).certificate, BASE)))
    assert len(reader.pages) == 1
    assert "海" * 30 in reader.pages[0].extract_text().replace("\n", "")


def drafts_with_long_content(made: Application) -> Application:
    """What the form lets through at most, in the answers that stand on the certificate."""
    made.content["content"]["formats"] = "格式" * 100
    made.content["undertaking"]["evidence"] = "存证" * 60
    made.save()
    return made


def test_the_same_file_is_handed_out_again_once_it_is_sealed(certificate: Certificate) -> None:
    first = files.pdf(certificate, BASE)
    certificate.refresh_from_db()
    assert files.pdf(certificate, "https://other.example") == first
    done = files.checked(first)
    assert done.good and done.same_file


def test_before_the_seal_the_file_goes_without_receipt_and_is_not_kept(city: City) -> None:
    made = told.registered(city).certificate
    assert "receipt" not in files.document(made)
    files.pdf(made, BASE)
    made.refresh_from_db()
    assert made.pdf is None


def test_a_character_outside_the_font_is_marked_and_named_not_dropped(city: City) -> None:
    rare = "\U000323af"
    assert missing(f"港{rare}区") == [rare]
    assert drawable(f"港{rare}区") == f"港{STAND_IN}区"
    made = told.registered(city, published(city), title=f"{rare}港泊位表").certificate
    shown = pypdf.PdfReader(io.BytesIO(files.pdf(made, BASE))).pages[0].extract_text()
    assert f"{STAND_IN}港泊位表" in shown.replace(" ", "")
    assert "U+323AF" in shown
    assert rare in made.content


def test_the_font_draws_every_standard_character() -> None:
    text = (HOME / "src/citybrain/domains/registration/fonts/characters.txt").read_text("utf-8")
    characters = "".join(text.split())
    assert len(characters) == 8230
    assert missing(characters) == []
    assert missing(STAND_IN + "①…—“”·￥〇") == []


def test_the_content_names_no_person(certificate: Certificate) -> None:
    assert "苏某" not in certificate.content
    assert "0532" not in certificate.content


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"{", b"null", b'{"format": 1}'])
def test_the_platform_refuses_what_is_no_certificate(db: None, data: bytes) -> None:
    with pytest.raises(Invalid):
        files.checked(data)


def test_a_certificate_of_elsewhere_is_not_ours(certificate: Certificate) -> None:
    document = files.document(certificate)
    content = json.loads(document["content"]) | {"number": "370200-DJ-2025-999999-9/1"}
    document["content"] = json.dumps(content)
    done = files.checked(json.dumps(document).encode())
    assert (done.good, done.certificate) == (False, None)


def test_with_sm2_it_verifies_as_well(city: City, tmp_path: Path, settings: Any) -> None:
    settings.CITYBRAIN = settings.CITYBRAIN.model_copy(
        update={"crypto": "guomi", "data_dir": tmp_path}
    )
    made = told.registered(city).certificate
    assert made.algorithm == "sm2"
    file = tmp_path / "certificate.pdf"
    file.write_bytes(files.pdf(made, BASE))
    assert verified(file, files.published_key()).returncode == 0
    document = files.document(made)
    changed_content(document)
    other = tmp_path / "changed.json"
    other.write_text(json.dumps(document), "utf-8")
    assert verified(other, files.published_key()).returncode == 1
