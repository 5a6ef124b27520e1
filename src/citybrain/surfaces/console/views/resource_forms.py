"""Registering and changing a resource: the description, and the metadata of its kind."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.kernel.kinds import Kind
from citybrain.kernel.models import Resource
from citybrain.surfaces.console.forms.description import DescriptionForm, initial_of
from citybrain.surfaces.console.forms.faults import show_faults
from citybrain.surfaces.console.forms.metadata import PREFIX, MetadataForm
from citybrain.surfaces.console.forms.plain import KindForm
from citybrain.surfaces.console.views.resources import found
from citybrain.ui.forms import MoveForm
from citybrain.ui.labels import known_kind
from citybrain.ui.pages import page, version_of


@page("GET", "POST")
def register(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """A new resource; the first question is its kind."""
    authorise(acting, "resource.manage", acting.party)
    code = request.GET.get("kind", "")
    kind = known_kind(code)
    if kind is None:
        form = KindForm(request.GET if code else None)
        context = {"form": form, "missing": bool(code)}
        return render(request, "console/resource_kind.html", context, status=422 if code else 200)
    description = DescriptionForm(request.POST or None)
    metadata = MetadataForm(kind, request.POST or None)
    if request.method != "POST":
        return _shown(request, kind, description, metadata)
    return _save(
        request,
        kind,
        description,
        metadata,
        lambda fields, given: actions.register_resource(
            acting_party=acting, kind=kind.code, metadata=given, **fields
        ),
        _("The resource is registered as a draft. Publish it when it is complete."),
    )


@page("GET", "POST")
def change(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Change the description and the metadata."""
    resource = found(acting, ref)
    authorise(acting, "resource.manage", resource.owner)
    kind = known_kind(resource.kind)
    if kind is None:
        raise NotFound("unknown-kind", "该资源类型已停用。", "This kind is not installed.")
    description = DescriptionForm(
        request.POST or None,
        initial=initial_of(resource),
        fixed_code=True,
        source=resource.source_party,
    )
    metadata = MetadataForm(kind, request.POST or None, resource.metadata)
    if request.method != "POST":
        return _shown(request, kind, description, metadata, resource)
    expected = request.POST.get("expected_version", "")
    return _save(
        request,
        kind,
        description,
        metadata,
        lambda fields, given: actions.change_resource(
            acting_party=acting,
            resource_ref=ref,
            expected_version=version_of(expected),
            metadata=given,
            reasons=request.POST.get("reasons", ""),
            **fields,
        ),
        _("The change is saved."),
        resource,
    )


def _save(
    request: HttpRequest,
    kind: Kind,
    description: DescriptionForm,
    metadata: MetadataForm,
    work: Any,
    done: str,
    resource: Resource | None = None,
) -> HttpResponseBase:
    both = [description.is_valid(), metadata.is_valid()]
    if metadata.wants_more:
        description.errors.clear()
        metadata.errors.clear()
        return _shown(request, kind, description, metadata, resource)
    status = 422
    if all(both):
        try:
            saved = work(description.cleaned_data, metadata.metadata())
        except ActionError as error:
            status = error.status
            _tell(description, metadata, error)
        else:
            messages.success(request, done)
            return redirect("resource", saved.ref)
    return _shown(request, kind, description, metadata, resource, status)


def _tell(description: DescriptionForm, metadata: MetadataForm, error: ActionError) -> None:
    """Faults of the metadata go beside the metadata, all others to the description."""
    if any(name.startswith(PREFIX) for name in error.fields):
        show_faults(metadata, error, metadata.input_of)
    else:
        show_faults(description, error)


def _shown(
    request: HttpRequest,
    kind: Kind,
    description: DescriptionForm,
    metadata: MetadataForm,
    resource: Resource | None = None,
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "kind": kind,
        "resource": resource,
        "description": description,
        "metadata": metadata,
        "why": MoveForm(request.POST or None, label=_("Reasons of the change")),
    }
    return render(request, "console/resource_form.html", context, status=status)
