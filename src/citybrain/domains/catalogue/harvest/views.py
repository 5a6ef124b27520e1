"""目录采集: the catalogues that an office takes in, and what each run did."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.catalogue.harvest import actions
from citybrain.domains.catalogue.models import HarvestRun, HarvestSource
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.ui.forms import ConsoleForm
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

SHOWN_RUNS, SHOWN_REFUSED = 20, 200


def sources(acting: Acting) -> Any:
    """Those of one's own party; the bureau's administrators and auditors see all."""
    found = HarvestSource.objects.select_related("owner").filter(dropped_at=None)
    return found if acting.reads_all else found.filter(owner=acting.party)


def state_of(source: HarvestSource) -> tuple[str, str]:
    """Words and tone."""
    if source.beat_at:
        return _("Running"), "info"
    if source.asked_at:
        return _("Waits for the worker"), "info"
    return (_("Switched on"), "good") if source.active else (_("Switched off"), "neutral")


def _badge(source: HarvestSource) -> Any:
    return badge(*state_of(source))


def last_words(source: HarvestSource) -> str:
    """The newest run in short."""
    last = source.runs.first()
    return run_words(last) if last else _("Never run")


def run_words(run: HarvestRun) -> str:
    """A run in short."""
    if run.outcome == HarvestRun.Outcome.FAILED:
        return _("Failed: %(reason)s") % {"reason": reason_words(run.reason)}
    counts = {"new": run.new, "changed": run.changed, "gone": run.gone, "same": run.same}
    told = _("%(new)s new, %(changed)s changed, %(gone)s gone, %(same)s the same") % counts
    refused = len(run.refused)
    return told + (_(", %(n)s refused") % {"n": refused} if refused else "")


def reason_words(reason: str) -> str:
    """Why a peer could not be read; the code itself for one without words."""
    return {
        "timeout": _("the peer did not answer in time"),
        "status": _("the peer answered with an error"),
        "garbage": _("the peer sent what is no catalogue"),
        "unknown-media-type": _("the peer sent what is no catalogue"),
        "too-large": _("the peer sent too much"),
        "address-refused": _("the address lies in a private network"),
        "unknown-host": _("there is no such host"),
        "unreachable": _("the peer cannot be reached"),
        "incomplete": _("the peer sent less than it promised"),
        "repeats": _("the peer repeats itself"),
    }.get(reason, reason)


SOURCES = ListSpec(
    name="harvest",
    caption=lazy("Harvested catalogues"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            "title",
            sort="title",
            link=lambda row: reverse("harvest-source", args=[row.ref]),
        ),
        Column("type", lazy("Type"), lambda row: row.get_type_display(), sort="type"),
        Column("owner", lazy("Office"), lambda row: party_name(row.owner), sort="owner__name_zh"),
        Column("state", lazy("State"), lambda row: state_of(row)[0], cell=_badge),
        Column("last", lazy("Last run"), last_words),
        Column("new", lazy("Number"), "pk", sort="pk", numeric=True),
    ),
    filters=(Filter("type", lazy("Type"), "type", HarvestSource.Type.choices),),
    search=("title__icontains", "url__icontains"),
    default_sort="-new",
    empty=lazy("No other catalogue is harvested yet."),
)


class SourceForm(ConsoleForm):
    """A catalogue to take in."""

    title = forms.CharField(label=lazy("Title"), max_length=200)
    type = forms.ChoiceField(label=lazy("Type"), choices=HarvestSource.Type.choices)
    url = forms.CharField(
        label=lazy("Address"),
        max_length=500,
        help_text=lazy("Of CKAN: the site. Of DCAT: the document or its first page."),
    )
    every_hours = forms.IntegerField(label=lazy("Hours between runs"), initial=24)
    before = forms.CharField(
        label=lazy("Prefix of codes"),
        max_length=20,
        required=False,
        help_text=lazy("Keeps its codes apart from ours."),
    )
    update_cycle = forms.ChoiceField(
        label=lazy("Update cycle where it says none"),
        choices=[("", "—"), *Resource.UpdateCycle.choices],
        required=False,
    )
    publish = forms.BooleanField(label=lazy("Publish what comes"), required=False)
    private_network = forms.BooleanField(
        label=lazy("It may lie in a private network"), required=False
    )

    def source(self) -> dict[str, Any]:
        """As the action takes it; Django's forms have a `prefix` of their own."""
        given = dict(self.cleaned_data)
        return {"prefix": given.pop("before"), **given}


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The sources that one may see."""
    context = {"may_add": acting.may("resource.manage", acting.party)}
    return list_response(
        request, SOURCES, sources(acting), "catalogue/harvest/sources.html", context
    )


@page("GET", "POST")
def add(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """A further source."""
    authorise(acting, "resource.manage", acting.party)
    form = SourceForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.add_source(acting_party=acting, **form.source())
            except ActionError as error:
                status = error.status
                _tell(form, error)
            else:
                return redirect("harvest-source", made.ref)
    return render(request, "catalogue/harvest/add.html", {"form": form}, status=status)


def _tell(form: SourceForm, error: ActionError) -> None:
    english = (get_language() or "zh").startswith("en")
    for name, words in error.fields.items():
        field = "before" if name == "prefix" else name
        form.add_error(field if field in form.fields else None, words[english])
    if not error.fields:
        form.add_error(None, error.text(get_language() or "zh-hans"))


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One source and its runs."""
    return _shown(request, acting, ref)


