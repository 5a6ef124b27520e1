"""The two lists: registrations, and the applications that are being handled."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.registration import queries
from citybrain.domains.registration.models import OPEN_STATES, Application, Registration
from citybrain.domains.registration.views.faces import TONES, state_of
from citybrain.kernel.acting import Acting
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.processes import state_choices
from citybrain.ui.templatetags.ui import badge

STANDING = (("expiring", lazy("Expires within the time for renewal")),)
HANDLED = (("open", lazy("Being handled")), ("closed", lazy("Closed")))
NATIONAL = (("yes", lazy("With a national certificate")), ("no", lazy("Without one")))


def _standing(rows: QuerySet[Any], _value: str) -> QuerySet[Any]:
    return queries.expiring(rows)


def _national(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(national_number__isnull=value == "no")


def _handled(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    found = rows.filter(state__in=OPEN_STATES)
    return found if value == "open" else rows.exclude(state__in=OPEN_STATES)


def _badge(row: Registration) -> Any:
    return badge(row.get_state_display(), TONES[row.state])


REGISTRATIONS = ListSpec(
    name="registrations",
    caption=lazy("Registrations"),
    columns=(
        Column(
            "title",
            lazy("Name of the resource"),
            "title",
            sort="title",
            link=lambda row: reverse("registration", args=[row.ref]),
        ),
        Column("code", lazy("Registration code"), "code", sort="code"),
        Column("national", lazy("National certificate number"), "national_number"),
        Column("registrant", lazy("Registrant"), lambda row: party_name(row.registrant)),
        Column("state", lazy("State"), lambda row: row.get_state_display(), cell=_badge),
        Column("from", lazy("Valid from"), "valid_from", sort="valid_from"),
        Column("to", lazy("Valid to"), "valid_to", sort="valid_to"),
        Column("new", lazy("Number"), "pk", sort="pk", numeric=True),
    ),
    filters=(
        Filter("state", lazy("State"), "state", Registration.State.choices),
        Filter("standing", lazy("Expiry"), "", STANDING, _standing),
        Filter("national", lazy("National certificate"), "", NATIONAL, _national),
    ),
    search=("title__icontains", "code__icontains", "national_number__icontains"),
    search_hint=lazy("Name, code or national number"),
    default_sort="-new",
    empty=lazy("Nothing is registered yet. Open a resource and choose its tab “Registration”."),
)


APPLICATIONS = ListSpec(
    name="registration-applications",
    caption=lazy("Applications for registration"),
    columns=(
        Column(
            "title",
            lazy("Name of the resource"),
            lambda row: row.registration.title,
            sort="registration__title",
            link=lambda row: reverse("registration-application", args=[row.ref]),
        ),
        Column("kind", lazy("Kind of application"), lambda row: row.get_kind_display()),
        Column("applicant", lazy("Applicant"), lambda row: party_name(row.applicant)),
        Column(
            "state",
            lazy("State"),
            state_of,
            cell=lambda row: badge(state_of(row), TONES[row.state]),
        ),
        Column("submitted", lazy("Submitted on"), "submitted_at", sort="submitted_at"),
        Column("decided", lazy("Decided"), "decided_at", sort="decided_at"),
        Column("new", lazy("Number"), "pk", sort="pk", numeric=True),
    ),
    filters=(
        Filter("open", lazy("Group"), "", HANDLED, _handled),
        Filter("kind", lazy("Kind of application"), "kind", Application.Kind.choices),
        Filter("state", lazy("State"), "state", state_choices("registration")),
    ),
    search=("registration__title__icontains", "registration__code__icontains"),
    search_hint=lazy("Name or code"),
    default_sort="-new",
    empty=lazy("No application for registration yet."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Registrations of the city, with one's own that are still applied for."""
    rows = queries.registrations(acting)
    context = {"expiring": queries.expiring(rows).count()}
    return list_response(request, REGISTRATIONS, rows, "registration/registrations.html", context)


@page()
def applications(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """What is applied for: the bureau's work, and one's own."""
    rows = queries.applications(acting)
    return list_response(request, APPLICATIONS, rows, "registration/applications.html")
