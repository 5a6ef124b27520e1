"""All entries of a peer, page by page, until it says that there are no more."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import orjson
from rdflib import Graph
from rdflib.namespace import RDF

from citybrain.domains.catalogue.ckan import read as ckan
from citybrain.domains.catalogue.dcat import read as dcat
from citybrain.domains.catalogue.dcat.terms import HYDRA
from citybrain.domains.catalogue.exchange.foreign import Foreign
from citybrain.domains.catalogue.harvest.fetch import Fetcher, Got, Known, PeerError
from citybrain.kernel import clock
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
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?")
"""CKAN's times: UTC without an offset."""
ACCEPT = "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8"


FULL_DAYS = 7
"""After so many days everything is read again, whatever the peer says has not changed."""


@dataclass(slots=True)
class Offered:
    """What a peer offers now.

    `pages` tells the page (digest of its address) of each entry by its id; `unchanged` are
    pages that the peer says are as they were. `partial`: only what changed was told.
    `memory` is what to ask by next time.
    """

    entries: list[Foreign]
    pages: dict[str, str] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    partial: bool = False
    memory: dict[str, Any] = field(default_factory=dict)


def offered(
    type_: str, url: str, fetcher: Fetcher, memory: dict[str, Any], known: Collection[str] = ()
) -> Offered:
    """Everything, or only what changed where the peer can tell and `memory` knows it.

    `known` are the ids that were taken before. Raises `PeerError` when the peer cannot be
    read to its end.
    """
    today = clock.today().toordinal()
    fresh = memory if today - int(memory.get("full", 0)) < FULL_DAYS else {}
    try:
        if type_ == "dcat":
            found = _dcat(url, fetcher, fresh.get("pages", {}))
        else:
            found = _changed(url, fetcher, fresh, known) or _ckan(url, fetcher)
    except Invalid as error:
        raise PeerError("garbage", error.en[:300]) from None
    whole = not (found.partial or found.unchanged)
    found.memory["full"] = today if whole else fresh["full"]
    return found


def _keep(found: dict[str, Foreign], rows: list[Foreign], fetcher: Fetcher) -> int:
    """How many were not there before."""
    before = len(found)
    for one in rows:
        found.setdefault(one.id, one)
    if len(found) > fetcher.limits.entries:
        raise PeerError("too-many-entries")
    return len(found) - before


def _ckan(url: str, fetcher: Fetcher, since: str = "") -> Offered:
    """By `package_search`, whose count must agree with what comes."""
    found: dict[str, Foreign] = {}
    start = 0
    for _ in range(fetcher.limits.pages):
        asked = {"fq": f"metadata_modified:[{since} TO *]"} if since else {}
        count, rows = _search(url, fetcher, {"rows": ROWS, "start": start, **asked})
        if rows and not _keep(found, [ckan.package(one, url) for one in rows], fetcher):
            raise PeerError("repeats", f"start={start}")
        start += len(rows)
        if start >= count:
            entries = list(found.values())
            newest = max((one.modified for one in entries), default="")
            return Offered(entries, memory={"since": newest, "count": count})
        if not rows:
            raise PeerError("incomplete", f"{start} of {count}")
    raise PeerError("too-many-pages")


def _search(
    url: str, fetcher: Fetcher, asked: dict[str, Any]
) -> tuple[int, list[dict[str, object]]]:
    query = urlencode({**asked, "sort": "name asc"})
    address = f"{url.rstrip('/')}/api/3/action/package_search?{query}"
    return _page(fetcher.get(address, "application/json").body)


def _changed(
    url: str, fetcher: Fetcher, memory: dict[str, Any], known: Collection[str]
) -> Offered | None:
    """What changed since; None where a peer cannot tell, or where something has gone.

    A peer that cannot filter refuses, or answers with what did not change. Whether something
    has gone is seen by the count of all.
    """
    since = str(memory.get("since", ""))
    if not _MOMENT.fullmatch(since):
        return None
    try:
        total, _ = _search(url, fetcher, {"rows": 0, "start": 0})
        found = _ckan(url, fetcher, since + "Z")
    except PeerError as error:
        if error.reason in {"status", "garbage"}:
            return None
        raise
    new = [one for one in found.entries if one.id not in known]
    kept_to_it = all(one.modified >= since for one in found.entries)
    if not kept_to_it or total != int(memory.get("count", -1)) + len(new):
        return None
    found.partial = True
    found.memory = {"since": max(since, found.memory["since"]), "count": total}
    return found


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


def _dcat(url: str, fetcher: Fetcher, before: dict[str, list[str]]) -> Offered:
    """A document and the pages that Hydra links from it, on the same host."""
    told, found = Offered([]), dict[str, Foreign]()
    remembered: dict[str, list[str]] = {}
    seen: set[str] = set()
    address = url
    for _ in range(fetcher.limits.pages):
        seen.add(address)
        page = page_of(address)
        known = Known(*before[page][:2]) if page in before else None
        got = fetcher.get(address, ACCEPT, known)
        if got.unchanged:
            told.unchanged.add(page)
            following, stuck = before[page][2], False
        else:
            following, stuck = _read_page(got, page, found, told, fetcher)
        if got.known:
            remembered[page] = [got.known.etag, got.known.modified, following]
        if not following:
            told.entries, told.memory = list(found.values()), {"pages": remembered}
            return told
        if following in seen or stuck:
            raise PeerError("repeats", following[:200])
        if urlsplit(following).netloc != urlsplit(got.url).netloc:
            raise PeerError("elsewhere", following[:200])
        address = following
    raise PeerError("too-many-pages")


def page_of(address: str) -> str:
    """What a page is remembered by."""
    return hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()


def _read_page(
    got: Got, page: str, found: dict[str, Foreign], told: Offered, fetcher: Fetcher
) -> tuple[str, bool]:
    """Address of the next page, and whether this one had nothing new."""
    graph = dcat.parsed(got.body, FORMS.get(got.media_type) or _form_of(got.url))
    rows = dcat.datasets(graph)
    for one in rows:
        told.pages.setdefault(one.id, page)
    stuck = not _keep(found, rows, fetcher) and bool(rows)
    return _next_page(graph, got.url), stuck


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
