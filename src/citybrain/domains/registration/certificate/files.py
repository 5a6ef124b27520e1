"""Certificates as files: the JSON document, the PDF, and what a file that comes back is."""

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse

from citybrain.domains.registration.certificate.content import (
    FORMAT,
    document_of,
    signed_bytes,
)
from citybrain.domains.registration.certificate.picture import pdf_of
from citybrain.domains.registration.models import Certificate
from citybrain.engines.crypto import verify
from citybrain.kernel import signing
from citybrain.kernel.errors import ActionError, Invalid
from citybrain.kernel.models import LedgerRecord
from citybrain.kernel.queries import ledger as proofs

LARGEST = 4 << 20
"""Bytes of a file that is checked, and of what one of its streams may unpack to."""


def public_base(given: str) -> str:
    """Where the platform is reached from outside: the first trusted origin, else as asked."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return (origins[0] if origins else given).rstrip("/")


def receipt_of(certificate: Certificate) -> dict[str, Any] | None:
    """The ledger's receipt of issuing it; None while its record waits for the seal."""
    record = LedgerRecord.objects.filter(
        subject=certificate.urn, verb="registration.certificate"
    ).first()
    if record is None or record.index is None:
        return None
    try:
        return proofs.receipt(record.index)
    except ActionError:
        return None


def document(certificate: Certificate) -> dict[str, Any]:
    """The JSON file, with the receipt once there is one."""
    return document_of(certificate, receipt_of(certificate))


def pdf(certificate: Certificate, base: str) -> bytes:
    """The PDF file. Once the record of issuing is sealed the same bytes are handed out."""
    if certificate.pdf:
        return bytes(certificate.pdf)
    made_of = document(certificate)
    page = public_base(base) + reverse("registry-entry", args=[certificate.registration.code])
    moment = datetime.combine(certificate.issued_on, time(1), UTC)
    made = pdf_of(made_of, page, moment)
    if "receipt" in made_of:
        # A cache, which the ledger does not vouch for; whoever is first sets it.
        Certificate.objects.filter(pk=certificate.pk, pdf=None).update(pdf=made)
    return made


def published_key() -> str:
    """The public key as `tools/verify.py --key` takes it."""
    return _written(signing.signer("certificates"))


def ledger_key() -> str:
    """The ledger's public key in the same form."""
    return _written(signing.signer("ledger"))


def _written(signer: Any) -> str:

    return f"{signer.name}={signer.algorithm}:{base64.b64encode(signer.public_key).decode()}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file turned out to be. `certificate` is None when this platform never issued it."""

    good: bool
    certificate: Certificate | None
    content: dict[str, Any]
    same_file: bool
    """Whether it is byte for byte the PDF that was handed out."""


def checked(data: bytes) -> Checked:
    """Check a PDF or JSON certificate. Raises `Invalid` for what is no certificate."""
    if len(data) > LARGEST:
        raise Invalid("too-large", "文件过大。", "The file is too large.")
    given = _document_in(data)
    text = str(given.get("content") or "")
    mark = given.get("signature")
    value = str(mark.get("value") or "") if isinstance(mark, dict) else ""
    content = _content(text)
    number = str(content.get("number") or "")[:50]
    known = Certificate.objects.select_related("registration__registrant").filter(number=number)
    certificate = known.first()
    if certificate is None:
        return Checked(False, None, content, False)
    good = text == certificate.content and _signed(certificate, text, value)
    same = certificate.pdf is not None and _digest(data) == _digest(bytes(certificate.pdf))
    return Checked(good, certificate, content, same)


def _signed(certificate: Certificate, text: str, value: str) -> bool:

    try:
        signature = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    key = base64.b64decode(certificate.public_key)
    return verify(certificate.algorithm, key, signed_bytes(text), signature)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _content(text: str) -> dict[str, Any]:
    try:
        content = orjson.loads(text)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}


def _document_in(data: bytes) -> dict[str, Any]:
    parts = [data]
    if data.startswith(b"%PDF-"):
        found = re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
        parts = [_unpacked(match[1]) for match in found]
    documents = [one for one in map(_document, parts) if one is not None]
    if len(documents) != 1:
        raise Invalid(
            "no-certificate",
            "该文件不是登记证书（应为本平台下载的PDF或JSON文件）。",
            "This is no certificate of registration (a PDF or JSON file from this platform).",
        )
    return documents[0]


def _unpacked(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw, LARGEST)
    except zlib.error:
        return raw


def _document(part: bytes) -> dict[str, Any] | None:
    if FORMAT.encode() not in part:
        return None
    try:
        value = json.loads(part.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("format") == FORMAT else None