def _shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    source = visible.one(sources(acting), ref, "来源", "source")
    runs = list(source.runs.all()[:SHOWN_RUNS])
    english = (get_language() or "zh").startswith("en")
    context = {
        "source": source,
        "state": state_of(source),
        "basics": _basics(source),
        "runs": [(one, run_words(one)) for one in runs],
        "refused": [
            (one["entry"], one["en" if english else "zh"])
            for one in (runs[0].refused if runs else [])[:SHOWN_REFUSED]
        ],
        "refused_count": len(runs[0].refused) if runs else 0,
        "manages": acting.may("resource.manage", source.owner),
    }
    return render(request, "catalogue/harvest/source.html", context, status=status)


def _basics(source: HarvestSource) -> list[Item]:
    return [
        Item(_("Type"), source.get_type_display()),
        Item(_("Address"), source.url),
        Item(_("Office"), party_name(source.owner)),
        Item(_("Hours between runs"), source.every_hours),
        Item(_("Prefix of codes"), source.prefix),
        Item(_("Update cycle where it says none"), source.get_update_cycle_display()),
        Item(_("Publish what comes"), source.publish),
        Item(_("It may lie in a private network"), source.private_network),
        Item(_("Entries taken"), source.entries.count()),
    ]


def _act(request: HttpRequest, acting: Acting, ref: str, work: Any, done: str) -> HttpResponseBase:
    visible.one(sources(acting), ref, "来源", "source")
    url = reverse("harvest-source", args=[ref])
    return pressed(request, work, done, url, lambda code: _shown(request, acting, ref, code))


@page("POST")
def run(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Ask the worker for a run."""
    return _act(
        request,
        acting,
        ref,
        lambda: actions.ask_run(acting_party=acting, source_ref=ref),
        _("The worker begins the run within a minute."),
    )


@page("POST")
def switch(request: HttpRequest, acting: Acting, ref: str, to: str) -> HttpResponseBase:
    """On or off."""
    return _act(
        request,
        acting,
        ref,
        lambda: actions.switch_source(acting_party=acting, source_ref=ref, active=to == "on"),
        _("The source is switched on.") if to == "on" else _("The source is switched off."),
    )


@page("POST")
def drop(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Never again."""
    visible.one(sources(acting), ref, "来源", "source")
    return pressed(
        request,
        lambda: actions.drop_source(acting_party=acting, source_ref=ref),
        _("The source is dropped."),
        reverse("harvest"),
        lambda code: _shown(request, acting, ref, code),
    )
