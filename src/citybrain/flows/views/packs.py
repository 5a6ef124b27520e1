"""Scenario packs: the list, the picture of each, and what its owner can do with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.flows.actions import packs as actions
from citybrain.flows.decisions import write_dmn
from citybrain.flows.faults import FaultyError
from citybrain.flows.models import PackVersion
from citybrain.flows.packs.archive import read_zip, write_zip
from citybrain.flows.queries import newest_packs, visible_packs
from citybrain.flows.versions import pack_of
from citybrain.flows.views.forms import UploadForm
from citybrain.flows.views.picture import page_context
from citybrain.flows.wording import KINDS, TONES, fault_text
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed, text
from citybrain.ui.templatetags.ui import badge


def _state(row: PackVersion) -> Any:
    return badge(row.get_state_display(), TONES[row.state])


def _title(row: PackVersion) -> str:
    return str(localised(row.title_zh, row.title_en))


PACKS = ListSpec(
    name="scenarios",
    caption=lazy("Scenario packs"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            _title,
            sort="title_zh",
            link=lambda row: reverse("scenario", args=[row.ref]),
        ),
        Column("kind", lazy("Kind"), lambda row: KINDS.get(row.kind, row.kind), sort="kind"),
        Column("owner", lazy("Office"), lambda row: party_name(row.owner)),
        Column("version", lazy("Version"), "label"),
        Column("state", lazy("Status"), "get_state_display", sort="state", cell=_state),
        Column("since", lazy("In use since"), "activated_at", sort="activated_at"),
    ),
    filters=(
        Filter("kind", lazy("Kind"), "kind", lambda: list(KINDS.items())),
        Filter("state", lazy("Status"), "state", PackVersion.State.choices),
    ),
    search=("title_zh__icontains", "title_en__icontains", "code__icontains"),
    search_hint=lazy("Title or code"),
    default_sort="title",
    empty=lazy("No pack was imported yet. Import one here or with ./citybrain scenario import."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """One row a pack: the version in use, or the newest."""
    context = {"may_import": acting.may("pack.manage", acting.party)}
    return list_response(request, PACKS, newest_packs(acting), "flows/packs.html", context)


def found(acting: Acting, ref: str) -> PackVersion:
    """The version, if one may see it."""
    version = visible_packs(acting).filter(ref=ref).first()
    if version is None:
        raise NotFound("not-found", "找不到该场景包。", "There is no such pack.")
    return version


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The picture of a version."""
    return shown(request, acting, ref)


def shown(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    """The page, also after a refused button. `?example=` draws the way that an example goes."""
    version = found(acting, ref)
    try:
        context = page_context(version, acting, request.GET.get("example", ""))
    except FaultyError as error:
        context = {"pack": version, "faults": _told(error)}
    return render(request, "flows/pack.html", context, status=status)


def _told(error: FaultyError) -> list[tuple[str, str]]:
    return [(one.place, fault_text(one)) for one in error.faults]


@page("POST")
def activate(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Bring a version into use."""
    found(acting, ref)
    return pressed(
        request,
        lambda: actions.activate_pack(acting_party=acting, version_ref=ref),
        _("New cases begin with this version from now on."),
        reverse("scenario", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def stop(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take a version out of use."""
    found(acting, ref)
    return pressed(
        request,
        lambda: actions.stop_pack(acting_party=acting, version_ref=ref),
        _("No new case begins; those under way go on."),
        reverse("scenario", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("POST")
def bind(request: HttpRequest, acting: Acting, ref: str, name: str) -> HttpResponseBase:
    """Choose the agreement under which a resource is used."""
    version = found(acting, ref)
    return pressed(
        request,
        lambda: actions.bind_resource(
            acting_party=acting,
            code=version.code,
            name=name,
            agreement_ref=request.POST.get("agreement", "")[:26],
        ),
        _("The resource is used under this agreement from now on."),
        reverse("scenario", args=[ref]),
        lambda status: shown(request, acting, ref, status),
    )


@page("GET", "POST")
def upload(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Import a zip as a draft."""
    authorise(acting, "pack.manage", acting.party)
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                files = read_zip(form.cleaned_data["file"].read())
                made = actions.import_pack(
                    acting_party=acting, files=files, note=form.cleaned_data["note"]
                )
                return redirect("scenario", made.ref)
            except FaultyError as error:
                for place, words in _told(error):
                    form.add_error("file", f"{place} {words}")
            except ActionError as error:
                status = error.status
                form.add_error("file", text(error))
    return render(request, "flows/upload.html", {"form": form}, status=status)


@page()
def download(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The version as a zip: the same bytes wherever it is packed."""
    version = found(acting, ref)
    body = write_zip(version.files)
    name = f"{version.code}-{version.label}.zip"
    return _file(body, "application/zip", name)


@page()
def dmn(request: HttpRequest, acting: Acting, ref: str, table: str) -> HttpResponseBase:
    """A decision table as DMN 1.3."""
    pack = pack_of(found(acting, ref))
    if table not in pack.tables:
        raise NotFound("not-found", "找不到该决策表。", "There is no such table.")
    return _file(write_dmn(pack.tables[table]), "application/xml", f"{table}.dmn")


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
