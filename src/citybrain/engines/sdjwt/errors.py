"""Why a credential or presentation is refused."""


class Refused(ValueError):  # noqa: N818 - says what happened
    """`reason` is stable and in kebab case:

    malformed, too-large, unknown-algorithm, wrong-type, unknown-issuer, bad-signature,
    not-yet-valid, expired, forged-disclosure (no digest in the credential stands for it),
    repeated-digest, reserved-claim, wrong-credential-type, binding-missing,
    binding-unexpected, binding-signature, binding-audience, binding-nonce, binding-hash,
    binding-stale, over-scope, missing-claim, status-unknown, revoked, suspended.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail
