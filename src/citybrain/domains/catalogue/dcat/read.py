"""Entries from a DCAT document in Turtle, RDF/XML or JSON-LD.

Nothing outside the document is ever fetched: a JSON-LD context elsewhere is refused, and
the parser of XML resolves no outside entities.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS
from rdflib.term import Node

from citybrain.domains.catalogue.dcat import terms
from citybrain.domains.catalogue.dcat.mapping import CSVW
from citybrain.domains.catalogue.exchange.foreign import Foreign
from citybrain.kernel.errors import Invalid

PARSERS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
DEEPEST = 64


def read(content: bytes, form: str) -> list[Foreign]:
    """Every dataset of the document. Raises `Invalid` when it cannot be read as `form`."""
    return datasets(parsed(content, form))


def parsed(content: bytes, form: str) -> Graph:
    """The triples of the document. Raises `Invalid` when it cannot be read as `form`."""
    if form == "jsonld":
        _check_json_ld(content)
    graph = Graph(bind_namespaces="none")
    try:
        graph.parse(data=content, format=PARSERS[form], publicID="urn:document:")
    except Exception as error:
        # The parsers raise whatever comes to their mind.
        raise _unreadable(str(error).splitlines()[0][:300] if str(error) else "?") from None
    return graph


def datasets(graph: Graph) -> list[Foreign]:
    """Every dataset, in the order of their addresses."""
    return [_dataset(graph, one) for one in _sorted(graph.subjects(RDF.type, DCAT.Dataset))]


def _sorted(nodes: Iterable[Node]) -> list[Node]:
    """Each once, always in the same order."""
    return sorted(set(nodes), key=str)


def _unreadable(detail: str) -> Invalid:
    return Invalid(
        "unreadable-file",
        f"不是有效的DCAT文件：{detail}",
        f"Not a readable DCAT document: {detail}",
    )


def _check_json_ld(content: bytes) -> None:
    """Raise `Invalid` for a document that would make the parser ask the network."""
    try:
        value = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise _unreadable(str(error)) from None
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise _unreadable("nested too deeply 嵌套过深")
        if isinstance(one, dict):
            if _is_remote(one.get("@context")) or "@import" in one:
                raise _unreadable("@context must be inside 须内含 @context")
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]


def _is_remote(context: Any) -> bool:
    listed = context if isinstance(context, list) else [context]
    return any(isinstance(one, str) for one in listed)


def _dataset(graph: Graph, dataset: Node) -> Foreign:
    code = _first(graph, dataset, DCTERMS.identifier)
    found = Foreign(id=code if isinstance(dataset, BNode) else str(dataset), code=code)
    found.title_zh, found.title_en = _languages(graph, dataset, DCTERMS["title"])
    found.summary_zh, found.summary_en = _languages(graph, dataset, DCTERMS.description)
    found.update_cycle = terms.update_cycle_of(_first(graph, dataset, _PERIOD)) or ""
    found.modified = _first(graph, dataset, DCTERMS.modified)
    found.publisher = _publisher(graph, dataset)
    found.landing_page = _first(graph, dataset, DCAT.landingPage) or str(dataset)
    found.keywords = sorted(str(one) for one in graph.objects(dataset, DCAT.keyword))
    _rights(graph, dataset, found)
    for one in _sorted(graph.objects(dataset, DCAT.distribution)):
        found.copies.append(_copy(graph, one))
        found.licence = found.licence or _label(graph, graph.value(one, DCTERMS.license))
    for place in graph.objects(dataset, DCTERMS.spatial):
        code = _first(graph, place, DCTERMS.identifier)
        found.district = found.district or (code if len(code) == 6 and code.isdigit() else "")
    found.items = _items(graph, dataset)
    return found


_PERIOD = DCTERMS.accrualPeriodicity


def _first(graph: Graph, subject: Node, term: Node) -> str:
    """One value, always the same one of several; empty without."""
    return min((str(one) for one in graph.objects(subject, term)), default="")


def _languages(graph: Graph, subject: Node, term: Node) -> tuple[str, str]:
    """Chinese and English. A text in another language, or in none, stands for a missing one."""
    texts = sorted(one for one in graph.objects(subject, term) if isinstance(one, Literal))
    by_language = {(one.language or "")[:2].lower(): str(one).strip() for one in texts}
    other = next((str(one).strip() for one in texts if (one.language or "") == ""), "")
    other = other or next((str(one).strip() for one in texts), "")
    return by_language.get("zh", "") or other, by_language.get("en", "") or other


def _publisher(graph: Graph, dataset: Node) -> str:
    for agent in _sorted(graph.objects(dataset, DCTERMS.publisher)):
        zh, _ = _languages(graph, agent, FOAF.name)
        if zh:
            return zh
        return str(agent) if isinstance(agent, Literal) else ""
    return ""


def _rights(graph: Graph, dataset: Node, found: Foreign) -> None:
    """Our own terms where they stand there, otherwise the European access right."""
    found.share_type = terms.share_type_of(_first(graph, dataset, DCTERMS.accessRights)) or ""
    found.share_scope = _first(graph, dataset, terms.CB.shareScope)
    found.share_basis = _first(graph, dataset, terms.CB.shareBasis)
    found.grade = _first(graph, dataset, terms.CB.grade)
    for name, term in terms.GUIDE.items():
        setattr(found, name, _first(graph, dataset, term))


def _copy(graph: Graph, distribution: Node) -> dict[str, str]:
    url = _first(graph, distribution, DCAT.downloadURL)
    form = graph.value(distribution, DCTERMS["format"]) or graph.value(distribution, DCAT.mediaType)
    zh, _ = _languages(graph, distribution, DCTERMS["title"])
    return {
        "url": url or _first(graph, distribution, DCAT.accessURL),
        "title": zh,
        "format": _label(graph, form),
    }


def _label(graph: Graph, node: Node | None) -> str:
    """What a format or licence is called: its label, or the end of its address."""
    if node is None:
        return ""
    label = _first(graph, node, RDFS.label)
    if label or isinstance(node, Literal):
        return label or str(node)
    text = str(node).rstrip("/")
    return text.rpartition("/")[2] if isinstance(node, URIRef) else ""


def _items(graph: Graph, dataset: Node) -> list[dict[str, Any]]:
    found = []
    for column in graph.objects(dataset, URIRef(CSVW + "column")):
        zh, en = _languages(graph, column, URIRef(CSVW + "title"))
        name = _first(graph, column, URIRef(CSVW + "name"))
        position = _first(graph, column, terms.CB.position)
        item = {
            "name": name,
            "title_zh": zh or name,
            "title_en": en or name,
            "type": _first(graph, column, terms.CB.itemType) or "C",
            "sensitive": _first(graph, column, terms.CB.sensitive) == "true",
        }
        found.append((int(position) if position.isascii() and position.isdigit() else 0, item))
    return [item for _, item in sorted(found, key=lambda one: (one[0], one[1]["name"]))]
