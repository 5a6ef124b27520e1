"""DCAT-AP documents as streams of text: one batch of entries in memory, whatever the length.

Turtle documents may be set one behind another; RDF/XML and JSON-LD are written batch by
batch between a head and a tail of our own.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from citybrain.domains.catalogue.dcat.mapping import (
    PREFIXES,
    add_catalogue,
    add_dataset,
    new_graph,
)
from citybrain.domains.catalogue.exchange.entry import Directory, Entry

MEDIA_TYPES = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
Head = Callable[[Graph], None]
"""Adds further triples about the whole, such as what page of it this is."""


def graphs(directory: Directory, batches: Iterable[list[Entry]], head: Head) -> Iterator[Graph]:
    """The catalogue first, then a graph for each batch."""
    first = new_graph()
    add_catalogue(first, directory)
    head(first)
    yield first
    for batch in batches:
        graph = new_graph()
        for entry in batch:
            add_dataset(graph, directory, entry)
        yield graph


def document(
    directory: Directory,
    batches: Iterable[list[Entry]],
    form: str,
    head: Head = lambda graph: None,
) -> Iterator[str]:
    """The text of a document in `form`: a key of `MEDIA_TYPES`."""
    return of_graphs(graphs(directory, batches, head), form)


def of_graphs(parts: Iterable[Graph], form: str) -> Iterator[str]:
    """One document that holds all of the graphs."""
    writers = {"ttl": _turtle, "rdf": _rdf_xml, "jsonld": _json_ld}
    return writers[form](parts)


def _turtle(parts: Iterable[Graph]) -> Iterator[str]:
    for graph in parts:
        yield graph.serialize(format="turtle")


def _rdf_xml(parts: Iterable[Graph]) -> Iterator[str]:
    spaces = "".join(f"\n   xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in PREFIXES.items())
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}\n>\n'
    for graph in parts:
        text = graph.serialize(format="xml")
        start = text.index(">", text.index("<rdf:RDF")) + 1
        yield text[start : text.rindex("</rdf:RDF>")]
    yield "</rdf:RDF>\n"


def _json_ld(parts: Iterable[Graph]) -> Iterator[str]:
    yield f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": [\n'
    comma = ""
    for graph in parts:
        for node in _nodes(graph):
            yield comma + json.dumps(node, ensure_ascii=False)
            comma = ",\n"
    yield "\n]}\n"


def _nodes(graph: Graph) -> Iterator[dict[str, Any]]:
    """Flat node objects. A subject in two batches stands there twice, which JSON-LD allows."""
    short = {uri: prefix for prefix, uri in PREFIXES.items()}
    for subject in sorted(set(graph.subjects()), key=str):
        node: dict[str, Any] = {"@id": _id(subject)}
        for term, value in sorted(graph.predicate_objects(subject), key=str):
            if term == RDF.type:
                node.setdefault("@type", []).append(_compact(str(value), short))
            else:
                node.setdefault(_compact(str(term), short), []).append(_value(value))
        yield node


def _id(node: Node) -> str:
    return f"_:{node}" if isinstance(node, BNode) else str(node)


def _compact(uri: str, short: dict[str, str]) -> str:
    for space, prefix in short.items():
        if uri.startswith(space):
            return f"{prefix}:{uri[len(space) :]}"
    return uri


def _value(node: Node) -> Any:
    if isinstance(node, URIRef | BNode):
        return {"@id": _id(node)}
    if not isinstance(node, Literal):
        raise TypeError(f"not a term of RDF: {node!r}")
    if node.language:
        return {"@value": str(node), "@language": node.language}
    if node.datatype and node.datatype != XSD.string:
        return {"@value": str(node), "@type": str(node.datatype)}
    return str(node)
