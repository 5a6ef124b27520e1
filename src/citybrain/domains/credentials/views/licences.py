"""The console's pages of types and licences."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.credentials import queries
from citybrain.domains.credentials.actions import licences as actions
from citybrain.domains.credentials.actions.types import describe_type
from citybrain.domains.credentials.forms import (
    BulkForm,
    IssueForm,
    ReplaceForm,
    TypeForm,
    show_faults,
)
from citybrain.domains.credentials.logic import bulk
from citybrain.domains.credentials.logic.wire import public_base
from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.domains.credentials.paper.picture import pdf_of
from citybrain.domains.credentials.views.words import STANDINGS, TONES
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError
from citybrain.kernel.queries import visible
from citybrain.ui.forms import ConsoleForm, MoveForm
from citybrain.ui.history import history_of
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed, version_of
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

TYPES = ListSpec(
    name="licence-types",
    caption=lazy("Types of licences"),
    columns=(
        Column(
            "name",
            lazy("Name"),
            lambda row: localised(row.name_zh, row.name_en),
            sort="name_zh",
            link=lambda row: reverse("licence-type", args=[row.ref]),
        ),
        Column("code", lazy("Type code"), "code", sort="code"),
        Column("office", lazy("Issuing office"), lambda row: party_name(row.office)),
        Column("holder", lazy("Kind of holder"), lambda row: row.get_holder_kind_display()),
    ),
    filters=(Filter("holder", lazy("Kind of holder"), "holder_kind", LicenceType.Holder.choices),),
    search=("name_zh__icontains", "name_en__icontains", "code__icontains"),
    default_sort="name",
    empty=lazy("No type of licence is described yet."),
)
LICENCES = ListSpec(
    name="licences",
    caption=lazy("Licences"),
    columns=(
        Column(
            "identifier",
            lazy("Licence identifier"),
            "identifier",
            sort="identifier",
            link=lambda row: reverse("licence", args=[row.ref]),
        ),
        Column(
            "type",
            lazy("Type of licence"),
            lambda row: localised(row.type.name_zh, row.type.name_en),
        ),
        Column("holder", lazy("Holder"), "holder_name", sort="holder_name"),
        Column("number", lazy("Number of the holder"), "holder_masked"),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            sort="state",
            cell=lambda row: badge(row.get_state_display(), TONES[row.state]),
        ),
        Column("to", lazy("Valid to"), "valid_to", sort="valid_to"),
        Column("issued", lazy("Issued at"), "created_at", sort="created_at"),
    ),
    filters=(Filter("state", lazy("State"), "state", Licence.State.choices),),
    search=("identifier__icontains", "holder_name__icontains"),
    search_hint=lazy("Identifier or holder"),
    default_sort="-issued",
    empty=lazy("Your office has issued no licence yet."),
)
ACTS: dict[str, Callable[..., Licence]] = {
    "suspend": actions.suspend_licence,
    "resume": actions.resume_licence,
    "revoke": actions.revoke_licence,
}
LABELS = {
    "suspend": lazy("Suspend"),
    "resume": lazy("Put into force again"),
    "revoke": lazy("Revoke"),
}
OPEN_ACTS = {"valid": ("suspend", "revoke"), "suspended": ("resume", "revoke")}


def found_type(acting: Acting, ref: str) -> LicenceType:
    """The type."""
    return visible.one(queries.types(acting), ref, "证照类型", "licence type")


def found(acting: Acting, ref: str) -> Licence:
    """The licence, if one may see it."""
    return visible.one(queries.licences(acting), ref, "证照", "licence")


@page()
def types(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """All types of licences."""
    more = {"may_describe": acting.may("licence-type.manage", acting.party)}
    return list_response(request, TYPES, queries.types(acting), "credentials/types.html", more)


@page("GET", "POST")
def describe(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Describe a new type."""
    authorise(acting, "licence-type.manage", acting.party)
    form = TypeForm(request.POST or None, initial={"issuer_code": acting.party.code or ""})
    status = 200
    if request.method == "POST":
        made, status = _tried(form, lambda: describe_type(acting_party=acting, **form.cleaned_data))
        if made:
            return redirect("licence-type", made.ref)
    back = (_("Types of licences"), reverse("licence-types"))
    return _form(request, form, _("New type of licence"), back, status)


def _tried(form: ConsoleForm, work: Callable[[], Any]) -> tuple[Any, int]:
    """(what the action made, 200), or (None, status) with the refusal in the form."""
    if not form.is_valid():
        return None, 422
    try:
        return work(), 200
    except ActionError as error:
        show_faults(form, error)
        return None, error.status


def _form(
    request: HttpRequest, form: ConsoleForm, title: str, back: tuple[str, str], status: int
) -> HttpResponseBase:
    context = {"form": form, "title": title, "back": back}
    return render(request, "credentials/form.html", context, status=status)


