"""From an entry of the directory to its triples (rules: see docs/exchange.md)."""

from datetime import datetime
from urllib.parse import quote

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from citybrain.domains.catalogue.dcat import terms
from citybrain.domains.catalogue.exchange.entry import Directory, Entry, ItemEntry
from citybrain.kernel import classes

CSVW = "http://www.w3.org/ns/csvw#"
IANA = "https://www.iana.org/assignments/media-types/"
LINEAGE = {
    "derived-from": DCTERMS.source,
    "part-of": DCTERMS.isPartOf,
    "replaces": DCTERMS.replaces,
}
PREFIXES = {
    "dcat": str(DCAT),
    "dct": str(DCTERMS),
    "foaf": str(FOAF),
    "owl": str(OWL),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
    "rdf": str(RDF),
    "csvw": CSVW,
    "skos": str(SKOS),
    "hydra": str(terms.HYDRA),
    "cb": str(terms.CB),
}


def new_graph() -> Graph:
    """An empty graph that knows our prefixes and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    return graph


def catalogue_uri(directory: Directory) -> URIRef:
    """The catalogue itself."""
    return URIRef(f"{directory.base}/catalog")


def dataset_uri(directory: Directory, entry: Entry) -> URIRef:
    """The dataset: its address answers with its triples."""
    return URIRef(f"{directory.base}/dataset/{entry.ref}")


def add_catalogue(graph: Graph, directory: Directory) -> URIRef:
    """The catalogue's own triples."""
    catalogue = catalogue_uri(directory)
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    _texts(graph, catalogue, DCTERMS["title"], directory.title_zh, directory.title_en)
    _texts(graph, catalogue, DCTERMS.description, directory.title_zh, directory.title_en)
    publisher = (directory.publisher_ref, directory.publisher_zh, directory.publisher_en)
    agent = _agent(graph, directory, *publisher, directory.publisher_code)
    graph.add((catalogue, DCTERMS.publisher, agent))
    for code in ("ZHO", "ENG"):
        language = URIRef(f"{terms.AUTHORITY}language/{code}")
        graph.add((catalogue, DCTERMS.language, language))
        graph.add((language, RDF.type, DCTERMS.LinguisticSystem))
    return catalogue


def add_dataset(graph: Graph, directory: Directory, entry: Entry) -> URIRef:
    """One dataset with its publisher, distributions and service, in the catalogue."""
    dataset = dataset_uri(directory, entry)
    graph.add((catalogue_uri(directory), DCAT.dataset, dataset))
    graph.add((dataset, RDF.type, DCAT.Dataset))
    _texts(graph, dataset, DCTERMS["title"], entry.title_zh, entry.title_en)
    _describe(graph, dataset, entry)
    agent = _agent(
        graph, directory, entry.owner_ref, entry.owner_zh, entry.owner_en, entry.owner_code
    )
    graph.add((dataset, DCTERMS.publisher, agent))
    graph.add((dataset, DCTERMS.identifier, Literal(entry.code)))
    _rights(graph, dataset, entry)
    _times(graph, dataset, entry)
    _own_terms(graph, dataset, entry)
    _class(graph, dataset, entry)
    _others(graph, directory, dataset, entry)
    for word in entry.keywords:
        graph.add((dataset, DCAT.keyword, Literal(word)))
    _place(graph, dataset, entry)
    _items(graph, dataset, entry.items)
    (_kept_elsewhere if entry.external else _served)(graph, directory, dataset, entry)
    return dataset


def _texts(graph: Graph, subject: Node, term: Node, zh: str, en: str) -> None:
    for text, language in ((zh, "zh"), (en, "en")):
        if text:
            graph.add((subject, term, Literal(text, lang=language)))


