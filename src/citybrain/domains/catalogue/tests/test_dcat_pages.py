"""`/catalog` and `/dataset`: forms, pages, and what is not there."""

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, RDF

from citybrain.domains.catalogue.dcat import views
from citybrain.domains.catalogue.dcat.terms import HYDRA
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.actions import resources

FORMS = {
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}


def graph_of(answer) -> Graph:
    media_type = answer["Content-Type"].partition(";")[0]
    return Graph().parse(data=answer.content, format=FORMS[media_type])


@pytest.mark.parametrize("accept", [*FORMS, "application/rdf+xml;q=0.9, text/html;q=0.1"])
def test_the_form_follows_the_accept_header(client, city, accept):
    listed.demo_like(city)
    answer = client.get("/catalog", headers={"accept": accept})
    assert answer["Content-Type"].startswith(accept.partition(";")[0])
    assert "Accept" in answer["Vary"]
    assert len(set(graph_of(answer).subjects(RDF.type, DCAT.Dataset))) == 5


@pytest.mark.parametrize("ending", ["ttl", "jsonld", "rdf"])
def test_the_ending_of_the_address_wins(client, city, ending):
    resource = listed.demo_like(city)[0]
    answer = client.get(f"/dataset/{resource.ref}.{ending}", headers={"accept": "text/html"})
    subject = URIRef(f"http://testserver/dataset/{resource.ref}")
    assert (subject, RDF.type, DCAT.Dataset) in graph_of(answer)
    assert len(set(graph_of(client.get(f"/catalog.{ending}")).subjects(DCAT.accessURL))) == 6


BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_browser_gets_the_public_pages(client, city):
    resource = listed.demo_like(city)[0]
    assert client.get("/catalog", headers=BROWSER)["Location"] == "/directory"
    answer = client.get(f"/dataset/{resource.ref}", headers=BROWSER)
    assert answer["Content-Type"].startswith("text/html")
    assert "Accept" in answer["Vary"] and "Cookie" in answer["Vary"]


@pytest.mark.parametrize("ending", ["ttl", "jsonld", "rdf"])
def test_who_has_the_catalogue_already_is_told_so_until_something_changes(client, city, ending):
    resource = listed.demo_like(city)[0]
    tag = client.get(f"/catalog.{ending}")["ETag"]
    again = client.get(f"/catalog.{ending}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    resources.change_resource(acting_party=city.su, resource_ref=resource.ref, title_zh="新")
    fresh = client.get(f"/catalog.{ending}", headers={"if-none-match": tag})
    assert fresh.status_code == 200 and fresh["ETag"] != tag


def test_a_client_that_accepts_none_of_our_forms_is_told_which_there_are(client, city):
    answer = client.get("/catalog", headers={"accept": "image/png"})
    assert answer.status_code == 406 and b"text/turtle" in answer.content


def test_pages_are_linked_and_hold_every_entry_once(client, city, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    listed.demo_like(city)
    address, seen, steps = "/catalog.ttl", [], 0
    while address:
        graph = graph_of(client.get(address))
        seen += graph.subjects(RDF.type, DCAT.Dataset)
        view = next(graph.subjects(RDF.type, HYDRA.PagedCollection))
        assert int(graph.value(view, HYDRA.totalItems)) == 5
        following = graph.value(view, HYDRA.nextPage)
        assert following == graph.value(view, HYDRA.next)
        address, steps = str(following or "").removeprefix("http://testserver"), steps + 1
    assert steps == 3 and len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "", "²", "9" * 30])
def test_a_page_that_is_not_there_is_a_404(client, city, page):
    assert client.get("/catalog.ttl", {"page": page}).status_code == 404


def test_an_empty_directory_has_one_page(client, city):
    assert len(set(graph_of(client.get("/catalog.ttl")).subjects(RDF.type, DCAT.Catalog))) == 1


def test_what_is_not_published_is_not_there_and_nothing_can_be_written(client, city):
    gone = listed.publish(city, "gone", "external", listed.EXTERNAL)
    resources.withdraw_resource(acting_party=city.su, resource_ref=gone.ref, reasons="停用")
    assert client.get(f"/dataset/{gone.ref}.ttl").status_code == 404
    assert client.get("/dataset/nothing.ttl").status_code == 404
    assert client.post("/catalog").status_code == 405
    assert client.get("/catalog.doc").status_code == 404
