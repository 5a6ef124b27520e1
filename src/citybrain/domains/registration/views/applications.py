"""One application: its page, its buttons, and the answers to objections."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.registration import queries
from citybrain.domains.registration.actions import moves as actions
from citybrain.domains.registration.actions import objections
from citybrain.domains.registration.actions.drafts import EDITABLE
from citybrain.domains.registration.forms import AnswerForm
from citybrain.domains.registration.logic.steps import WAYS
from citybrain.domains.registration.models import Application, Objection
from citybrain.domains.registration.views.faces import (
    TONES,
    clocks_about,
    presses_of,
    progress_of,
    sections_of,
    state_of,
)
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.queries import visible
from citybrain.ui.history import records_about, told
from citybrain.ui.labels import party_name
from citybrain.ui.pages import page, pressed, version_of
from citybrain.ui.shapes import Item


def found(acting: Acting, ref: str) -> Application:
    """The application, if one may see it."""
    return visible.one(queries.applications(acting), ref, "登记申请", "application")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One application."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One application's page, also after a refused button."""
    record = found(acting, ref)
    records = records_about(record.urn)
    own = acting.may("registration.apply", record.applicant)
    inside = own or acting.reads_all or record.applicant_id == acting.party.pk
    context = {
        "record": record,
        "state": state_of(record),
        "tone": TONES[record.state],
        "items": _items(record),
        "steps": progress_of(record, records),
        "clocks": clocks_about(record.urn),
        "presses": [one for one in presses_of(record, acting) if one.code != "submit"],
        "may_fill_in": own and record.state in EDITABLE,
        "first_step": WAYS[record.kind][0].code,
        "sections": sections_of(record, public=not inside),
        "objections": _objections(record, acting),
        "objection_count": record.objections.count(),
        "may_answer": acting.may("registration.decide"),
        "certificate": getattr(record, "certificate", None),
        "history": told(records, acting),
    }
    return render(request, "registration/application.html", context, status=status)


def _items(record: Application) -> list[Item]:
    registration = record.registration
    shown = [
        Item(_("Kind of application"), record.get_kind_display()),
        Item(
            _("Registration"),
            registration.code or registration.title,
            reverse("registration", args=[registration.ref]),
        ),
        Item(_("Applicant"), party_name(record.applicant)),
        Item(_("Submitted on"), record.submitted_at),
        Item(_("On public notice since"), record.noticed_on),
        Item(_("Decided"), record.decided_at),
        Item(_("Asked to supply"), record.notice),
        Item(_("Reasons of the decision"), record.reasons),
    ]
    return [one for one in shown if one.value not in ("", None)]


def _objections(record: Application, acting: Acting) -> list[tuple[Objection, str, AnswerForm]]:
    """Whole to the bureau; the applicant reads that there are some, and the answers."""
    rows = queries.objections(acting).filter(application=record)
    if not acting.reads_all:
        answered = record.objections.exclude(state=Objection.State.OPEN)
        return [(_without_person(one), TONES[one.state], AnswerForm()) for one in answered]
    return [(one, TONES[one.state], AnswerForm(auto_id=f"{one.ref}-%s")) for one in rows]


def _without_person(one: Objection) -> Objection:
    one.name = one.contact = one.reasons = one.evidence = ""
    return one


@page("POST")
def move(request: HttpRequest, acting: Acting, ref: str, move: str) -> HttpResponseBase:
    """Press one of the application's buttons."""
    found(acting, ref)
    return pressed(
        request,
        lambda: actions.move_application(
            acting_party=acting,
            application_ref=ref,
            move=move,
            given={"reasons": request.POST.get("reasons", "")},
            expected_version=version_of(request.POST.get("expected_version", "")),
        ),
        _("Done. The record is in the ledger."),
        reverse("registration-application", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def answer(request: HttpRequest, acting: Acting, ref: str, verdict: str) -> HttpResponseBase:
    """Dismiss or uphold an objection."""
    authorise(acting, "registration.decide")
    objection = visible.one(queries.objections(acting), ref, "异议", "objection")
    application = objection.application.ref
    return pressed(
        request,
        lambda: objections.answer_objection(
            acting_party=acting,
            objection_ref=ref,
            upheld=verdict == "uphold",
            answer=request.POST.get("reasons", ""),
            expected_version=version_of(request.POST.get("expected_version", "")),
        ),
        _("The objection is answered."),
        reverse("registration-application", args=[application]),
        lambda status: shown(request, acting, application, status),
    )
