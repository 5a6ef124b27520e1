"""What a certificate says, as canonical JSON, and what exactly is signed."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from citybrain.domains.registration.logic.steps import BASIC, choice_title
from citybrain.domains.registration.models import Application, Certificate, Registration
from citybrain.engines.ledger.canonical import canonical
from citybrain.kernel import clock
from citybrain.kernel.models import Party

FORMAT = "citybrain.registration-certificate"
PREFIX = b"citybrain.registration-certificate/1\n"
"""Before the content when it is signed, so that no other signature passes for one of these."""


def signed_bytes(content: str) -> bytes:
    """What the signature is over."""
    return PREFIX + content.encode()


def content_of(
    registration: Registration, application: Application, number: str, replaces: str
) -> str:
    """The canonical JSON (RFC 8785) of what is registered; no personal data."""
    basic, held = registration.content["basic"], registration.content["content"]
    value: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "number": number,
        "replaces": replaces,
        "kind": application.kind,
        "code": registration.code,
        "title": registration.title,
        "title_en": registration.resource.title_en,
        "registrant": _party(registration.registrant),
        "holding": basic["holding"],
        "data_type": basic["data_type"],
        "data_type_zh": _chinese("data_type", basic["data_type"]),
        "holding_zh": _chinese("holding", basic["holding"]),
        "field": basic["field"],
        "formats": held["formats"],
        "items": len(held["items"]),
        "rows": held["rows"],
        "resource": registration.resource.code,
        "evidence": registration.content["undertaking"]["evidence"],
        "valid_from": str(registration.valid_from),
        "valid_to": str(registration.valid_to),
        "issued_on": str(clock.today()),
        "authority": _party(_bureau()),
        "city": {"zh": settings.CITYBRAIN.city_zh, "en": settings.CITYBRAIN.city_en},
    }
    return canonical(value).decode()


def _chinese(name: str, code: str) -> str:
    field = next(one for one in BASIC.fields if one.name == name)
    with override("zh-hans"):
        return choice_title(field, code)


def _bureau() -> Party:
    return Party.objects.filter(is_bureau=True).earliest("pk")


def _party(party: Party) -> dict[str, str]:
    return {"zh": party.name_zh, "en": party.name_en, "code": party.code or ""}


def document_of(certificate: Certificate, receipt: dict[str, Any] | None) -> dict[str, Any]:
    """The certificate as a file: content as text, signature, key, and the ledger's receipt.

    The content stays text so that whoever verifies hashes the very bytes that were signed.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": 1,
        "content": certificate.content,
        "signature": {
            "name": certificate.signer,
            "algorithm": certificate.algorithm,
            "public_key": certificate.public_key,
            "value": certificate.signature,
        },
    }
    return document | ({"receipt": receipt} if receipt else {})
