"""The form of an application: one page a step, kept at each; then check and submit."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from citybrain.domains.registration.actions import drafts
from citybrain.domains.registration.actions import moves as actions
from citybrain.domains.registration.forms import answers_in, show_faults, step_form
from citybrain.domains.registration.logic.steps import WAYS, step_of
from citybrain.domains.registration.models import Application
from citybrain.domains.registration.views.applications import found
from citybrain.domains.registration.views.faces import answers_of
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.ui.forms import ConsoleForm
from citybrain.ui.labels import localised
from citybrain.ui.pages import page, text, version_of
from citybrain.ui.shapes import Item
from citybrain.ui.shapes import Step as Passed


@dataclass(frozen=True, slots=True)
class Part:
    """A step as the page before submitting shows it."""

    code: str
    title: Any
    items: list[Item]
    faults: list[tuple[Any, str]]


def _editable(acting: Acting, ref: str) -> Application:
    record = found(acting, ref)
    authorise(acting, "registration.apply", record.applicant)
    return record


def _way(record: Application, current: str) -> list[Passed]:
    """The steps with what is complete, what is open, and the check at the end."""
    faulty = {name.partition(".")[0] for name in drafts.faults_of(record)}
    found = [
        Passed(
            one.title,
            "current" if one.code == current else "todo" if one.code in faulty else "done",
        )
        for one in WAYS[record.kind]
    ]
    return [*found, Passed(_("Check and submit"), "current" if current == "check" else "todo")]


@page("GET", "POST")
def step(request: HttpRequest, acting: Acting, ref: str, step: str) -> HttpResponseBase:
    """One page of the form: show it, keep it, go on to the next."""
    record = _editable(acting, ref)
    asked = step_of(record.kind, step)
    if asked is None:
        raise NotFound("not-found", "没有该步骤。", "There is no such step.")
    answers = record.content.get(step) or {}
    form = step_form(asked, answers, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, record, step, form)
    later = "later" in request.POST
    try:
        drafts.save_step(
            acting_party=acting,
            application_ref=ref,
            step=step,
            answers=answers_in(asked, request.POST),
            complete=not later,
            expected_version=version_of(request.POST.get("expected_version", "")),
        )
    except ActionError as error:
        show_faults(form, error)
        return _page(request, record, step, form, error.status)
    if later:
        messages.success(request, _("Saved. You can go on later."))
        return redirect("registration-application", ref)
    codes = [one.code for one in WAYS[record.kind]]
    following = codes[codes.index(step) + 1 :]
    if following and "check" not in request.GET:
        return redirect("registration-step", ref, following[0])
    return redirect("registration-check", ref)


def _page(
    request: HttpRequest, record: Application, step: str, form: ConsoleForm, status: int = 200
) -> HttpResponseBase:
    codes = [one.code for one in WAYS[record.kind]]
    place = codes.index(step)
    context = {
        "record": record,
        "step": step_of(record.kind, step),
        "form": form,
        "steps": _way(record, step),
        "number": place + 1,
        "total": len(codes) + 1,
        "before": codes[place - 1] if place else "",
        "to_check": "check" in request.GET,
    }
    return render(request, "registration/step.html", context, status=status)


@page("GET", "POST")
def check(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Check the answers, each with a way back, then submit."""
    record = _editable(acting, ref)
    status = 200
    if request.method == "POST":
        try:
            actions.move_application(
                acting_party=acting,
                application_ref=ref,
                move="submit",
                expected_version=version_of(request.POST.get("expected_version", "")),
            )
        except ActionError as error:
            messages.error(request, text(error))
            status, record = error.status, _editable(acting, ref)
        else:
            messages.success(request, _("The application is submitted; the bureau's clock runs."))
            return redirect("registration-application", ref)
    parts = _parts(record)
    context = {
        "record": record,
        "parts": parts,
        "faults": [(part, label, words) for part in parts for label, words in part.faults],
        "steps": _way(record, "check"),
        "total": len(parts) + 1,
        "open": record.state in drafts.EDITABLE,
    }
    return render(request, "registration/check.html", context, status=status)


def _parts(record: Application) -> list[Part]:
    faults = drafts.faults_of(record)
    parts = []
    for one in WAYS[record.kind]:
        titles = {field.name: field.title for field in one.fields}
        own = [
            (titles.get(name.partition(".")[2], name), str(localised(*words)))
            for name, words in faults.items()
            if name.startswith(f"{one.code}.")
        ]
        items = answers_of(one, record.content.get(one.code) or {})
        parts.append(Part(one.code, one.title, items, own))
    return parts
