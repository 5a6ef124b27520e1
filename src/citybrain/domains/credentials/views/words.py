"""Words and colours for states and reasons."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from citybrain.ui.shapes import Text

TONES = {
    "valid": "good",
    "suspended": "warn",
    "revoked": "bad",
    "replaced": "neutral",
    "waiting": "info",
    "accepted": "good",
    "refused": "bad",
    "lapsed": "neutral",
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
    "wrong-credential-type": lazy("A licence of another type was shown."),
    "binding-missing": lazy("The holder has not confirmed it with the own key."),
    "binding-unexpected": lazy("The licence is bound to no holder."),
    "binding-signature": lazy("It was shown by somebody who is not the holder."),
    "binding-audience": lazy("It was meant for another verifier."),
    "binding-nonce": lazy("Replayed: it was made for another request."),
    "binding-hash": lazy("Forged: claims were added or left out after signing."),
    "binding-stale": lazy("Replayed: it was made too long ago."),
    "over-scope": lazy("More was shown than was asked for; nothing was kept."),
    "missing-claim": lazy("A claim that was asked for is missing."),
    "status-unknown": lazy("Its status cannot be found."),
    "replayed": lazy("The request had already been answered."),
    "lapsed": lazy("The request was not answered in time."),
}


def reason_text(code: str) -> Any:
    """A reason in words; the code itself for one that has none."""
    return REASONS.get(code, code)
