"""What the labelling API takes and gives."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=80)]
Line = Annotated[str, StringConstraints(max_length=240)]
Text = Annotated[str, StringConstraints(max_length=50_000)]


class LabelIn(Schema):
    """A label; colour and key are given when they are missing."""

    code: Short
    zh: Line = ""
    en: Line = ""
    key: Annotated[str, StringConstraints(max_length=1)] = ""


class ProjectIn(Schema):
    """A new project."""

    title_zh: Line
    title_en: Line
    type: Short = Field(description="classification, spans, pairs or boxes.")
    labels: list[LabelIn] = Field(min_length=1, max_length=60)
    guideline: Text
    several: bool = False
    annotators: int = Field(2, ge=1, le=9)
    hold_minutes: int = Field(30, ge=1, le=1440)


class LabellingProjectOut(Schema):
    """A project."""

    ref: str
    urn: str
    version: int
    title_zh: str
    title_en: str
    type: str
    several: bool
    labels: list[dict[str, str]]
    annotators: int
    hold_minutes: int
    guideline_number: int
    state: str
    created_at: datetime


class ProjectsOut(Schema):
    """One page of projects."""

    items: list[LabellingProjectOut]
    page: int
    more: bool


class TaskOut(Schema):
    """A task."""

    ref: str
    position: int
    state: str
    data: dict[str, Any]


class TasksOut(Schema):
    """One page of tasks."""

    items: list[TaskOut]
    page: int
    more: bool


class TasksIn(Schema):
    """Tasks to bring in, as Label Studio writes them: `data`, and `annotations` if there are."""

    name: Line = "api.json"
    tasks: list[dict[str, Any]] = Field(min_length=1, max_length=5000)


class TakenOut(Schema):
    """What an import did."""

    new: int
    known: int
    annotations: int


class NextOut(Schema):
    """The next task; null when there is nothing left to give."""

    task: TaskOut | None


class AnnotationIn(Schema):
    """What one says about a task one was given. The same `client_id` counts once."""

    client_id: Annotated[str, StringConstraints(min_length=8, max_length=64)]
    result: dict[str, Any] = Field(default_factory=dict)
    skipped: Line = ""
    seconds: int = Field(0, ge=0, le=86_400)


class AnnotationOut(Schema):
    """An annotation."""

    ref: str
    urn: str
    version: int
    guideline_number: int
    result: dict[str, Any]
    skipped: str


class ProgressOut(Schema):
    """Tasks by state."""

    total: int
    done: int
    open: int
    disputed: int
    skipped: int
    agreed: int
    settled: int
    annotations: int
