"""`/catalog` and `/dataset/REF`: the directory in DCAT, by ending or by content negotiation."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD

from citybrain.domains.catalogue import queries
from citybrain.domains.catalogue.dcat import mapping, write
from citybrain.domains.catalogue.dcat.terms import HYDRA
from citybrain.domains.catalogue.exchange.entry import Directory, Entry, entries_of
from citybrain.domains.catalogue.public import views as public
from citybrain.domains.catalogue.public.answering import cached
from citybrain.kernel.queries import visible

PAGE = 100
"""Entries of a page of the catalogue."""
HTML = "text/html"


def _form(request: HttpRequest) -> str | None:
    """The form that the client prefers, "html" for a person; None when we have none of its."""
    offered = [*write.MEDIA_TYPES.values(), "application/json", HTML]
    preferred = request.get_preferred_type(offered)
    if preferred == HTML:
        return "html"
    if preferred == "application/json":
        return "jsonld"
    return next((form for form, one in write.MEDIA_TYPES.items() if one == preferred), None)


def _refused(status: int, zh: str, en: str) -> HttpResponse:
    return HttpResponse(f"{zh}\n{en}\n", "text/plain; charset=utf-8", status)


def _negotiated(request: HttpRequest, form: str | None) -> str | HttpResponse:
    chosen = form or _form(request)
    listed = ", ".join(write.MEDIA_TYPES.values())
    return chosen or _refused(406, f"可提供：{listed}", f"Available: {listed}")


def _answer(
    request: HttpRequest, graph: Graph, form: str, negotiated: bool, tag: str
) -> HttpResponseBase:
    """`tag` tells the entries apart from those of another time, whatever the form."""
    text = "".join(write.of_graphs([graph], form))
    response = HttpResponse(text, f"{write.MEDIA_TYPES[form]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    if negotiated:
        patch_vary_headers(response, ["Accept"])
    return cached(request, response, f"{form} {request.build_absolute_uri('/')} {tag}")


def _tag(entries: list[Entry]) -> str:
    """Changes whenever something that the answer says may have changed."""
    return repr(entries)


@require_safe
def catalogue(request: HttpRequest, form: str | None = None) -> HttpResponseBase:
    """One page of the catalogue: 100 entries, in the order of registration.

    `?page=N` counts from 1; the pages are linked by Hydra. 404 beyond the last page,
    406 when the client accepts none of our forms. People are sent to the public directory.
    """
    chosen = _negotiated(request, form)
    if isinstance(chosen, HttpResponse):
        return chosen
    if chosen == "html":
        return redirect("directory")
    directory = queries.directory(request.build_absolute_uri("/"))
    found = visible.public_resources().order_by("id")
    total = found.count()
    number, last = _page(request), max(1, -(-total // PAGE))
    if number is None or number > last:
        return _refused(404, f"没有此页，共{last}页。", f"There is no such page; {last} in all.")
    graph = mapping.new_graph()
    mapping.add_catalogue(graph, directory)
    entries = entries_of(found[(number - 1) * PAGE : number * PAGE])
    for entry in entries:
        mapping.add_dataset(graph, directory, entry)
    address = request.build_absolute_uri(request.path)
    _link_pages(graph, directory, address, (number, last, total))
    return _answer(request, graph, chosen, form is None, f"{number} {last} {_tag(entries)}")


def _page(request: HttpRequest) -> int | None:
    text = request.GET.get("page", "1")
    plain = text.isascii() and text.isdigit() and len(text) < 9
    return int(text) or None if plain else None


def _link_pages(
    graph: Graph, directory: Directory, address: str, where: tuple[int, int, int]
) -> None:
    """Hydra in its present words and in those that CKAN's harvester still reads."""
    number, last, total = where
    view = URIRef(f"{address}?page={number}")
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, RDF.type, HYDRA.PagedCollection))
    graph.add((mapping.catalogue_uri(directory), HYDRA.view, view))
    graph.add((view, HYDRA.totalItems, Literal(total, datatype=XSD.integer)))
    graph.add((view, HYDRA.itemsPerPage, Literal(PAGE, datatype=XSD.integer)))
    pages = {"first": 1, "last": last, "next": number + 1, "previous": number - 1}
    for name, page in pages.items():
        if 1 <= page <= last:
            link = URIRef(f"{address}?page={page}")
            graph.add((view, HYDRA[name], link))
            graph.add((view, HYDRA[f"{name}Page"], link))


@require_safe
def dataset(request: HttpRequest, ref: str, form: str | None = None) -> HttpResponseBase:
    """One entry by its reference. 404 for what is not published."""
    chosen = _negotiated(request, form)
    if isinstance(chosen, HttpResponse):
        return chosen
    if chosen == "html":
        response = public.resource(request, ref=ref)
        patch_vary_headers(response, ["Accept"])
        return response
    resource = visible.public_resources().filter(ref=ref).first()
    if resource is None:
        return _refused(404, "目录中没有该资源。", "There is no such resource in the directory.")
    directory = queries.directory(request.build_absolute_uri("/"))
    graph = mapping.new_graph()
    entries = entries_of([resource])
    mapping.add_dataset(graph, directory, entries[0])
    mapping.add_catalogue(graph, directory)
    return _answer(request, graph, chosen, form is None, _tag(entries))
