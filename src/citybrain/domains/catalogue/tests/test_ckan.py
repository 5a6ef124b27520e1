"""CKAN's reading API, asked by CKAN's own client from outside."""

import json

import pytest
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, SearchQueryError, ValidationError
from tests.personas import build_city

from citybrain.domains.catalogue.ckan.answers import ANSWERS
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.actions import resources


@pytest.fixture
def found(transactional_db):
    city = build_city()
    return city, {one.code: one for one in listed.demo_like(city)}


@pytest.fixture
def site(live_server, found):
    with RemoteCKAN(live_server.url) as remote:
        yield remote


def test_the_client_lists_searches_and_reads_our_catalogue(site, found):
    _, rows = found
    assert site.action.site_read() is True
    assert site.action.status_show()["site_url"].startswith("http://")
    assert site.action.package_list() == sorted(rows)
    shown = site.action.package_show(id="streets")
    assert shown["id"] == rows["streets"].ref
    assert shown["title"] == "青岛市街道乡镇代码"
    assert shown["organization"]["title"] == "交通运输局"
    assert site.action.package_show(id=shown["id"]) == shown
    form = site.action.resource_show(id=shown["resources"][0]["id"])
    assert form["url"].endswith(f"/use/{shown['id']}") and form["format"] == "CSV"
    hits = site.action.package_search(q="街道")
    assert [one["name"] for one in hits["results"]] == ["streets"]


def test_what_is_kept_elsewhere_has_its_own_addresses(site):
    tide = site.action.package_show(id="tide")
    assert [one["url"] for one in tide["resources"]] == [
        "https://data.example.org/tide.csv",
        "https://data.example.org/tide.foo",
    ]
    assert {"潮汐", "tide"} <= {one["name"] for one in tide["tags"]}


def test_filters_facets_pages_and_order(site, found):
    search = site.action.package_search
    assert search(fq="groups:table")["count"] == 1
    assert search(fq='res_format:"CSV" tags:unconditional')["count"] == 3
    assert search(fq="res_format:JSON AND tags:L3")["count"] == 1
    office = site.action.organization_list()[0]
    assert search(fq=f"organization:{office}", rows=0) | {"sort": ""} == {
        "count": 5,
        "sort": "",
        "results": [],
        "facets": {},
        "search_facets": {},
    }
    facets = search(**{"facet.field": ["organization", "res_format", "groups", "tags"]})["facets"]
    assert facets["organization"] == {office: 5}
    assert facets["res_format"] == {"CSV": 3, "JSON": 2}
    assert facets["groups"]["external"] == 1 and facets["tags"]["conditional"] == 1
    pages = [search(sort="name asc", start=start, rows=2)["results"] for start in (0, 2, 4)]
    assert [one["name"] for page in pages for one in page] == sorted(found[1])


def test_organizations_groups_and_tags(site):
    all_fields = site.action.organization_list(all_fields=True)
    assert [(one["title"], one["package_count"]) for one in all_fields] == [("交通运输局", 5)]
    shown = site.action.organization_show(id=all_fields[0]["name"], include_datasets=True)
    assert len(shown["packages"]) == 5
    assert "table" in site.action.group_list()
    assert {"unconditional", "yearly", "L1"} <= set(site.action.tag_list())


def test_refusals_are_those_that_the_client_knows(site):
    with pytest.raises(NotFound):
        site.action.package_show(id="no-such-thing")
    with pytest.raises(ValidationError):
        site.action.package_show()
    with pytest.raises(ValidationError):
        site.action.package_search(rows="many")
    for query in ("a:b", "tags:(a OR b)", "-tags:a", 'tags:"a', "street"):
        with pytest.raises(SearchQueryError):
            site.action.package_search(fq=query)
    with pytest.raises(SearchQueryError):
        site.action.package_search(sort="colour asc")
    with pytest.raises(NotAuthorized):
        site.action.package_create(name="mine")
    with pytest.raises(CKANAPIError):
        site.action.no_such_action()


def test_drafts_withdrawn_resources_and_sources_stay_inside(client, city):
    found = listed.demo_like(city)
    draft = resources.register_resource(
        acting_party=city.su,
        code="draft",
        kind="external",
        metadata=listed.EXTERNAL,
        **listed.DESCRIPTION,
    )
    gone = listed.publish(city, "gone", "external", listed.EXTERNAL)
    resources.withdraw_resource(acting_party=city.su, resource_ref=gone.ref, reasons="停用")
    told = ""
    for name in ANSWERS:
        for given in ({}, {"rows": 100}, {"id": draft.ref}, {"id": gone.ref}, {"id": "gone"}):
            told += client.get(f"/api/3/action/{name}", given).content.decode()
    for one in found:
        told += client.get("/api/3/action/package_show", {"id": one.ref}).content.decode()
    hidden = [one for resource in found for one in listed.secrets_of(resource)]
    assert not [one for one in (*hidden, draft.ref, gone.ref) if one in told]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"\xff", 400), (b'{"id": {"a": 1}}', 409), (b"", 409)],
)
def test_malformed_bodies_are_refused(client, city, body, status):
    answer = client.post("/api/3/action/package_show", body, "application/json")
    assert answer.status_code == status and json.loads(answer.content)["success"] is False


def test_a_zero_character_in_a_query_is_refused(client, city):
    assert client.get("/api/3/action/package_search", {"q": "a\x00b"}).status_code == 409


def test_other_addresses_below_api_are_still_problems_of_the_api(client, city):
    answer = client.get("/api/nothing")
    assert answer["Content-Type"].startswith("application/problem+json")


def test_words_rank_and_a_sentence_finds(site, found):
    search = site.action.package_search
    assert search(q="青岛有哪些街道")["results"][0]["name"] == "streets"
    assert search(q="街道")["sort"] == "score desc"
    assert search(q="街道", sort="score desc")["count"] == 1
    pages = [search(q="数据 表 街道", start=start, rows=1)["results"] for start in (0, 1)]
    assert pages[0][0]["name"] != (pages[1] or [{"name": ""}])[0]["name"]
    assert search(q="街道", **{"facet.field": ["groups"]})["facets"] == {"groups": {"table": 1}}
