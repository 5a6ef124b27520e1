"""Cases: the list, one with its steps and papers, and what the office does with it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.flows.actions import runs as actions
from citybrain.flows.models import PackVersion, Run
from citybrain.flows.packs import Pack
from citybrain.flows.packs.model import Ask
from citybrain.flows.queries import visible_runs
from citybrain.flows.versions import active, pack_of
from citybrain.flows.views.case import case_context
from citybrain.flows.views.forms import ContractForm
from citybrain.flows.wording import TONES, text, words
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.pages import text as error_text
from citybrain.ui.templatetags.ui import badge


def _result(row: Run) -> str:
    return text(pack_of(row.pack), f"results.{row.result}") if row.result else ""


def _step(row: Run) -> str:
    done = row.state in (Run.State.ENDED, Run.State.CANCELLED)
    return "" if done else text(pack_of(row.pack), f"steps.{row.step}")


def _state(row: Run) -> Any:
    return badge(row.get_state_display(), TONES[row.state])


def _packs() -> list[tuple[str, str]]:
    rows = PackVersion.objects.exclude(state=PackVersion.State.DRAFT).order_by("code", "-number")
    found: dict[str, str] = {}
    for one in rows.only("code", "title_zh", "title_en"):
        found.setdefault(one.code, str(localised(one.title_zh, one.title_en)))
    return list(found.items())


RUNS = ListSpec(
    name="runs",
    caption=lazy("Cases"),
    columns=(
        Column(
            "number",
            lazy("Number"),
            "number",
            sort="number",
            link=lambda row: reverse("run", args=[row.ref]),
        ),
        Column(
            "pack",
            lazy("Scenario"),
            lambda row: localised(row.pack.title_zh, row.pack.title_en),
            sort="pack__code",
        ),
        Column("party", lazy("Office"), lambda row: party_name(row.party)),
        Column("step", lazy("Step"), _step),
        Column("state", lazy("Status"), "get_state_display", sort="state", cell=_state),
        Column("result", lazy("Result"), _result),
        Column("begun", lazy("Begun"), "created_at", sort="created_at"),
        Column("ended", lazy("Finished"), "ended_at", sort="ended_at"),
    ),
    filters=(
        Filter("state", lazy("Status"), "state", Run.State.choices),
        Filter("pack", lazy("Scenario"), "pack__code", _packs),
    ),
    search=("number__istartswith",),
    search_hint=lazy("Beginning of the number"),
    default_sort="-begun",
    count_cap=2000,
    empty=lazy("No case has begun yet. Begin one on the page of a scenario."),
)


def _whole(rows: QuerySet[Run]) -> QuerySet[Run]:
    """Parts of an `each` are shown on the page of their whole."""
    return rows.filter(parent=None)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The cases of one's office."""
    return list_response(request, RUNS, _whole(visible_runs(acting)), "flows/runs.html")


