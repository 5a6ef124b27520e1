"""The labelling API: projects, tasks, annotations, export. Mounted below /api/v1/labelling."""

import io
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from citybrain.domains.labelling import queries
from citybrain.domains.labelling import schemas as out
from citybrain.domains.labelling.actions import projects, tasks, work
from citybrain.domains.labelling.exchange.outgoing import form_for
from citybrain.domains.labelling.models import Annotation, Project
from citybrain.domains.labelling.permissions import MANAGE, REVIEW
from citybrain.kernel.acting import Acting, authorise

prefix = "/labelling"
router = Router(tags=["labelling"])
SIZE = 50


class PageOf(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000, description="Page of 50, from 1.")


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting


def _page(rows: QuerySet[Any], number: int) -> dict[str, Any]:
    start = (number - 1) * SIZE
    found = list(rows[start : start + SIZE + 1])
    return {"items": found[:SIZE], "page": number, "more": len(found) > SIZE}


@router.get("/projects", response=out.ProjectsOut)
def list_labelling_projects(request: HttpRequest, query: Query[PageOf]) -> Any:
    """Projects of one's party and those it is invited to."""
    return _page(queries.projects(_acting(request)).order_by("-id"), query.page)


@router.post("/projects", response={201: out.LabellingProjectOut})
def create_labelling_project(request: HttpRequest, body: out.ProjectIn) -> Project:
    """Start a project of one's own party."""
    return projects.create_project(acting_party=_acting(request), **body.model_dump())


@router.get("/projects/{ref}", response=out.LabellingProjectOut)
def get_labelling_project(request: HttpRequest, ref: str) -> Project:
    """One project."""
    return queries.project(_acting(request), ref)


@router.get("/projects/{ref}/progress", response=out.ProgressOut)
def get_labelling_progress(request: HttpRequest, ref: str) -> Any:
    """Tasks by state."""
    return queries.progress(queries.project(_acting(request), ref))


@router.get("/projects/{ref}/tasks", response=out.TasksOut)
def list_labelling_tasks(request: HttpRequest, ref: str, query: Query[PageOf]) -> Any:
    """Tasks, for whoever reviews."""
    project = queries.project(_acting(request), ref)
    authorise(_acting(request), REVIEW, project.owner)
    return _page(project.tasks.order_by("position"), query.page)


@router.post("/projects/{ref}/tasks", response={201: out.TakenOut})
def import_labelling_tasks(request: HttpRequest, ref: str, body: out.TasksIn) -> Any:
    """Bring tasks in, all or none."""
    acting = _acting(request)
    queries.project(acting, ref)
    file = io.BytesIO(orjson.dumps(body.tasks))
    return tasks.import_tasks(
        acting_party=acting, project_ref=ref, file=file, name=body.name, form="labelstudio"
    )


@router.post("/projects/{ref}/next", response=out.NextOut)
def take_labelling_task(request: HttpRequest, ref: str) -> Any:
    """The task that one holds, or the next one."""
    acting = _acting(request)
    queries.project(acting, ref)
    return {"task": work.take_task(acting_party=acting, project_ref=ref)}


@router.post("/projects/{ref}/tasks/{task}/annotation", response=out.AnnotationOut)
def submit_labelling_annotation(
    request: HttpRequest, ref: str, task: str, body: out.AnnotationIn
) -> Annotation:
    """Hand in, or change, one's own annotation of a task that one was given."""
    acting = _acting(request)
    queries.project(acting, ref)
    return work.submit(acting_party=acting, project_ref=ref, task_ref=task, **body.model_dump())


@router.get("/projects/{ref}/export/{form}")
def export_labelling_project(request: HttpRequest, ref: str, form: str) -> Any:
    """The project as `labelstudio`, `jsonl`, `coco` (boxes) or `conll` (spans)."""
    project = queries.project(_acting(request), ref)
    authorise(_acting(request), MANAGE, project.owner)
    chosen = form_for(project, form)
    return StreamingHttpResponse(chosen.write(project), content_type=chosen.media_type)
