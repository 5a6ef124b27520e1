"""OGC API – Records with owslib from outside, and what it refuses."""

import pytest
from owslib.ogcapi.records import Records
from shapely.geometry import Point, shape
from tests.personas import build_city

from citybrain.domains.catalogue.records.places import bounds_of, geometry_of, within
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.models import Resource

ITEMS = "/ogc/collections/directory/items"


@pytest.fixture
def site(live_server, transactional_db):
    listed.demo_like(build_city())
    return Records(f"{live_server.url}/ogc")


def refs(answer) -> set[str]:
    return {one["id"] for one in answer["features"]}


def ref_of(code: str) -> str:
    return Resource.objects.get(code=code).ref


def test_owslib_finds_its_way_searches_and_reads(site):
    assert site.records() == ["directory"]
    assert any("record-core" in one for one in site.conformance()["conformsTo"])
    assert "/collections/directory/items" in site.api()["paths"]
    assert "geometry" in site.collection_queryables("directory")["properties"]
    assert site.collection("directory")["itemType"] == "record"
    found = site.collection_items("directory", limit=2)
    assert (found["numberMatched"], found["numberReturned"]) == (5, 2)
    assert {"self", "next", "collection"} == {one["rel"] for one in found["links"]}
    assert refs(site.collection_items("directory", q="潮汐")) == {ref_of("tide")}
    assert refs(site.collection_items("directory", q="潮汐,街道")) == {
        ref_of("tide"),
        ref_of("streets"),
    }
    assert refs(site.collection_items("directory", bbox=[120.3, 36.0, 120.4, 36.1])) == {
        ref_of("tide")
    }
    assert refs(site.collection_items("directory", bbox=[0, 0, 1, 1])) == set()
    one = site.collection_item("directory", ref_of("tide"))
    assert one["properties"]["externalIds"][0]["value"] == "tide"
    assert shape(one["geometry"]).contains(Point(120.39, 36.06))
    assert site.collection_item("directory", ref_of("streets"))["geometry"] is None


def test_parameters_narrow_together(client, city):
    made = {one.code: one for one in listed.demo_like(city)}
    services = {made["sun-times"].ref, made["survival-check"].ref}
    get = lambda query: refs(client.get(f"{ITEMS}?{query}").json())  # noqa: E731
    assert get("type=service") == services
    assert get("type=service&q=日出") == {made["sun-times"].ref}
    assert get("type=dataset,service&limit=100") == {one.ref for one in made.values()}
    assert get("externalid=tide") == get("externalIds=tide,nothing") == {made["tide"].ref}
    assert get(f"ids={made['tide'].ref}") == {made["tide"].ref}
    today = made["tide"].published_at
    assert made["tide"].ref in get(f"datetime={today:%Y-%m-%d}")
    assert get("datetime=../2001-01-01T00:00:00Z") == set()
    assert made["tide"].ref in get("datetime=2001-01-01/..")
    assert get("bbox=170,30,121,40&limit=9") == {made["tide"].ref}


def test_pages_hold_every_record_once(client, city):
    made = listed.demo_like(city)
    seen, address = [], f"{ITEMS}?limit=2"
    while address:
        answer = client.get(address).json()
        seen += [one["id"] for one in answer["features"]]
        address = next((one["href"] for one in answer["links"] if one["rel"] == "next"), "")
    assert sorted(seen) == sorted(one.ref for one in made)


@pytest.mark.parametrize(
    "query",
    [
        *("limit=x", "offset=-1", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=1,50,2,40"),
        *("bbox=nan,1,2,3", "datetime=yesterday", "datetime=../..", "datetime=2025-13-01"),
        *("datetime=2025-02-01/2025-01-01", "colour=red", "f=xml", "q=%00", "limit=²"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_a_problem(client, city, query):
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["detail"]


def test_drafts_and_sources_stay_inside(client, city):
    made = listed.demo_like(city)
    answer = client.get(f"{ITEMS}?limit=100")
    text = answer.content.decode()
    assert not [secret for one in made for secret in listed.secrets_of(one) if secret in text]
    again = client.get(f"{ITEMS}?limit=100", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    Resource.objects.filter(code="tide").update(status="draft")
    ref = ref_of("tide")
    assert client.get(f"{ITEMS}/{ref}").status_code == 404
    assert ref not in refs(client.get(f"{ITEMS}?limit=100").json())


def test_outlines_are_in_wgs_84():
    """The town hall of the city lies in Shinan at 120.3826 E, 36.0671 N (WGS 84)."""
    assert shape(geometry_of("370202")).contains(Point(120.3826, 36.0671))
    west, south, east, north = bounds_of("370202")
    assert west < 120.38 < east and south < 36.067 < north
    assert within((120.3826, 36.0671, 120.3826, 36.0671)) == ["370202"]
    assert geometry_of("") is None and bounds_of("370271") is None
