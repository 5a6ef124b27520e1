"""Bringing tasks in, taking work out, making a dataset version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.actions import releases
from citybrain.domains.labelling.actions import tasks as actions
from citybrain.domains.labelling.exchange.outgoing import form_for
from citybrain.domains.labelling.forms import (
    ImportForm,
    PicturesForm,
    ReleaseForm,
    shown_faults,
)
from citybrain.domains.labelling.logic.pictures import MOST_BYTES
from citybrain.domains.labelling.models import Project
from citybrain.domains.labelling.permissions import MANAGE
from citybrain.domains.labelling.views.projects import crumb, form_page
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, Invalid
from citybrain.ui.pages import page

MOST_PICTURES = 200


@page("GET", "POST")
def take_in(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """A file of tasks; or pictures, for boxes."""
    project = queries.project(acting, ref)
    authorise(acting, MANAGE, project.owner)
    posted = request.method == "POST"
    pictured = posted and "pictures" in request.FILES
    form = ImportForm(*_given(request, posted and not pictured))
    pictures = PicturesForm(*_given(request, pictured))
    status = 200
    if posted:
        try:
            taken = _taken(request, acting, project, form, pictured)
        except ActionError as error:
            status = shown_faults(pictures if pictured else form, error)
        else:
            status = 422
            if taken is not None:
                _tell(request, taken)
                return redirect("labelling-project", ref)
    boxes = project.type == Project.Type.BOXES
    context = {"project": project, "form": form, "pictures": pictures if boxes else None}
    return render(request, "labelling/import.html", context, status=status)


def _given(request: HttpRequest, posted: bool) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if posted else (None, None)


def _taken(
    request: HttpRequest, acting: Acting, project: Project, form: ImportForm, pictured: bool
) -> actions.Taken | None:
    if pictured:
        files = request.FILES.getlist("pictures")
        _check_sizes(files)
        named = [(str(one.name), one.read()) for one in files]
        return actions.upload_pictures(acting_party=acting, project_ref=project.ref, files=named)
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    return actions.import_tasks(
        acting_party=acting, project_ref=project.ref, file=file.file, name=file.name
    )


def _check_sizes(files: list[Any]) -> None:
    """Before anything is read into memory."""
    if len(files) > MOST_PICTURES:
        texts = (f"一次最多上传{MOST_PICTURES}张。", f"At most {MOST_PICTURES} at once.")
        raise Invalid("too-many", *texts, {"pictures": texts})
    for one in files:
        if (one.size or 0) > MOST_BYTES:
            most = MOST_BYTES // 2**20
            texts = (f"{one.name}：图片超过{most} MB。", f"{one.name}: larger than {most} MB.")
            raise Invalid("too-large", *texts, {"pictures": texts})


def _tell(request: HttpRequest, taken: actions.Taken) -> None:
    messages.success(
        request,
        _("%(new)s new tasks, %(known)s known already, %(annotations)s annotations.")
        % {"new": taken.new, "known": taken.known, "annotations": taken.annotations},
    )


@page()
def export(request: HttpRequest, acting: Acting, ref: str, form: str) -> HttpResponseBase:
    """The project as a file."""
    project = queries.project(acting, ref)
    authorise(acting, MANAGE, project.owner)
    chosen = form_for(project, form)
    response = StreamingHttpResponse(chosen.write(project), content_type=chosen.media_type)
    name = f"labelling-{project.ref}.{chosen.ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page("GET", "POST")
def release(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Make a dataset version of a finished project."""
    project = queries.project(acting, ref)
    authorise(acting, MANAGE, project.owner)
    initial = {
        "title_zh": project.title_zh,
        "title_en": project.title_en,
        "code": f"DS-{project.pk}-{project.releases.count() + 1}",
    }
    form = ReleaseForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _released(acting, ref, dict(form.cleaned_data))
            except ActionError as error:
                status = shown_faults(form, error)
            else:
                messages.success(request, _("The dataset version is registered as a draft."))
                return redirect("resource-dataset", made.resource.ref)
    return form_page(request, form, _("Make a dataset version"), [crumb(project)], status)


def _released(acting: Acting, ref: str, given: dict[str, Any]) -> releases.Release:
    card = releases.Card(**{name: given.pop(name) for name in releases.Card.__slots__})
    return releases.make_release(acting_party=acting, project_ref=ref, card=card, **given)
