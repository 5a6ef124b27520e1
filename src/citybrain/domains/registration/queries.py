"""What may be seen of registrations: pages, API and command line read through these."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from citybrain.domains.registration.logic.rules import RENEWAL
from citybrain.domains.registration.logic.steps import WAYS
from citybrain.domains.registration.models import (
    Application,
    Certificate,
    Objection,
    Registration,
)
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound

State = Registration.State
ON_NOTICE = ("notice", "objection")
PUBLISHED = (State.VALID, State.EXPIRED, State.CANCELLED)


def registrations(acting: Acting) -> QuerySet[Registration]:
    """Those that hold or held, and every one of one's own party."""
    found = Registration.objects.select_related("resource", "registrant")
    if acting.reads_all:
        return found
    return found.filter(Q(state__in=PUBLISHED) | Q(registrant=acting.party))


def applications(acting: Acting) -> QuerySet[Application]:
    """Those of one's own party, and about its registrations; a draft is the applicant's alone."""
    found = Application.objects.select_related(
        "registration", "registration__resource", "registration__registrant", "applicant"
    )
    found = found.filter(~Q(state="draft") | Q(applicant=acting.party))
    if acting.reads_all:
        return found
    return found.filter(Q(applicant=acting.party) | Q(registration__registrant=acting.party))


def objections(acting: Acting) -> QuerySet[Objection]:
    """The bureau's: objections hold personal data."""
    found = Objection.objects.select_related("application__registration")
    return found if acting.reads_all else found.none()


def certificates(acting: Acting) -> QuerySet[Certificate]:
    """Certificates are public once issued."""
    return Certificate.objects.select_related("registration__resource", "registration__registrant")


def expiring(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """Valid ones that end within the window for renewal."""
    limit = clock.today() + timedelta(days=RENEWAL.days)
    return rows.filter(state=State.VALID, valid_to__lte=limit)


def public_register() -> QuerySet[Registration]:
    """The register that anybody reads: what is or was registered."""
    found = Registration.objects.select_related("resource", "registrant")
    return found.filter(state__in=PUBLISHED)


def public_entry(code: str) -> Registration:
    """One entry of the public register. Raises `NotFound`."""
    found = public_register().filter(code=code).first()
    if found is None:
        raise NotFound("not-found", "登记簿中没有该编码。", "The register has no such code.")
    return found


def public_notices() -> QuerySet[Application]:
    """What stands on public notice now."""
    found = Application.objects.select_related(
        "registration__resource", "registration__registrant", "applicant"
    )
    return found.filter(state__in=ON_NOTICE)


def answers_for(application: Application, acting: Acting) -> dict[str, Any]:
    """What the form says; without what only applicant and bureau read for a third side."""
    inside = acting.reads_all or acting.party.pk == application.applicant_id
    if inside:
        return dict(application.content)
    shown = {}
    for step in WAYS[application.kind]:
        public = {one.name for one in step.fields if one.public}
        answers = application.content.get(step.code) or {}
        shown[step.code] = {name: one for name, one in answers.items() if name in public}
    return shown


def certificate_of(registration: Registration) -> Certificate:
    """The newest certificate. Raises `NotFound` while there is none."""
    found = current_certificate(registration)
    if found is None:
        raise NotFound("not-found", "该登记没有证书。", "It has no certificate.")
    return found


def current_certificate(registration: Registration) -> Certificate | None:
    """The newest certificate, whether in force or not."""
    return registration.certificates.select_related("registration").first()
