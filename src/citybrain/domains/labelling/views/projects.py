"""Labelling projects: the list, one project's page, its guideline and invitations."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.actions import projects as actions
from citybrain.domains.labelling.exchange.outgoing import forms_of
from citybrain.domains.labelling.forms import (
    GuidelineForm,
    InviteForm,
    ProjectForm,
    shown_faults,
)
from citybrain.domains.labelling.models import Project
from citybrain.domains.labelling.permissions import MANAGE
from citybrain.domains.labelling.views.words import labels_of
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError
from citybrain.ui.history import history_of
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Figure, Item
from citybrain.ui.templatetags.ui import badge

PROJECTS = ListSpec(
    name="labelling-projects",
    caption=lazy("Labelling projects"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            lambda row: localised(row.title_zh, row.title_en),
            sort="title_zh",
            link=lambda row: reverse("labelling-project", args=[row.ref]),
        ),
        Column("type", lazy("Type of labels"), lambda row: row.get_type_display(), sort="type"),
        Column("owner", lazy("Owner"), lambda row: party_name(row.owner)),
        Column("annotators", lazy("Annotators for each task"), "annotators", numeric=True),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            sort="state",
            cell=lambda row: badge(
                row.get_state_display(), "good" if row.state == "finished" else "info"
            ),
        ),
        Column("created", lazy("Started"), "created_at", sort="created_at"),
    ),
    filters=(
        Filter("type", lazy("Type of labels"), "type", Project.Type.choices),
        Filter("state", lazy("State"), "state", Project.State.choices),
    ),
    search=("title_zh__icontains", "title_en__icontains"),
    default_sort="-created",
    empty=lazy("There is no labelling project that you take part in."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Projects of one's party and those it is invited to."""
    context = {"may_create": acting.may(MANAGE, acting.party)}
    rows = queries.projects(acting)
    return list_response(request, PROJECTS, rows, "labelling/projects.html", context)


@page("GET", "POST")
def create(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Start a project."""
    authorise(acting, MANAGE, acting.party)
    form = ProjectForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.create_project(acting_party=acting, **form.cleaned_data)
            except ActionError as error:
                status = shown_faults(form, error)
            else:
                messages.success(request, _("The project is started. Now bring tasks in."))
                return redirect("labelling-project", made.ref)
    return form_page(request, form, _("Start a labelling project"), [], status)


def form_page(
    request: HttpRequest, form: Any, title: str, crumbs: list[Any], status: int
) -> HttpResponseBase:
    """A page with one form."""
    first = (_("Labelling projects"), reverse("labelling-projects"))
    context = {"form": form, "title": title, "crumbs": [first, *crumbs, (title, "")]}
    return render(request, "labelling/form.html", context, status=status)


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One project."""
    return shown(request, acting, ref)


def shown(
    request: HttpRequest, acting: Acting, ref: str, status: int = 200, **more: Any
) -> HttpResponseBase:
    """One project's page, also after a refused button."""
    project = queries.project(acting, ref)
    manages = queries.may_manage(acting, project)
    progress = queries.progress(project)
    context = {
        "project": project,
        "tone": "good" if project.state == Project.State.FINISHED else "info",
        "items": _items(project),
        "progress": progress,
        "figures": _figures(project, progress, queries.may_review(acting, project)),
        "labels": labels_of(project),
        "guideline": project.guidelines.first(),
        "manages": manages,
        "reviews": queries.may_review(acting, project),
        "annotates": queries.is_member(acting, project) and project.state == Project.State.OPEN,
        "own": queries.own_work(acting, project).count(),
        "invitations": project.invitations.filter(active=True).select_related("party"),
        "invite_form": InviteForm(project=project) if manages else None,
        "batches": project.batches.all()[:10],
        "releases": project.releases.select_related("resource")[:10],
        "forms": forms_of(project),
        "history": history_of(project.urn, acting),
        **more,
    }
    return render(request, "labelling/project.html", context, status=status)


def _items(project: Project) -> list[Item]:
    several = _("several labels for one text") if project.several else ""
    return [
        Item(_("Type of labels"), " · ".join(filter(None, [project.get_type_display(), several]))),
        Item(_("Owner"), party_name(project.owner)),
        Item(_("Annotators for each task"), project.annotators),
        Item(_("Minutes a task is kept for its annotator"), project.hold_minutes),
        Item(_("Guideline version"), project.guideline_number),
    ]


def _figures(project: Project, progress: dict[str, int], links: bool) -> list[Figure]:
    base = reverse("labelling-tasks", args=[project.ref]) if links else ""
    here = reverse("labelling-project", args=[project.ref])

    def of(title: Any, value: int, state: str, tone: Any) -> Figure:
        return Figure(title, value, f"{base}?state={state}" if base else here, tone=tone)

    return [
        Figure(_("Tasks"), progress["total"], base or here),
        of(_("To be labelled"), progress["open"], "open", "info"),
        of(_("Annotators disagree"), progress["disputed"], "disputed", "warn"),
        of(_("Annotators agree"), progress["agreed"], "agreed", "good"),
        of(_("Settled by a reviewer"), progress["settled"], "settled", "good"),
    ]


@page("GET", "POST")
def guideline(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Write the next version of the guideline."""
    project = queries.project(acting, ref)
    authorise(acting, MANAGE, project.owner)
    latest = project.guidelines.first()
    form = GuidelineForm(request.POST or None, initial={"text": latest.text if latest else ""})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.publish_guideline(
                    acting_party=acting, project_ref=ref, text=form.cleaned_data["text"]
                )
            except ActionError as error:
                status = shown_faults(form, error)
            else:
                messages.success(request, _("The new version of the guideline is in force."))
                return redirect("labelling-project", ref)
    return form_page(request, form, _("Change the guideline"), [crumb(project)], status)


def crumb(project: Project) -> tuple[str, str]:
    """A step of the breadcrumbs."""
    title = str(localised(project.title_zh, project.title_en))
    return title, reverse("labelling-project", args=[project.ref])


def _press(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], Any], done: str
) -> HttpResponseBase:
    queries.project(acting, ref)
    return pressed(
        request,
        work,
        done,
        reverse("labelling-project", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def invite(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Invite a party."""
    authorise(acting, MANAGE, queries.project(acting, ref).owner)
    if not request.POST.get("party"):
        messages.error(request, _("Choose a party to invite."))
        return shown(request, acting, ref, 422)
    return _press(
        request,
        acting,
        ref,
        lambda: actions.invite(
            acting_party=acting, project_ref=ref, party_ref=request.POST["party"]
        ),
        _("The party is invited."),
    )


@page("POST")
def uninvite(request: HttpRequest, acting: Acting, ref: str, party: str) -> HttpResponseBase:
    """Take an invitation back."""
    return _press(
        request,
        acting,
        ref,
        lambda: actions.end_invitation(acting_party=acting, project_ref=ref, party_ref=party),
        _("The invitation is taken back."),
    )


@page("POST")
def finish(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """End the work."""
    return _press(
        request,
        acting,
        ref,
        lambda: actions.finish_project(acting_party=acting, project_ref=ref),
        _("The project is finished."),
    )


@page("POST")
def reopen(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Go on with it."""
    return _press(
        request,
        acting,
        ref,
        lambda: actions.reopen_project(acting_party=acting, project_ref=ref),
        _("The project goes on."),
    )
