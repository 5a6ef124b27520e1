"""血缘: what a resource comes from and what came of it, drawn and as a table."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import relations as actions
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import Relation
from citybrain.kernel.queries import lineage
from citybrain.surfaces.console.forms.faults import attempt
from citybrain.surfaces.console.lineage import drawing
from citybrain.surfaces.console.views.resources import found
from citybrain.ui.forms import ConsoleForm
from citybrain.ui.pages import page, pressed

DEPTH = 2


class RelationForm(ConsoleForm):
    """A statement about one's own resource."""

    type = forms.ChoiceField(label=lazy("This resource is"), choices=Relation.Type.choices)
    target = forms.CharField(
        label=lazy("The other resource"),
        max_length=80,
        help_text=lazy("Its directory code or reference."),
    )
    note = forms.CharField(label=lazy("Note"), max_length=300, required=False)


@page("GET", "POST")
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The drawing; stewards of the owner state relations here."""
    resource = found(acting, ref)
    form = RelationForm(request.POST or None)
    if request.method != "POST":
        return _shown(request, acting, ref, form)
    authorise(acting, "resource.manage", resource.owner)
    status = 422
    if form.is_valid():
        made, status = attempt(form, lambda: _state(acting, ref, form.cleaned_data))
        if made:
            return redirect("resource-lineage", ref)
    return _shown(request, acting, ref, form, status)


def _state(acting: Acting, ref: str, given: dict[str, Any]) -> Relation:
    return actions.state_relation(acting_party=acting, source_ref=ref, **given)


def _depth(request: HttpRequest) -> int:
    text = request.GET.get("depth", "")
    return min(max(int(text), 1), lineage.DEEPEST) if text.isascii() and text.isdigit() else DEPTH


def _shown(
    request: HttpRequest,
    acting: Acting,
    ref: str,
    form: RelationForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    resource, depth = found(acting, ref), _depth(request)
    around = lineage.around(acting, resource, depth)
    rows = [
        {
            "relation": one,
            "source": around.resources[one.source_id],
            "target": around.resources[one.target_id],
            "may_end": acting.may("resource.manage", around.resources[one.source_id].owner),
        }
        for one in around.relations
        if {one.source_id, one.target_id} <= set(around.resources)
    ]
    context = {
        "resource": resource,
        "drawing": drawing(around) if rows else None,
        "rows": rows,
        "cut": around.cut,
        "depth": depth,
        "depths": range(1, lineage.DEEPEST + 1),
        "manages": acting.may("resource.manage", resource.owner),
        "form": form or RelationForm(),
        "open": status != 200,
    }
    return render(request, "console/resource_lineage.html", context, status=status)


@page("POST")
def end(request: HttpRequest, acting: Acting, ref: str, relation: str) -> HttpResponseBase:
    """Take a statement back."""
    resource = found(acting, ref)
    seen = lineage.stated(acting, resource).filter(ref=relation)
    if not seen.exists():
        raise NotFound("not-found", "找不到该关系。", "There is no such relation.")
    return pressed(
        request,
        lambda: actions.end_relation(acting_party=acting, relation_ref=relation),
        _("The relation is taken back."),
        reverse("resource-lineage", args=[ref]),
        lambda code: _shown(request, acting, ref, None, code),
    )
