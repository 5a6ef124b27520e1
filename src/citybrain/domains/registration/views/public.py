"""Pages open to everybody: the register, one entry, public notices, certificates, the check.

Nobody signs in here. What is shown holds no personal data; what is sent in is limited.
"""

import functools
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from citybrain.domains.registration import queries
from citybrain.domains.registration.actions.objections import object_to_notice
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.forms import ObjectionForm, VerifyForm, show_faults
from citybrain.domains.registration.logic.limits import PER_HOUR, TOO_MANY, window_start
from citybrain.domains.registration.logic.steps import DESCRIPTION
from citybrain.domains.registration.models import Application, Certificate, Objection, Registration
from citybrain.domains.registration.views.faces import (
    TONES,
    answers_of,
    clocks_about,
    sections_of,
)
from citybrain.kernel import clock
from citybrain.kernel.errors import ActionError, Invalid, NotFound
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

STATES = [one for one in Registration.State.choices if one[0] in queries.PUBLISHED]
REGISTER = ListSpec(
    name="register",
    caption=lazy("Register of public data resources"),
    columns=(
        Column(
            "title",
            lazy("Name of the resource"),
            "title",
            sort="title",
            link=lambda row: reverse("registry-entry", args=[row.code]),
        ),
        Column("code", lazy("Registration code"), "code", sort="code"),
        Column("registrant", lazy("Registrant"), lambda row: party_name(row.registrant)),
        Column("national", lazy("National certificate number"), "national_number"),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            cell=lambda row: badge(row.get_state_display(), TONES[row.state]),
        ),
        Column("to", lazy("Valid to"), "valid_to", sort="valid_to"),
    ),
    filters=(Filter("state", lazy("State"), "state", STATES),),
    search=(
        "title__icontains",
        "code__icontains",
        "national_number__icontains",
        "registrant__name_zh__icontains",
        "registrant__name_en__icontains",
    ),
    search_hint=lazy("Name, code, registrant or national number"),
    default_sort="-code",
    empty=lazy("Nothing has been registered yet."),
)
NOTICES = ListSpec(
    name="notices",
    caption=lazy("On public notice"),
    columns=(
        Column(
            "title",
            lazy("Name of the resource"),
            lambda row: row.registration.title,
            sort="registration__title",
            link=lambda row: reverse("registry-notice", args=[row.ref]),
        ),
        Column("kind", lazy("Kind of application"), lambda row: row.get_kind_display()),
        Column("applicant", lazy("Applicant"), lambda row: party_name(row.applicant)),
        Column("since", lazy("On public notice since"), "noticed_on", sort="noticed_on"),
    ),
    search=("registration__title__icontains", "applicant__name_zh__icontains"),
    search_hint=lazy("Name or applicant"),
    default_sort="-since",
    empty=lazy("Nothing stands on public notice now."),
)
View = Callable[..., HttpResponseBase]


def open_to_all(view: View) -> View:
    """What is not in the register is not found: nothing else is told."""

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(str(localised(error.zh, error.en))) from None

    return enter


@require_safe
@open_to_all
def register(request: HttpRequest) -> HttpResponseBase:
    """The public register with search."""
    rows = queries.public_register()
    return list_response(request, REGISTER, rows, "registration/public/register.html")


@require_safe
@open_to_all
def entry(request: HttpRequest, code: str) -> HttpResponseBase:
    """One registration: where the QR code of its certificate leads."""
    record = queries.public_entry(code)
    described = [
        (step, answers_of(step, record.content.get(step.code) or {}, public=True))
        for step in DESCRIPTION
    ]
    context = {
        "record": record,
        "tone": TONES[record.state],
        "items": _items(record),
        "sections": [(step, items) for step, items in described if items],
        "certificate": queries.current_certificate(record),
    }
    return render(request, "registration/public/entry.html", context)


def _items(record: Registration) -> list[Item]:
    shown = [
        Item(_("Registration code"), record.code),
        Item(_("National certificate number"), record.national_number),
        Item(_("Registrant"), party_name(record.registrant)),
        Item(_("Directory code"), record.resource.code),
        Item(_("Valid from"), record.valid_from),
        Item(_("Valid to"), record.valid_to),
        Item(_("Ended on"), record.ended_on),
    ]
    return [one for one in shown if one.value not in ("", None)]


