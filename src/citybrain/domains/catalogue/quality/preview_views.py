"""The tab 预览 of a resource: its first rows, masked; unmasked after a reason, on record."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from citybrain.domains.catalogue.quality import queries
from citybrain.domains.catalogue.quality.actions import decisions
from citybrain.domains.catalogue.quality.forms import ReasonsForm
from citybrain.domains.catalogue.quality.preview import Preview, Row, preview
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.models import Resource
from citybrain.ui.history import history_of
from citybrain.ui.labels import localised
from citybrain.ui.pages import page, text


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Masked rows, for the owner's party and the bureau."""
    return _shown(request, acting, _resource(acting, ref))


def _resource(acting: Acting, ref: str) -> Resource:
    resource = queries.table_resource(acting, ref)
    if not queries.is_insider(acting, resource):
        raise NotFound("not-found", "找不到该数据表。", "There is no such table.")
    return resource


@page("POST")
def unmask(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Open the rows once: the answer to this request shows them, no address does."""
    resource = _resource(acting, ref)
    reasons = request.POST.get("reasons", "")
    try:
        decisions.unmask_preview(acting_party=acting, resource_ref=ref, reasons=reasons)
    except NotFound:
        raise
    except ActionError as error:
        return _shown(request, acting, resource, error.status, text(error))
    return _shown(request, acting, resource, unmasked=True)


def _shown(
    request: HttpRequest,
    acting: Acting,
    resource: Resource,
    status: int = 200,
    fault: str = "",
    unmasked: bool = False,
) -> HttpResponseBase:
    found, reason = _read(resource, unmasked)
    may_raise = acting.may("issue.raise", acting.party)
    context = {
        "resource": resource,
        "preview": found,
        "rows": _lines(resource, found, may_raise) if found else [],
        "heads": [(name, name in found.hidden) for name in found.names] if found else [],
        "reason": reason,
        "fault": fault,
        "unmasked": unmasked,
        "may_raise": may_raise,
        "may_unmask": acting.may("preview.unmask", resource.owner),
        "form": ReasonsForm(auto_id="unmask-%s"),
        "history": history_of(resource.urn, acting),
    }
    answer = render(request, "catalogue/preview.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _read(resource: Resource, unmasked: bool) -> tuple[Preview | None, str]:
    try:
        return preview(resource, data_root(), unmasked), ""
    except ServeError as error:
        return None, localised(error.detail_zh, error.detail_en)


def _lines(resource: Resource, found: Preview, may_raise: bool) -> list[dict[str, object]]:
    """Rows for the template, each with the address that reports it."""
    return [
        {
            "number": row.number,
            "key": row.key,
            "cells": list(zip(found.names, row.cells, strict=True)),
            "report": _report(resource, row) if may_raise else "",
        }
        for row in found.rows
    ]


def _report(resource: Resource, row: Row) -> str:
    return f"{reverse('issue-raise')}?{urlencode({'resource': resource.ref, 'row': row.key})}"