def found(acting: Acting, ref: str) -> Run:
    """The run, if one may see it."""
    run = visible_runs(acting).filter(ref=ref).first()
    if run is None:
        raise NotFound("not-found", "找不到该办件。", "There is no such run.")
    return run


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One case."""
    return shown(request, acting, ref)


def shown(
    request: HttpRequest,
    acting: Acting,
    ref: str,
    status: int = 200,
    form: ContractForm | None = None,
) -> HttpResponseBase:
    """The page, also after a refused button."""
    context = case_context(found(acting, ref), acting, form)
    return render(request, "flows/run.html", context, status=status)


@page("GET", "POST")
def start(request: HttpRequest, acting: Acting, code: str) -> HttpResponseBase:
    """Begin a case with the fields that the pack asks for."""
    version = active(code)
    if version is None:
        raise NotFound("not-found", "该场景未启用。", "There is no such scenario in use.")
    authorise(acting, "run.work", version.owner)
    pack = pack_of(version)
    form = ContractForm(pack, _asked(pack), request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = form.given()
                run = actions.start_run(acting_party=acting, code=code, given=given)
                return redirect("run", run.ref)
            except ActionError as error:
                status = error.status
                show_problems(form, error)
    context = {"pack": version, "form": form, "groups": grouped(pack, form)}
    return render(request, "flows/start.html", context | rules_of(pack), status=status)


def _asked(pack: Pack) -> list[str]:
    names = [name for one in pack.flow.steps if isinstance(one, Ask) for name in one.fields]
    return list(dict.fromkeys(names))


def show_problems(form: ContractForm, error: ActionError) -> None:
    """Each beside its field."""
    placed = False
    for name, told in error.fields.items():
        if name in form.fields:
            form.add_error(name, words(*told))
            placed = True
    if not placed:
        form.add_error(None, error_text(error))


def grouped(pack: Pack, form: ContractForm) -> list[dict[str, Any]]:
    """The form's fields in the groups and the order of `ui.json`."""
    order = {one.field: one for one in pack.controls}
    names = [*(n for n in order if n in form.fields), *(n for n in form.fields if n not in order)]
    groups: dict[str, list[Any]] = {}
    for name in names:
        control = order.get(name)
        title = text(pack, control.group) if control and control.group else ""
        shown_if = control.shown if control else ""
        groups.setdefault(title, []).append((form[name], name, shown_if))
    return [{"title": title, "fields": fields} for title, fields in groups.items()]


def rules_of(pack: Pack) -> dict[str, Any]:
    """What the browser needs to show and hide fields by the pack's own expressions."""
    types = {name: one.field.type for name, one in pack.contract.properties.items()}
    return {"field_types": types}


@page("POST")
def answer(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Give the fields that the present step asks for."""
    run = found(acting, ref)
    pack = pack_of(run.pack)
    step = pack.steps[run.step]
    names = list(step.fields) if isinstance(step, Ask) else []
    form = ContractForm(pack, names, request.POST)
    if not form.is_valid():
        authorise(acting, "run.work", run.party)
        return shown(request, acting, ref, 422, form)
    return _pressed(
        request,
        acting,
        ref,
        lambda: actions.answer_step(acting_party=acting, run_ref=ref, given=form.given()),
        _("The answers are kept; the case goes on."),
    )


def _pressed(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], Any], done: str
) -> HttpResponseBase:
    return pressed(
        request,
        work,
        done,
        reverse("run", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def decide(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """End the step that waits for a person."""
    run = found(acting, ref)
    pack = pack_of(run.pack)
    step = pack.steps.get(request.POST.get("step", ""))
    form = ContractForm(pack, list(getattr(step, "fields", ())), request.POST)
    if not form.is_valid():
        authorise(acting, "run.work", run.party)
        return shown(request, acting, ref, 422, form)
    return _pressed(
        request,
        acting,
        ref,
        lambda: actions.decide_step(
            acting_party=acting,
            run_ref=ref,
            step=request.POST.get("step", ""),
            outcome=request.POST.get("outcome", ""),
            given=form.given(),
            reasons=request.POST.get("reasons", "")[:2000],
        ),
        _("Done. The record is in the ledger."),
    )


@page("POST")
def event(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Say that what the case waits for has come."""
    found(acting, ref)
    name = request.POST.get("event", "")
    return _pressed(
        request,
        acting,
        ref,
        lambda: actions.tell_event(acting_party=acting, run_ref=ref, event=name),
        _("Done. The record is in the ledger."),
    )


@page("POST")
def cancel(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Withdraw the case."""
    found(acting, ref)
    reasons = request.POST.get("reasons", "")[:2000]
    return _pressed(
        request,
        acting,
        ref,
        lambda: actions.cancel_run(acting_party=acting, run_ref=ref, reasons=reasons),
        _("The case is withdrawn; its clocks have stopped."),
    )


@page("POST")
def retry(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Try the step again that stopped."""
    found(acting, ref)
    return _pressed(
        request,
        acting,
        ref,
        lambda: actions.retry_run(acting_party=acting, run_ref=ref),
        _("The step is tried again."),
    )
