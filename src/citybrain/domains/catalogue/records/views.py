"""`/ogc`: the addresses of OGC API – Records."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from citybrain.domains.catalogue import queries
from citybrain.domains.catalogue.exchange.entry import Directory, entries_of
from citybrain.domains.catalogue.public.answering import cached
from citybrain.domains.catalogue.records import about, asking
from citybrain.domains.catalogue.records.shapes import COLLECTION, link, moment, record
from citybrain.kernel import clock
from citybrain.kernel.queries import visible


def _directory(request: HttpRequest) -> Directory:
    return queries.directory(request.build_absolute_uri("/"))


def _answer(
    request: HttpRequest, body: Any, type_: str = about.JSON, tag: str = ""
) -> HttpResponseBase:
    response = HttpResponse(orjson.dumps(body), type_)
    response["Access-Control-Allow-Origin"] = "*"
    return cached(request, response, tag)


def _problem(status: int, title: str, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    response = HttpResponse(orjson.dumps(body), "application/problem+json", status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def landing(request: HttpRequest) -> HttpResponseBase:
    """The way in."""
    return _answer(request, about.landing(_directory(request)))


@require_safe
def conformance(request: HttpRequest) -> HttpResponseBase:
    """What is kept of the standard."""
    return _answer(request, {"conformsTo": about.CLASSES})


@require_safe
def api(request: HttpRequest) -> HttpResponseBase:
    """OpenAPI."""
    return _answer(request, about.openapi(_directory(request)), about.OPENAPI)


@require_safe
def collections(request: HttpRequest) -> HttpResponseBase:
    """The one collection, in a list."""
    directory = _directory(request)
    links = [link("self", f"{directory.base}/ogc/collections", about.JSON)]
    found = {"links": links, "collections": [about.collection(directory)]}
    return _answer(request, found)


@require_safe
def collection(request: HttpRequest) -> HttpResponseBase:
    """The directory."""
    return _answer(request, about.collection(_directory(request)))


@require_safe
def queryables(request: HttpRequest) -> HttpResponseBase:
    """What can be asked by."""
    return _answer(request, about.queryables(_directory(request)), about.SCHEMA)


@require_safe
def items(request: HttpRequest) -> HttpResponseBase:
    """A search; 400 for a parameter that is wrong or that there is not."""
    try:
        asked = asking.read(request.GET.dict())
    except asking.BadParameterError as error:
        return _problem(400, "Bad parameter", str(error))
    directory = _directory(request)
    found = asking.matching(visible.public_resources(), asked)
    total = found.order_by().count()
    rows = found.order_by("id")[asked.offset : asked.offset + asked.limit]
    entries = entries_of(rows)
    body = {
        "type": "FeatureCollection",
        "timeStamp": moment(clock.now()),
        "numberMatched": total,
        "numberReturned": len(entries),
        "features": [record(directory, one) for one in entries],
        "links": _links(request, directory, asked, total),
    }
    tag = f"{request.build_absolute_uri()} {total} {entries!r}"
    return _answer(request, body, about.GEOJSON, tag)


def _links(
    request: HttpRequest, directory: Directory, asked: asking.Asked, total: int
) -> list[dict[str, str]]:
    home = f"{directory.base}/ogc/collections/{COLLECTION}"
    steps = {"self": asked.offset}
    if asked.offset + asked.limit < total:
        steps["next"] = asked.offset + asked.limit
    if asked.offset:
        steps["prev"] = max(0, asked.offset - asked.limit)
    found = [link("collection", home, about.JSON)]
    for rel, offset in steps.items():
        given: dict[str, str] = request.GET.dict()
        query = urlencode({**given, "limit": str(asked.limit), "offset": str(offset)})
        found.append(link(rel, f"{home}/items?{query}", about.GEOJSON))
    return found


@require_safe
def item(request: HttpRequest, ref: str) -> HttpResponseBase:
    """One record. 404 for what is not published."""
    resource = visible.public_resources().filter(ref=ref).first()
    if resource is None:
        return _problem(404, "Not found", "There is no such record.")
    directory, entries = _directory(request), entries_of([resource])
    return _answer(request, record(directory, entries[0]), about.GEOJSON)