@page()
def show_type(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One type with its claims."""
    record = found_type(acting, ref)
    context = {
        "record": record,
        "items": [
            Item(_("Type code"), record.code),
            Item(_("Issuing office"), party_name(record.office)),
            Item(_("Credit code of the issuing office"), record.issuer_code),
            Item(_("Kind of holder"), record.get_holder_kind_display()),
            Item(_("Validity in months"), record.months or _("without end")),
            Item("vct", record.vct),
        ],
        "may_issue": acting.may("licence.manage", record.office),
        "history": history_of(record.urn, acting),
    }
    return render(request, "credentials/type.html", context)


@page("GET", "POST")
def issue(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Issue one licence of a type."""
    record = found_type(acting, ref)
    authorise(acting, "licence.manage", record.office)
    form = IssueForm(request.POST or None, type=record)
    status = 200
    if request.method == "POST":
        made, status = _tried(
            form,
            lambda: actions.issue_licence(acting_party=acting, type_ref=ref, **form.given()),
        )
        if made:
            messages.success(request, _("The licence is issued. The record is in the ledger."))
            return redirect("licence", made.ref)
    name = localised(record.name_zh, record.name_en)
    return _form(request, form, _("Issue: %(name)s") % {"name": name}, _back(record), status)


def _back(record: LicenceType) -> tuple[str, str]:
    return localised(record.name_zh, record.name_en), reverse("licence-type", args=[record.ref])


@page("GET", "POST")
def issue_many(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Issue the licences of a file, all or none."""
    record = found_type(acting, ref)
    authorise(acting, "licence.manage", record.office)
    form = BulkForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":

        def work() -> list[Licence]:
            rows = bulk.read(record, form.cleaned_data["file"].read(bulk.LARGEST + 1))
            return actions.issue_many(acting_party=acting, type_ref=ref, rows=rows)

        made, status = _tried(form, work)
        if made:
            messages.success(request, _("%(n)s licences are issued.") % {"n": len(made)})
            return redirect("licences")
    title = _("Issue from a file")
    return _form(request, form, title, _back(record), status)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The licences of one's own office."""
    return list_response(request, LICENCES, queries.licences(acting), "credentials/licences.html")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One licence."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """One licence's page, also after a refused button."""
    record = found(acting, ref)
    mine = acting.may("licence.manage", record.type.office)
    context = {
        "record": record,
        "tone": TONES[record.state],
        "standing": STANDINGS[record.standing()],
        "items": _items(record, mine),
        "acts": [(one, LABELS[one], one == "revoke") for one in _open_acts(record, mine)],
        "form": MoveForm(needs_reasons=True),
        "may_replace": mine and record.state == "valid",
        "mine": mine,
        "successor": Licence.objects.filter(replaces=record).first(),
        "history": history_of(record.urn, acting),
    }
    return render(request, "credentials/licence.html", context, status=status)


def _open_acts(record: Licence, mine: bool) -> tuple[str, ...]:
    return OPEN_ACTS.get(record.state, ()) if mine else ()


def _items(record: Licence, mine: bool) -> list[Item]:
    """The claims are shown to the issuing office alone; auditors read that there is a licence."""
    told = [
        Item(_("Licence identifier"), record.identifier),
        Item(_("Type of licence"), localised(record.type.name_zh, record.type.name_en)),
        Item(_("Number of the holder"), record.holder_masked),
        Item(_("Valid from"), record.valid_from),
        Item(_("Valid to"), record.valid_to or _("without end")),
        Item(_("Place in the status list"), f"{record.roll.number} / {record.place}"),
    ]
    if mine:
        values = record.opened()["claims"]
        titles = [(one["name"], localised(one["zh"], one["en"])) for one in record.type.claims]
        told += [Item(title, values[name]) for name, title in titles if name in values]
    return told


@page("POST")
def act(request: HttpRequest, acting: Acting, ref: str, name: str) -> HttpResponseBase:
    """Suspend, resume or revoke."""
    record = found(acting, ref)
    if name not in ACTS:
        raise Http404
    authorise(acting, "licence.manage", record.type.office)
    return pressed(
        request,
        lambda: ACTS[name](
            acting_party=acting,
            licence_ref=ref,
            reasons=request.POST.get("reasons", ""),
            expected_version=version_of(request.POST.get("expected_version", "")),
        ),
        _("Done. The record is in the ledger."),
        reverse("licence", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("GET", "POST")
def replace(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Issue the next edition."""
    record = found(acting, ref)
    authorise(acting, "licence.manage", record.type.office)
    first = record.opened()["claims"] | {"holder_name": record.holder_name}
    form = ReplaceForm(request.POST or None, type=record.type, initial=first)
    status = 200
    if request.method == "POST":
        made, status = _tried(
            form,
            lambda: actions.replace_licence(acting_party=acting, licence_ref=ref, **form.given()),
        )
        if made:
            messages.success(request, _("The next edition is issued."))
            return redirect("licence", made.ref)
    back = (record.identifier, reverse("licence", args=[ref]))
    return _form(request, form, _("Replace the licence"), back, status)


@page()
def paper(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The A4 copy for a holder without a telephone."""
    record = found(acting, ref)
    authorise(acting, "licence.manage", record.type.office)
    made = pdf_of(record, public_base(request.build_absolute_uri("/")))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{record.serial}-{record.edition}.pdf"'
    return answer
