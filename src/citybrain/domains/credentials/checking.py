"""What somebody holds, checked without keeping anything: a paper's code or a credential."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from citybrain.domains.credentials.logic import wire
from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.engines import sdjwt
from citybrain.kernel import clock

LARGEST = 64 * 1024
"""Characters of what is pasted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`genuine`: signed here and unchanged. `standing`: "in-force" or why not, as of now."""

    genuine: bool
    reason: str = ""
    """Why it is not genuine."""
    standing: str = ""
    type: LicenceType | None = None
    claims: dict[str, Any] | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def in_force(self) -> bool:
        return self.genuine and self.standing == "in-force"


def issuers(_issuer: str, kid: str) -> dict[str, str] | None:
    """This installation's key alone: whoever names it, the signature decides."""
    key = wire.key()
    return key.jwk if kid == key.kid else None


def checked(text: str) -> Verdict:
    """Say what a pasted text is. Never raises: what is not understood is not genuine."""
    text = "".join(text.split())
    if len(text) > LARGEST:
        return Verdict(False, "too-large")
    if "#" in text:
        text = text.partition("#")[2]
    try:
        return _presentation(text) if "~" in text else _paper(text)
    except sdjwt.Refused as refused:
        return Verdict(False, refused.reason)


def _paper(text: str) -> Verdict:
    payload = sdjwt.verify_jwt(text, wire.PAPER, wire.key().jwk)
    found = Licence.objects.select_related("type").filter(identifier=payload.get("lic")).first()
    if found is None:
        return Verdict(False, "unknown-licence")
    shown = {
        "licence_identifier": payload["lic"],
        "holder_name": payload.get("name"),
        "holder_number": payload.get("no"),
    }
    return _verdict(found, shown)


def _presentation(text: str) -> Verdict:
    try:
        done = sdjwt.check(text, issuers, sdjwt.Expected(bound=False), clock.now().timestamp())
    except sdjwt.Refused as refused:
        if refused.reason not in ("expired", "not-yet-valid"):
            raise
        return Verdict(True, standing=refused.reason)
    found = licence_of(done.status)
    if found is None:
        return Verdict(False, "status-unknown")
    return _verdict(found, {name: done.claims[name] for name in done.shown & done.claims.keys()})


def _verdict(found: Licence, shown: dict[str, Any]) -> Verdict:
    return Verdict(
        True,
        standing=found.standing(),
        type=found.type,
        claims=shown,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
    )


def licence_of(status: dict[str, Any] | None) -> Licence | None:
    """The licence at a place of one of this installation's status lists."""
    told = status.get("status_list") if status else None
    if not isinstance(told, dict) or not isinstance(told.get("idx"), int):
        return None
    number = str(told.get("uri", "")).rpartition("/")[2]
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    rows = Licence.objects.select_related("type")
    return rows.filter(roll__number=int(number), place=told["idx"]).first()