@require_safe
@open_to_all
def notices(request: HttpRequest) -> HttpResponseBase:
    """What stands on public notice."""
    rows = queries.public_notices()
    return list_response(request, NOTICES, rows, "registration/public/notices.html")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def notice(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One public notice, and the form for an objection under real name."""
    record = queries.public_notices().filter(ref=ref).first()
    if record is None:
        raise NotFound("not-found", "没有该公示，或公示已结束。", "There is no such notice.")
    form = ObjectionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _objected(request, record, form)
        if not status:
            messages.success(
                request, _("Your objection is received. The bureau checks it and answers here.")
            )
            return redirect("registry-notice", ref)
    context = {
        "record": record,
        "sections": sections_of(record, public=True),
        "clocks": clocks_about(record.urn, "registration-notice"),
        "objections": [(one, TONES[one.state]) for one in _answers(record)],
        "form": form,
    }
    return render(request, "registration/public/notice.html", context, status=status)


def _answers(record: Application) -> list[Objection]:
    """That there is an objection, and its answer: nothing that tells who objected or why."""
    return list(record.objections.only("ref", "state", "answer", "created_at", "answered_at"))


def _objected(request: HttpRequest, record: Application, form: ObjectionForm) -> int:
    """0 when the objection is taken, else the status of the refusal, with words in the form."""
    if not form.is_valid():
        return 422
    origin = _origin(request)
    sent = Objection.objects.filter(origin=origin, created_at__gte=window_start(clock.now()))
    if sent.count() >= PER_HOUR:
        form.add_error(None, str(localised(*TOO_MANY)))
        return 429
    try:
        object_to_notice(
            acting_party=None, application_ref=record.ref, origin=origin, **form.cleaned_data
        )
    except ActionError as error:
        show_faults(form, error)
        return error.status
    return 0


def _origin(request: HttpRequest) -> str:
    """A keyed hash of the address and the day: it counts, and names nobody."""
    told = f"objection:{request.META.get('REMOTE_ADDR', '')}:{clock.today()}"
    return hmac.digest(settings.SECRET_KEY.encode(), told.encode(), "sha256").hex()[:32]


def _certificate(code: str) -> Certificate:
    return queries.certificate_of(queries.public_entry(code))


@require_safe
@open_to_all
def certificate_pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The newest certificate as PDF."""
    found = _certificate(code)
    made = files.pdf(found, request.build_absolute_uri("/"))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = _named(found, "pdf")
    return answer


@require_safe
@open_to_all
def certificate_json(request: HttpRequest, code: str) -> HttpResponseBase:
    """The newest certificate as a file that programs verify."""
    found = _certificate(code)
    answer = JsonResponse(files.document(found), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = _named(found, "json")
    return answer


def _named(certificate: Certificate, form: str) -> str:
    name = quote(certificate.number.replace("/", "-"))
    return f'attachment; filename="{name}.{form}"'


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def verify(request: HttpRequest) -> HttpResponseBase:
    """Check a certificate that somebody has: its signature, and whether it is in force."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    checked, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                checked, status = files.checked(_read(form.cleaned_data["file"])), 200
            except Invalid as error:
                form.add_error("file", str(localised(error.zh, error.en)))
    known = checked.certificate if checked else None
    context = {
        "form": form,
        "checked": checked,
        "certificate": known,
        "content": _told(checked.content) if checked else [],
        "in_force": known is not None and known.state == Certificate.State.CURRENT,
        "key": files.published_key(),
        "ledger_key": files.ledger_key(),
    }
    return render(request, "registration/public/verify.html", context, status=status)


def _read(file: UploadedFile) -> bytes:
    return file.read(files.LARGEST + 1)


def _told(content: dict[str, Any]) -> list[Item]:
    """What the file says of itself, to be compared with the paper."""
    holder = content.get("registrant")
    shown = [
        Item(_("Certificate number"), content.get("number")),
        Item(_("Registration code"), content.get("code")),
        Item(_("Name of the resource"), content.get("title")),
        Item(_("Registrant"), holder.get("zh") if isinstance(holder, dict) else ""),
        Item(_("Valid from"), content.get("valid_from")),
        Item(_("Valid to"), content.get("valid_to")),
    ]
    return [one for one in shown if isinstance(one.value, str) and one.value]
