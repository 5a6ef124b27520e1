"""Datasets: the list, one version's page with its card, and the card as Markdown."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.labelling import queries
from citybrain.domains.labelling.logic.card import DatasetMetadata, markdown
from citybrain.domains.labelling.logic.manifest import SPLITS, Manifest
from citybrain.domains.labelling.serving import folder
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.ui.labels import localised, party_name, resource_title, tone
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.shapes import Item
from citybrain.ui.templatetags.ui import badge

SHOWN_FILES = 200
DATASETS = ListSpec(
    name="datasets",
    caption=lazy("Datasets"),
    columns=(
        Column(
            "title",
            lazy("Title"),
            resource_title,
            sort="title_zh",
            link=lambda row: reverse("resource-dataset", args=[row.ref]),
        ),
        Column("code", lazy("Directory code"), "code", sort="code"),
        Column("owner", lazy("Owner"), lambda row: party_name(row.owner)),
        Column("items", lazy("Items"), lambda row: row.facts.get("items"), numeric=True),
        Column("files", lazy("Files"), lambda row: row.facts.get("files"), numeric=True),
        Column(
            "status",
            lazy("State"),
            lambda row: row.get_status_display(),
            sort="status",
            cell=lambda row: badge(row.get_status_display(), tone(row.status)),
        ),
        Column("published", lazy("Published"), "published_at", sort="published_at"),
    ),
    filters=(Filter("status", lazy("State"), "status", Resource.Status.choices),),
    search=("title_zh__icontains", "title_en__icontains", "code__icontains"),
    search_hint=lazy("Title or code"),
    default_sort="-published",
    empty=lazy("There is no dataset yet. A finished labelling project makes one."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Datasets that one may see."""
    return list_response(request, DATASETS, queries.datasets(acting), "labelling/datasets.html")


def _found(acting: Acting, ref: str) -> tuple[Resource, DatasetMetadata]:
    resource = visible.one(queries.datasets(acting), ref, "数据集", "dataset")
    return resource, DatasetMetadata.model_validate(resource.metadata)


def _manifest(card: DatasetMetadata) -> Manifest | None:
    """The version's manifest; None when what lies there is not it."""
    try:
        manifest = folder.manifest_of(data_root(), card.path)
    except ServeError:
        return None
    return manifest if manifest.digest() == card.digest else None


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The card, the splits and the manifest of one version."""
    resource, card = _found(acting, ref)
    manifest = _manifest(card)
    context = {
        "resource": resource,
        "tone": tone(resource.status),
        "card": _card(card),
        "guideline": card.guideline,
        "labels": card.labels,
        "manifest": manifest,
        "splits": [(one, manifest.splits[one]) for one in SPLITS if one in manifest.splits]
        if manifest
        else [],
        "files": manifest.files[:SHOWN_FILES] if manifest else [],
        "more": max(0, len(manifest.files) - SHOWN_FILES) if manifest else 0,
        "digest": card.digest,
    }
    return render(request, "labelling/dataset.html", context)


def _card(card: DatasetMetadata) -> list[Item]:
    rows = [
        Item(_("What it is"), localised(card.description_zh, card.description_en)),
        Item(_("Source and collection"), card.origin),
        Item(_("Intended use"), card.purpose),
        Item(_("Known limits"), card.limits),
        Item(_("Licence"), card.licence),
        Item(_("Holds personal data"), card.personal_data),
    ]
    return [one for one in rows if one.value not in ("", None)]


@page()
def card(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The card as Markdown."""
    resource, described = _found(acting, ref)
    manifest = _manifest(described)
    if manifest is None:
        missing = folder.missing()
        return HttpResponse(localised(missing.detail_zh, missing.detail_en), status=409)
    body = markdown(resource.title_zh, resource.title_en, described, manifest)
    response = HttpResponse(body, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dataset-{resource.ref}.md"'
    return response
