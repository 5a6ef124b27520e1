"""All entries of a peer, page by page, until it says that there are no more."""

from collections.abc import Callable
from urllib.parse import urlencode, urljoin, urlsplit

import orjson
from rdflib import Graph
from rdflib.namespace import RDF

from citybrain.domains.catalogue.ckan import read as ckan
from citybrain.domains.catalogue.dcat import read as dcat
from citybrain.domains.catalogue.dcat.terms import HYDRA
from citybrain.domains.catalogue.exchange.foreign import Foreign
from citybrain.domains.catalogue.harvest.fetch import Fetcher, PeerError
from citybrain.kernel.errors import Invalid

ROWS = 500
"""Packages asked for at a time; a peer may give fewer."""
FORMS = {
    "text/turtle": "ttl",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
}
ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"


def all_entries(type_: str, url: str, fetcher: Fetcher) -> list[Foreign]:
    """Every entry once. Raises `PeerError` when the peer cannot be read to its end."""
    read: dict[str, Callable[[str, Fetcher], list[Foreign]]] = {"ckan": _ckan, "dcat": _dcat}
    try:
        return read[type_](url, fetcher)
    except Invalid as error:
        raise PeerError("garbage", error.en[:300]) from None


def _keep(found: dict[str, Foreign], rows: list[Foreign], fetcher: Fetcher) -> int:
    """How many were not there before."""
    before = len(found)
    for one in rows:
        found.setdefault(one.id, one)
    if len(found) > fetcher.limits.entries:
        raise PeerError("too-many-entries")
    return len(found) - before


def _ckan(url: str, fetcher: Fetcher) -> list[Foreign]:
    """By `package_search`, whose count must agree with what comes."""
    found: dict[str, Foreign] = {}
    start = 0
    for _ in range(fetcher.limits.pages):
        query = urlencode({"rows": ROWS, "start": start, "sort": "name asc"})
        address = f"{url.rstrip('/')}/api/3/action/package_search?{query}"
        _, body, _ = fetcher.get(address, "application/json")
        count, rows = _page(body)
        if rows and not _keep(found, [ckan.package(one, url) for one in rows], fetcher):
            raise PeerError("repeats", f"start={start}")
        start += len(rows)
        if start >= count:
            return list(found.values())
        if not rows:
            raise PeerError("incomplete", f"{start} of {count}")
    raise PeerError("too-many-pages")


def _page(body: bytes) -> tuple[int, list[dict[str, object]]]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PeerError("garbage", "not JSON") from None
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict) or answer.get("success") is not True:
        raise PeerError("garbage", "not an answer of CKAN")
    count, rows = result.get("count"), result.get("results")
    if not isinstance(count, int) or not isinstance(rows, list):
        raise PeerError("garbage", "no count or results")
    return count, list(ckan.packages(orjson.dumps(rows))) if rows else []


def _dcat(url: str, fetcher: Fetcher) -> list[Foreign]:
    """A document and the pages that Hydra links from it, on the same host."""
    found: dict[str, Foreign] = {}
    seen: set[str] = set()
    address = url
    for _ in range(fetcher.limits.pages):
        seen.add(address)
        final, body, media_type = fetcher.get(address, ACCEPT)
        form = FORMS.get(media_type) or _form_of(final)
        graph = dcat.parsed(body, form)
        rows = dcat.datasets(graph)
        fresh = _keep(found, rows, fetcher)
        following = _next_page(graph, final)
        if not following:
            return list(found.values())
        if following in seen or (rows and not fresh):
            raise PeerError("repeats", following[:200])
        if urlsplit(following).netloc != urlsplit(final).netloc:
            raise PeerError("elsewhere", following[:200])
        address = following
    raise PeerError("too-many-pages")


def _form_of(url: str) -> str:
    """By the ending of the address, for servers that call everything plain text."""
    endings = {".ttl": "ttl", ".rdf": "rdf", ".xml": "rdf", ".jsonld": "jsonld", ".json": "jsonld"}
    path = urlsplit(url).path.lower()
    form = next((form for ending, form in endings.items() if path.endswith(ending)), None)
    if form is None:
        raise PeerError("unknown-media-type")
    return form


def _next_page(graph: Graph, base: str) -> str:
    for kind in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        for view in graph.subjects(RDF.type, kind):
            for term in (HYDRA.next, HYDRA.nextPage):
                following = graph.value(view, term)
                if following is not None:
                    return urljoin(base, str(following))
    return ""
