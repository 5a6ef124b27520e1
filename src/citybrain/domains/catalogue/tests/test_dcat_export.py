"""The directory as DCAT-AP: it passes the shapes, in three forms that say the same."""

import json

import pytest
from pyshacl import validate
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from citybrain.domains.catalogue import queries
from citybrain.domains.catalogue.dcat.write import document
from citybrain.domains.catalogue.exchange.entry import batches
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.queries import visible

BASE = "https://data.example.gov.cn"
NAMES = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


def exported(form: str, size: int = 500) -> str:
    rows = batches(visible.public_resources(), size)
    return "".join(document(queries.directory(BASE), rows, form))


@pytest.mark.parametrize("shapes", ["dcat-ap_2.1.1_shacl_shapes.ttl", "dcat-ap_3.0.0_shapes.ttl"])
def test_the_directory_passes_the_shapes_of_dcat_ap(city, shapes):
    listed.demo_like(city)
    graph = Graph().parse(data=exported("ttl"), format="turtle")
    rules = Graph().parse(listed.DATA / shapes, format="turtle")
    conforms, _, text = validate(graph, shacl_graph=rules, inference="none", advanced=True)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 5
    assert conforms, text


def test_the_shapes_would_notice_a_dataset_without_a_title(city):
    listed.demo_like(city)
    graph = Graph().parse(data=exported("ttl"), format="turtle")
    subject = next(graph.subjects(RDF.type, DCAT.Dataset))
    graph.remove((subject, DCTERMS["title"], None))
    for name in ("dcat-ap_2.1.1_shacl_shapes.ttl", "dcat-ap_3.0.0_shapes.ttl"):
        rules = Graph().parse(listed.DATA / name, format="turtle")
        assert not validate(graph, shacl_graph=rules, inference="none", advanced=True)[0]


def test_the_three_forms_say_the_same_also_when_they_are_written_in_batches(city):
    listed.demo_like(city)
    whole = Graph().parse(data=exported("ttl"), format="turtle")
    for form, name in NAMES.items():
        again = Graph().parse(data=exported(form, size=2), format=name)
        assert isomorphic(whole, again), form


def test_the_mapping_says_what_the_directory_says(city):
    listed.demo_like(city)
    graph = Graph().parse(data=exported("ttl"), format="turtle")
    check = next(graph.subjects(DCTERMS.identifier, Literal("survival-check")))
    authority = "http://publications.europa.eu/resource/authority/"
    assert graph.value(check, DCTERMS.accessRights) == URIRef(authority + "access-right/RESTRICTED")
    assert graph.value(check, DCTERMS.accrualPeriodicity) == URIRef(authority + "frequency/ANNUAL")
    titles = {one.language for one in graph.objects(check, DCTERMS["title"])}
    assert titles == {"zh", "en"}
    tide = next(graph.subjects(DCTERMS.identifier, Literal("tide")))
    assert len(set(graph.objects(tide, DCAT.distribution))) == 2
    assert len(set(graph.objects(tide, DCAT.keyword))) == 2


def test_no_form_tells_where_a_source_lies(city):
    found = listed.demo_like(city)
    hidden = [one for resource in found for one in listed.secrets_of(resource)]
    assert len(hidden) >= 4
    for form in NAMES:
        text = exported(form)
        assert not [one for one in hidden if one in text]


def test_drafts_and_withdrawn_resources_stay_inside(city):
    from citybrain.kernel.actions import resources

    gone = listed.publish(city, "gone", "external", listed.EXTERNAL)
    resources.withdraw_resource(acting_party=city.su, resource_ref=gone.ref, reasons="停用")
    assert json.loads(exported("jsonld"))["@graph"][0]
    assert "gone" not in exported("ttl")
