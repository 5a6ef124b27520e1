"""A licence as a signed credential, and the addresses that credentials name.

The wallet's copy is an SD-JWT VC; the paper's is one short signed token of what the paper
shows anyway.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from django.conf import settings

from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.engines import sdjwt
from citybrain.kernel import clock, signing

PAPER = "licence-copy+jwt"
BEIJING = timezone(timedelta(hours=8))


def key() -> sdjwt.Key:
    """What signs licences and status lists."""
    return sdjwt.Key(signing.signer("licences"))


def public_base(given: str) -> str:
    """Where the platform is reached from outside: the first trusted origin, else as asked."""
    origins = settings.CSRF_TRUSTED_ORIGINS
    return (origins[0] if origins else given).rstrip("/")


def moments(licence: Licence) -> dict[str, int]:
    """The validity in Unix seconds: days begin and end in Asia/Shanghai."""
    found = {"nbf": _start(licence.valid_from)}
    if licence.valid_to is not None:
        found["exp"] = _start(licence.valid_to + timedelta(days=1))
    return found


def _start(day: date) -> int:
    return int(datetime.combine(day, time(), BEIJING).astimezone(UTC).timestamp())


def status_address(base: str, number: int) -> str:
    """Where a status list is published."""
    return f"{base}/credentials/status/{number}"


def credential(licence: Licence, base: str, holder: dict[str, str] | None) -> str:
    """The licence as SD-JWT VC, bound to the key of the holder's wallet."""
    given = licence.opened()
    own = {
        "licence_identifier": licence.identifier,
        "holder_name": licence.holder_name,
        "holder_number": given["number"],
    }
    claims: dict[str, Any] = {
        "iss": base,
        "iat": int(clock.now().timestamp()),
        "vct": licence.type.vct,
        **moments(licence),
        "status": {
            "status_list": {
                "idx": licence.place,
                "uri": status_address(base, licence.roll.number),
            }
        },
        **own,
        **given["claims"],
    }
    hidden = [*own, *(name for name in hidden_names(licence.type) if name in given["claims"])]
    return sdjwt.issue(claims, hidden, key(), holder)


def hidden_names(type: LicenceType) -> list[str]:
    """The claims of a type that a holder shows one by one."""
    return [one["name"] for one in type.claims if one["hidden"]]


def claim_titles(type: LicenceType) -> dict[str, tuple[str, str]]:
    """Every claim of a credential of this type with its Chinese and English title."""
    own = {
        "licence_identifier": ("证照标识", "Licence identifier"),
        "holder_name": ("持证主体", "Holder"),
        "holder_number": ("持证主体号码", "Number of the holder"),
    }
    return own | {one["name"]: (one["zh"], one["en"]) for one in type.claims}


def paper_code(licence: Licence, base: str) -> str:
    """What the QR code of a paper copy holds: signed, and nothing that the paper does not show."""
    payload = {
        "iss": base,
        "lic": licence.identifier,
        "name": licence.holder_name,
        "no": licence.holder_masked,
        **moments(licence),
    }
    return sdjwt.sign_jwt({"typ": PAPER}, payload, key())