def _describe(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    """A description is mandatory in DCAT-AP; without a summary it is the title."""
    if entry.summary_zh or entry.summary_en:
        _texts(graph, dataset, DCTERMS.description, entry.summary_zh, entry.summary_en)
    else:
        _texts(graph, dataset, DCTERMS.description, entry.title_zh, entry.title_en)


def _agent(graph: Graph, directory: Directory, ref: str, zh: str, en: str, code: str) -> URIRef:
    agent = URIRef(f"{directory.base}/party/{ref}")
    graph.add((agent, RDF.type, FOAF.Agent))
    _texts(graph, agent, FOAF.name, zh, en)
    if code:
        graph.add((agent, DCTERMS.identifier, Literal(code)))
    return agent


def _typed(graph: Graph, subject: Node, term: Node, uri: str, class_: Node) -> None:
    graph.add((subject, term, URIRef(uri)))
    graph.add((URIRef(uri), RDF.type, class_))


def _rights(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    uri = terms.access_uri(entry.share_type)
    _typed(graph, dataset, DCTERMS.accessRights, uri, DCTERMS.RightsStatement)


def _times(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    uri = terms.frequency_uri(entry.update_cycle)
    _typed(graph, dataset, DCTERMS.accrualPeriodicity, uri, DCTERMS.Frequency)
    graph.add((dataset, DCTERMS.issued, _moment(entry.issued)))
    graph.add((dataset, DCTERMS.modified, _moment(entry.modified)))
    graph.add((dataset, OWL.versionInfo, Literal(str(entry.version))))


def _moment(value: datetime) -> Literal:
    return Literal(value.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def _own_terms(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    own = {
        "kind": entry.kind,
        "grade": entry.grade,
        "shareType": entry.share_type,
        "shareScope": entry.share_scope,
        "shareBasis": entry.share_basis,
    }
    said = {terms.CB[name]: value for name, value in own.items()}
    said |= {term: getattr(entry, name) for name, term in terms.GUIDE.items()}
    for term, value in said.items():
        if value:
            graph.add((dataset, term, Literal(value)))
    if entry.invented:
        graph.add((dataset, terms.CB.invented, Literal(True)))


def _class(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    """类 and 项 as a theme of a scheme of our own."""
    if not entry.category_class:
        return
    theme = terms.class_uri(entry.category_class, entry.category_item)
    _typed(graph, dataset, DCAT.theme, theme, SKOS.Concept)
    names = classes.named(entry.category_class, entry.category_item)
    _texts(graph, URIRef(theme), SKOS.prefLabel, *names)
    _typed(graph, URIRef(theme), SKOS.inScheme, terms.CLASS_SCHEME, SKOS.ConceptScheme)
    title = classes.table().about["title"]
    graph.add((URIRef(terms.CLASS_SCHEME), DCTERMS["title"], Literal(title, lang="en")))


def _others(graph: Graph, directory: Directory, dataset: URIRef, entry: Entry) -> None:
    """数源单位 where it is not the provider, and 关联资源."""
    if entry.source_ref != entry.owner_ref:
        source = (entry.source_ref, entry.source_zh, entry.source_en, entry.source_code)
        graph.add((dataset, DCTERMS.creator, _agent(graph, directory, *source)))
    for one in entry.related:
        other = f"{directory.base}/dataset/{one.ref}"
        _typed(graph, dataset, DCTERMS.relation, other, RDFS.Resource)
    for type_, one in entry.lineage:
        # Published too, and so described in the same catalogue: nothing is said of it here.
        graph.add((dataset, LINEAGE[type_], URIRef(f"{directory.base}/dataset/{one.ref}")))


def _place(graph: Graph, dataset: URIRef, entry: Entry) -> None:
    if entry.district:
        place = URIRef(f"urn:citybrain:district:{quote(entry.district, safe='')}")
        _typed(graph, dataset, DCTERMS.spatial, str(place), DCTERMS.Location)
        graph.add((place, DCTERMS.identifier, Literal(entry.district)))


def _items(graph: Graph, dataset: URIRef, items: tuple[ItemEntry, ...]) -> None:
    """信息项 as `csvw:column`; their order is told by `csvw:name` and `cb:position`."""
    for position, item in enumerate(items, 1):
        column = URIRef(f"{dataset}#column-{position}")
        graph.add((dataset, URIRef(CSVW + "column"), column))
        graph.add((column, RDF.type, URIRef(CSVW + "Column")))
        graph.add((column, URIRef(CSVW + "name"), Literal(item.name)))
        _texts(graph, column, URIRef(CSVW + "title"), item.title_zh, item.title_en)
        graph.add((column, terms.CB.itemType, Literal(item.type)))
        graph.add((column, terms.CB.position, Literal(position)))
        if item.sensitive:
            graph.add((column, terms.CB.sensitive, Literal(True)))


def _served(graph: Graph, directory: Directory, dataset: URIRef, entry: Entry) -> None:
    """What the gateway serves: a distribution that is had through a service."""
    distribution, service = URIRef(f"{dataset}#distribution-1"), URIRef(f"{dataset}#service")
    page = f"{directory.base}/resources/{entry.ref}"
    _distribution(graph, dataset, distribution, page, entry.format)
    _texts(graph, distribution, DCTERMS["title"], entry.title_zh, entry.title_en)
    if entry.media_type:
        uri = IANA + entry.media_type
        _typed(graph, distribution, DCAT.mediaType, uri, DCTERMS.MediaType)
    _licence(graph, distribution, entry)
    graph.add((distribution, DCAT.accessService, service))
    graph.add((service, RDF.type, DCAT.DataService))
    _texts(graph, service, DCTERMS["title"], entry.title_zh, entry.title_en)
    _typed(graph, service, DCAT.endpointURL, f"{directory.base}/use/{entry.ref}", RDFS.Resource)
    graph.add((service, DCAT.servesDataset, dataset))
    _rights(graph, service, entry)
    graph.add((catalogue_uri(directory), DCAT.service, service))
    _typed(graph, dataset, DCAT.landingPage, page, FOAF.Document)


def _kept_elsewhere(graph: Graph, directory: Directory, dataset: URIRef, entry: Entry) -> None:
    copies = [(one.url, one.title, one.format) for one in entry.copies]
    for number, (url, title, format_) in enumerate(
        copies or [(entry.landing_page, "", entry.format)], 1
    ):
        distribution = URIRef(f"{dataset}#distribution-{number}")
        _distribution(graph, dataset, distribution, url, format_)
        if title:
            graph.add((distribution, DCTERMS["title"], Literal(title)))
        _licence(graph, distribution, entry)
    if entry.landing_page:
        _typed(graph, dataset, DCAT.landingPage, entry.landing_page, FOAF.Document)


def _distribution(graph: Graph, dataset: URIRef, node: URIRef, url: str, format_: str) -> None:
    graph.add((dataset, DCAT.distribution, node))
    graph.add((node, RDF.type, DCAT.Distribution))
    _typed(graph, node, DCAT.accessURL, url, RDFS.Resource)
    known = terms.file_type_uri(format_) if format_ else None
    if known:
        _typed(graph, node, DCTERMS["format"], known, DCTERMS.MediaTypeOrExtent)
    elif format_:
        other = BNode()
        graph.add((node, DCTERMS["format"], other))
        graph.add((other, RDF.type, DCTERMS.MediaTypeOrExtent))
        graph.add((other, RDFS.label, Literal(format_)))


def _licence(graph: Graph, distribution: URIRef, entry: Entry) -> None:
    if entry.licence:
        node = BNode()
        graph.add((distribution, DCTERMS.license, node))
        graph.add((node, RDF.type, DCTERMS.LicenseDocument))
        graph.add((node, RDFS.label, Literal(entry.licence)))
