"""From the URN of a clock or a ledger record to the page of the registration that it is about."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.registration import queries
from citybrain.kernel.acting import Acting
from citybrain.ui.subjects import Place


def registrations(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    """Registrations that one may see."""
    for row in queries.registrations(acting).filter(ref__in=refs):
        url = reverse("registration", args=[row.ref])
        yield row.ref, Place(_("Registration"), row.title, url)


def applications(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    """Applications that one may see."""
    for row in queries.applications(acting).filter(ref__in=refs):
        title = f"{row.get_kind_display()} · {row.registration.title}"
        url = reverse("registration-application", args=[row.ref])
        yield row.ref, Place(_("Application"), title, url)


def certificates(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    """Certificates."""
    for row in queries.certificates(acting).filter(ref__in=refs):
        url = reverse("registration-certificate", args=[row.ref])
        yield row.ref, Place(_("Certificate"), row.number, url)


def objections(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    """Objections: to the bureau alone, named by what they object to."""
    for row in queries.objections(acting).filter(ref__in=refs):
        application = row.application
        url = reverse("registration-application", args=[application.ref])
        yield row.ref, Place(_("Objection"), application.registration.title, url)
