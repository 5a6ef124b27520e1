"""Issuing certificates: the canonical content, signed with the installation's key."""

import base64
import hashlib

from citybrain.domains.registration.certificate.content import content_of, signed_bytes
from citybrain.domains.registration.models import Application, Certificate, Registration
from citybrain.kernel import clock, ledger, signing
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.base import save_next


def issue(
    registration: Registration, application: Application, acting: Acting | None
) -> Certificate:
    """Sign what is registered now; certificates before it are superseded.

    The ledger record names the SHA-256 of the content, so that a receipt proves the
    certificate even should its key be lost.
    """
    earlier = list(registration.certificates.select_for_update(of=("self",)))
    for one in earlier:
        if one.state == Certificate.State.CURRENT:
            one.state = Certificate.State.SUPERSEDED
            save_next(one)
            ledger.write("registration.certificate-superseded", one, acting)
    number = f"{registration.code}/{len(earlier) + 1}"
    text = content_of(registration, application, number, earlier[0].number if earlier else "")
    signer = signing.signer("certificates")
    made = Certificate.objects.create(
        registration=registration,
        application=application,
        number=number,
        content=text,
        signer=signer.name,
        algorithm=signer.algorithm,
        public_key=base64.b64encode(signer.public_key).decode(),
        signature=base64.b64encode(signer.sign(signed_bytes(text))).decode(),
        issued_on=clock.today(),
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    ledger.write("registration.certificate", made, acting, {"content_sha256": digest})
    return made


def retire(registration: Registration, acting: Acting | None) -> None:
    """Put every certificate of an ended registration out of force."""
    for one in registration.certificates.exclude(state=Certificate.State.VOID):
        one.state = Certificate.State.VOID
        save_next(one)
        ledger.write("registration.certificate-void", one, acting)
