"""Words and colours for states and reasons."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from citybrain.ui.shapes import Text

TONES = {
    "valid": "good",
    "suspended": "warn",
    "revoked": "bad",
    "replaced": "neutral",
}
STANDINGS: dict[str, Text] = {
    "in-force": lazy("In force"),
    "expired": lazy("Expired"),
    "not-yet-valid": lazy("Not yet valid"),
    "suspended": lazy("Suspended"),
    "revoked": lazy("Revoked"),
    "replaced": lazy("Replaced by a newer edition"),
}
REASONS: dict[str, Text] = STANDINGS | {
    "malformed": lazy("It is no licence, or was cut off."),
    "too-large": lazy("The text is too long."),
    "wrong-type": lazy("It is another kind of signed text, no licence."),
    "unknown-algorithm": lazy("It is signed in a way that is not accepted here."),
    "unknown-issuer": lazy("It was not issued by this city."),
    "unknown-licence": lazy("No such licence was issued here."),
    "bad-signature": lazy("Forged: the signature does not fit the content."),
    "forged-disclosure": lazy("Forged: a claim was changed or added."),
    "repeated-digest": lazy("Forged: a claim appears twice."),
    "reserved-claim": lazy("Forged: a claim has a name that is not allowed."),
    "status-unknown": lazy("Its status cannot be found."),
}


def reason_text(code: str) -> Any:
    """A reason in words; the code itself for one that has none."""
    return REASONS.get(code, code)
