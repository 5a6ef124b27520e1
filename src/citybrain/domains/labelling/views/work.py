"""The annotator's pages: the work itself, which talks JSON with its script, and own work."""

from typing import Any

import orjson
from django.http import FileResponse, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.actions import work as actions
from citybrain.domains.labelling.actions.tasks import picture_path
from citybrain.domains.labelling.models import Annotation, Project, Task
from citybrain.domains.labelling.views.words import labels_of, said, short
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.ui.lists import Column, ListSpec, list_response
from citybrain.ui.pages import page, text

MOST_BODY = 1_000_000


def _words() -> dict[str, str]:
    """What the script says; it holds no words of its own."""
    return {
        "saved": _("Saved."),
        "sending": _("Saving…"),
        "offline": _("No connection. Your work is kept in this browser and sent again: {n}."),
        "signin": _("You are signed out. Your work is kept; sign in again and open this page."),
        "refused": _("Not accepted: {reason}"),
        "done": _("There is nothing left for you to label. Thank you."),
        "choose": _("Choose a label first."),
        "select": _("Select a part of the text first."),
        "selected": _("Selected: {text}"),
        "marked": _("Marked as {label}: {text}"),
        "removed": _("Removed."),
        "undone": _("Undone."),
        "nothing": _("Nothing to undo."),
        "overlaps": _("Spans must not overlap."),
        "remove": _("Remove"),
        "box": _("Box {n}: {label}"),
        "boxed": _("A new box: {label}. Arrow keys move it, with Shift they resize it."),
        "left": _("Left edge (%)"),
        "top": _("Top edge (%)"),
        "width": _("Width (%)"),
        "height": _("Height (%)"),
        "label": _("Label"),
        "picture": _("Picture to label"),
        "changing": _("You are changing an annotation that you handed in before."),
        "loading": _("Loading…"),
        "caret": _("Position {n} of {all}"),
    }


def work_settings(project: Project) -> dict[str, Any]:
    """What the script of every labelling tool needs."""
    return {
        "project": project.ref,
        "type": project.type,
        "several": project.several,
        "labels": labels_of(project),
        "words": _words(),
    }


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The page on which an annotator works; its script fetches one task after the other."""
    project = queries.project(acting, ref)
    actions.refuse_strangers(acting, project)
    again = request.GET.get("task", "")
    settings = work_settings(project) | {
        "account": acting.account,
        "next": reverse("labelling-next", args=[ref]),
        "submit": reverse("labelling-submit", args=[ref]),
        "mine": reverse("labelling-mine", args=[ref]),
        "signin": reverse("sign-in"),
        "task": shown_task(_own(acting, project, again)) if again else None,
    }
    context = {
        "project": project,
        "settings": settings,
        "guideline": project.guidelines.first(),
        "labels": settings["labels"],
    }
    return render(request, "labelling/work.html", context)


def _own(acting: Acting, project: Project, ref: str) -> Annotation:
    """What this person said about a task. Raises `NotFound`."""
    found = queries.own_work(acting, project).filter(task__ref=ref).first()
    if found is None:
        raise NotFound("not-found", "您没有标注该任务。", "You have not annotated such a task.")
    return found


def shown_task(given: Task | Annotation) -> dict[str, Any]:
    """A task for the script, with one's own annotation when it is to be changed."""
    task = given if isinstance(given, Task) else given.task
    data = dict(task.data)
    if task.project.type == Project.Type.BOXES:
        data["url"] = reverse("labelling-picture", args=[task.project.ref, data["image"]])
    result = given.result if isinstance(given, Annotation) and not given.skipped else None
    return {"ref": task.ref, "data": data, "result": result}


def _answered(work: Any) -> HttpResponseBase:
    try:
        return JsonResponse(work())
    except ActionError as error:
        return JsonResponse({"reason": error.reason, "detail": text(error)}, status=error.status)


@page("POST")
def following(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Give the next task: `{"task": …|null, "own": n, "left": n}`."""

    def give() -> dict[str, Any]:
        project = queries.project(acting, ref)
        task = actions.take_task(acting_party=acting, project_ref=ref)
        return {"task": shown_task(task) if task else None, **_counts(acting, project)}

    return _answered(give)


def _counts(acting: Acting, project: Project) -> dict[str, int]:
    progress = queries.progress(project)
    own = queries.own_work(acting, project).count()
    return {"own": own, "done": progress["done"], "total": progress["total"]}


@page("POST")
def submit(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take an annotation in: `{"task", "result" or "skipped", "client_id", "seconds"}`."""

    def take() -> dict[str, Any]:
        project = queries.project(acting, ref)
        actions.refuse_strangers(acting, project)
        body = _body(request)
        made = actions.submit(
            acting_party=acting,
            project_ref=ref,
            task_ref=str(body.get("task", "")),
            result=body.get("result"),
            client_id=str(body.get("client_id", "")),
            seconds=body["seconds"] if isinstance(body.get("seconds"), int) else 0,
            skipped=str(body.get("skipped") or ""),
        )
        return {"ref": made.ref, "version": made.version}

    return _answered(take)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = orjson.loads(request.body[:MOST_BODY])
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


OWN = ListSpec(
    name="own-work",
    caption=lazy("My annotations"),
    columns=(
        Column(
            "task",
            lazy("Task"),
            lambda row: short(row.task.data),
            link=lambda row: reverse("labelling-own", args=[row.task.project.ref, row.task.ref]),
        ),
        Column("said", lazy("Label"), lambda row: said(row.task.project, row.result, row.skipped)),
        Column("guideline", lazy("Guideline version"), "guideline_number", numeric=True),
        Column("at", lazy("Handed in"), "changed_at", sort="changed_at"),
    ),
    default_sort="-at",
    empty=lazy("You have not labelled anything here yet."),
)


@page()
def mine(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """What oneself has handed in."""
    project = queries.project(acting, ref)
    actions.refuse_strangers(acting, project)
    rows = queries.own_work(acting, project).select_related("task__project")
    return list_response(request, OWN, rows, "labelling/mine.html", {"project": project})


@page()
def own(request: HttpRequest, acting: Acting, ref: str, task: str) -> HttpResponseBase:
    """One's own annotation on one page, with the way to change it."""
    project = queries.project(acting, ref)
    actions.refuse_strangers(acting, project)
    annotation = _own(acting, project, task)
    context = {
        "project": project,
        "annotation": annotation,
        "said": said(project, annotation.result, annotation.skipped),
        "changeable": project.state == Project.State.OPEN
        and annotation.task.state != Task.State.SETTLED,
    }
    return render(request, "labelling/own.html", context)


@page()
def picture(request: HttpRequest, acting: Acting, ref: str, sha256: str) -> HttpResponseBase:
    """One of the project's pictures, for those who take part."""
    project = queries.project(acting, ref)
    found = project.pictures.filter(sha256=sha256).first()
    if found is None:
        raise NotFound("not-found", "找不到该图片。", "There is no such picture.")
    path = picture_path(found.sha256, found.media_type)
    response = FileResponse(path.open("rb"), content_type=found.media_type)
    # The address names the content, so it never changes.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
