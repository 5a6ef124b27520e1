"""One registration, the tab on its resource's page, and the beginnings of applications."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.registration import queries
from citybrain.domains.registration.actions import drafts
from citybrain.domains.registration.actions import registrations as actions
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.forms import NationalForm, show_faults
from citybrain.domains.registration.logic import validity
from citybrain.domains.registration.logic.steps import CASES, WAYS
from citybrain.domains.registration.models import OPEN_STATES, Application, Registration
from citybrain.domains.registration.views.faces import TONES, clocks_about
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.ui.history import history_of
from citybrain.ui.labels import party_name, resource_title
from citybrain.ui.pages import page, pressed, text, version_of
from citybrain.ui.shapes import Item

AGAIN = tuple(kind for kind in WAYS if kind != Application.Kind.FIRST)


def found(acting: Acting, ref: str) -> Registration:
    """The registration, if one may see it."""
    return visible.one(queries.registrations(acting), ref, "登记", "registration")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One registration."""
    return shown(request, acting, ref)


def shown(
    request: HttpRequest,
    acting: Acting,
    ref: str,
    status: int = 200,
    national: NationalForm | None = None,
) -> HttpResponseBase:
    """One registration's page, also after a refused button or form."""
    record = found(acting, ref)
    mine = queries.applications(acting).filter(registration=record)
    context = {
        "record": record,
        "tone": TONES[record.state],
        "items": _items(record),
        "applications": list(mine),
        "certificates": list(record.certificates.all()),
        "clocks": clocks_about(record.urn),
        "history": history_of(record.urn, acting),
        "again": _again(record, acting),
        "may_national": acting.may("registration.decide") and record.state == "valid",
        "national": national or NationalForm(initial={"number": record.national_number}),
        "national_open": national is not None,
    }
    return render(request, "registration/registration.html", context, status=status)


def _again(record: Registration, acting: Acting) -> list[tuple[str, str]]:
    """The further applications that this party can begin now: (kind, title)."""
    busy = record.applications.filter(state__in=OPEN_STATES).exists()
    if record.state != Registration.State.VALID or busy or record.valid_to is None:
        return []
    own = acting.may("registration.apply", record.registrant)
    if not own:
        kinds = ["correction"] if acting.may("registration.apply", acting.party) else []
    else:
        renewable = validity.may_renew(record.valid_to, clock.today())
        kinds = [kind for kind in AGAIN if kind != "renewal" or renewable]
    titles = dict(Application.Kind.choices)
    return [(kind, str(titles[Application.Kind(kind)])) for kind in kinds]


def _items(record: Registration) -> list[Item]:
    shown = [
        Item(_("Registration code"), record.code),
        Item(_("National certificate number"), record.national_number),
        Item(_("National certificate of"), record.national_on),
        Item(
            _("Resource"),
            resource_title(record.resource),
            reverse("resource", args=[record.resource.ref]),
        ),
        Item(_("Directory code"), record.resource.code),
        Item(_("Registrant"), party_name(record.registrant)),
        Item(_("Registered at"), record.registered_at),
        Item(_("Valid from"), record.valid_from),
        Item(_("Valid to"), record.valid_to),
        Item(_("Ended on"), record.ended_on),
        Item(_("Case of cancellation"), str(dict(CASES).get(record.end_case, ""))),
    ]
    return [one for one in shown if one.value not in ("", None)]


@page()
def tab(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The registrations of a resource, and the way to the first."""
    return _tab(request, acting, ref)


def _tab(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    resource = _resource(acting, ref)
    rows = list(queries.registrations(acting).filter(resource=resource))
    living = resource.registrations.filter(state__in=drafts.LIVING).exists()
    context = {
        "resource": resource,
        "rows": [(one, TONES[one.state]) for one in rows],
        "may_begin": not living and acting.may("registration.apply", resource.owner),
    }
    return render(request, "registration/resource.html", context, status=status)


def _resource(acting: Acting, ref: str) -> Resource:
    return visible.one(visible.resources(acting), ref, "资源", "resource")


@page("POST")
def begin(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Draft the first registration of a resource and go to its first page."""
    _resource(acting, ref)
    authorise(acting, "registration.apply", acting.party)
    try:
        made = drafts.begin_registration(acting_party=acting, resource_ref=ref)
    except ActionError as error:
        if error.status != 409:
            raise
        messages.error(request, text(error))
        return _tab(request, acting, ref, error.status)
    return redirect("registration-step", made.ref, WAYS[made.kind][0].code)


@page("POST")
def again(request: HttpRequest, acting: Acting, ref: str, kind: str) -> HttpResponseBase:
    """Draft a change, correction, renewal or cancellation and go to its first page."""
    found(acting, ref)
    try:
        made = drafts.begin_again(acting_party=acting, registration_ref=ref, kind=kind)
    except ActionError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, text(error))
        return shown(request, acting, ref, error.status)
    return redirect("registration-step", made.ref, WAYS[made.kind][0].code)


@page("POST")
def national(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Note the national certificate's number."""
    found(acting, ref)
    authorise(acting, "registration.decide")
    form = NationalForm(request.POST)
    if not form.is_valid():
        return shown(request, acting, ref, 422, form)
    try:
        actions.set_national_number(
            acting_party=acting,
            registration_ref=ref,
            expected_version=version_of(request.POST.get("expected_version", "")),
            **form.cleaned_data,
        )
    except ActionError as error:
        show_faults(form, error)
        return shown(request, acting, ref, error.status, form)
    messages.success(request, _("The national certificate number is noted."))
    return redirect("registration", ref)


@page("POST")
def expire(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Expire a registration whose last day has passed, without waiting for the platform."""
    found(acting, ref)
    return pressed(
        request,
        lambda: actions.expire(acting_party=acting, registration_ref=ref),
        _("Done. The record is in the ledger."),
        reverse("registration", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page()
def certificate(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One certificate: what it says, its proof, and the files."""
    record = visible.one(queries.certificates(acting), ref, "证书", "certificate")
    given: dict[str, Any] = files.document(record)
    context = {
        "record": record,
        "registration": record.registration,
        "tone": TONES[record.state],
        "content": record.content,
        "receipt": given.get("receipt"),
        "key": files.published_key(),
        "ledger_key": files.ledger_key(),
        "history": history_of(record.urn, acting),
    }
    return render(request, "registration/certificate.html", context)
