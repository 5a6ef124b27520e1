"""The reviewer's pages: tasks, disagreements side by side, agreement."""

from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.labelling import comparing, queries
from citybrain.domains.labelling.actions import work as actions
from citybrain.domains.labelling.logic.agreement import interpretation
from citybrain.domains.labelling.models import Annotation, Project, Task
from citybrain.domains.labelling.permissions import REVIEW
from citybrain.domains.labelling.views.words import labels_of, said, short
from citybrain.domains.labelling.views.work import shown_task, work_settings
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, Conflict, NotFound
from citybrain.kernel.models import Account, Party
from citybrain.ui.history import history_of
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, text
from citybrain.ui.templatetags.ui import badge

TONES = {"open": "info", "disputed": "warn", "skipped": "warn", "agreed": "good", "settled": "good"}
STRENGTH = {
    "poor": lazy("poor"),
    "slight": lazy("slight"),
    "fair": lazy("fair"),
    "moderate": lazy("moderate"),
    "substantial": lazy("substantial"),
    "almost-perfect": lazy("almost perfect"),
}


TASKS = ListSpec(
    name="labelling-tasks",
    caption=lazy("Tasks"),
    columns=(
        Column(
            "position", lazy("No."), lambda row: row.position + 1, sort="position", numeric=True
        ),
        Column(
            "task",
            lazy("Task"),
            lambda row: short(row.data),
            link=lambda row: reverse("labelling-task", args=[row.project.ref, row.ref]),
        ),
        Column("taken", lazy("Annotations"), lambda row: len(row.annotations.all()), numeric=True),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            sort="state",
            cell=lambda row: badge(row.get_state_display(), TONES[row.state]),
        ),
    ),
    filters=(Filter("state", lazy("State"), "state", Task.State.choices),),
    default_sort="position",
    count_cap=2000,
    empty=lazy("No tasks yet."),
)


def _project(acting: Acting, ref: str) -> Project:
    """The project, for whoever sees everybody's work in it."""
    project = queries.project(acting, ref)
    authorise(acting, REVIEW, project.owner)
    return project


@page()
def tasks(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Tasks with their states."""
    project = _project(acting, ref)
    rows = project.tasks.select_related("project").prefetch_related("annotations")
    return list_response(request, TASKS, rows, "labelling/tasks.html", {"project": project})


@page("GET", "POST")
def task(request: HttpRequest, acting: Acting, ref: str, task: str) -> HttpResponseBase:
    """One task with everybody's annotation side by side; POST settles it."""
    project = _project(acting, ref)
    found = project.tasks.filter(ref=task).first()
    if found is None:
        raise NotFound("not-found", "找不到该任务。", "There is no such task.")
    status = 200
    if request.method == "POST":
        try:
            _settle(request, acting, project, found)
        except ActionError as error:
            messages.error(request, text(error))
            status = error.status
        else:
            messages.success(request, _("Settled."))
            return _onward(project)
        found.refresh_from_db()
    return _shown(request, acting, project, found, status)


def _settle(request: HttpRequest, acting: Acting, project: Project, found: Task) -> None:
    chosen = request.POST.get("choice", "")
    if not chosen:
        raise Conflict("nothing-chosen", "请选择一项。", "Choose one.")
    result: Any = None
    if chosen.startswith("own:"):
        result = _own_answer(project, chosen.removeprefix("own:"))
    elif chosen != "drop":
        annotation = found.annotations.filter(ref=chosen).first()
        result = annotation.result if annotation else None
    actions.give_verdict(
        acting_party=acting,
        project_ref=project.ref,
        task_ref=found.ref,
        result=result,
        dropped=chosen == "drop",
        reasons=request.POST.get("reasons", ""),
    )


def _own_answer(project: Project, given: str) -> Any:
    """A label's code; or, for spans and boxes, the result that the page's tool made."""
    if project.type == Project.Type.PAIRS:
        return {"choice": given}
    if project.type == Project.Type.CLASSIFICATION:
        return {"choices": [given]}
    try:
        return orjson.loads(given)
    except ValueError:
        return None


def _onward(project: Project) -> HttpResponseBase:
    """To the next disagreement, or back to the list."""
    left = project.tasks.filter(state__in=(Task.State.DISPUTED, Task.State.SKIPPED))
    following = left.order_by("position").first()
    if following is not None:
        return redirect("labelling-task", project.ref, following.ref)
    return redirect("labelling-tasks", project.ref)


def _shown(
    request: HttpRequest, acting: Acting, project: Project, found: Task, status: int
) -> HttpResponseBase:
    rows = list(found.annotations.select_related("party"))
    names = names_of(rows, acting)
    verdict = getattr(found, "verdict", None)
    settings = work_settings(project)
    settings["task"] = shown_task(found)
    settings["task"]["result"] = verdict.result if verdict and verdict.result else _first(rows)
    context = {
        "settings": settings,
        "project": project,
        "task": found,
        "state": found.get_state_display(),
        "tone": TONES[found.state],
        "said": [
            {
                "annotation": one,
                "who": names[one.account],
                "words": said(project, one.result, one.skipped),
            }
            for one in rows
        ],
        "verdict": verdict,
        "verdict_words": said(project, verdict.result) if verdict else "",
        "settles": project.state == Project.State.OPEN and found.state != Task.State.OPEN,
        "labels": labels_of(project),
        "guideline": project.guidelines.first(),
        "others": [(key, value) for key, value in found.data.items() if isinstance(value, str)],
        "history": [entry for one in rows for entry in history_of(one.urn, acting)],
    }
    return render(request, "labelling/task.html", context, status=status)


def _first(rows: list[Annotation]) -> dict[str, Any] | None:
    """Where the reviewer's own answer begins: with what the first annotator said."""
    return next((one.result for one in rows if not one.skipped), None)


def names_of(rows: list[Annotation], acting: Acting) -> dict[str, str]:
    """Annotators by account: names within one's own party, the party and a number elsewhere."""
    parties = {one.account: one.party for one in rows}
    return called(parties, acting)


def called(parties: dict[str, Party], acting: Acting) -> dict[str, str]:
    """See `names_of`."""
    accounts = dict(Account.objects.filter(ref__in=parties).values_list("ref", "display_name"))
    names = {}
    for number, (account, party) in enumerate(sorted(parties.items()), 1):
        own = party.pk == acting.party.pk and accounts.get(account)
        anonymous = _("annotator %(n)s") % {"n": number}
        names[account] = own or f"{party_name(party)} · {anonymous}"
    return names


@page()
def agreement(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """How far the annotators agree."""
    project = _project(acting, ref)
    report = comparing.report(project)
    parties = {
        one.account: one.party
        for one in project.annotations.select_related("party").order_by("account", "id")
    }
    names = called(parties, acting)
    counts = comparing.annotators(project)
    context = {
        "project": project,
        "tasks": report.tasks,
        "alpha": _number(report.alpha),
        "alpha_word": STRENGTH.get(interpretation(report.alpha), ""),
        "rows": [
            {
                "first": names[one.first],
                "second": names[one.second],
                "tasks": one.tasks,
                "kappa": _number(one.kappa),
                "word": STRENGTH.get(interpretation(one.kappa), ""),
                "f1": _number(one.f1),
                "iou": _number(one.mean_iou),
            }
            for one in report.pairs
        ],
        "annotators": [{**one, "name": names[one["account"]]} for one in counts],
    }
    return render(request, "labelling/agreement.html", context)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
