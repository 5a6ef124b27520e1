"""Pages for everybody: what they show, what they never show, and how they are cached."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from citybrain.domains.catalogue.public import crawling, views
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.actions import resources
from citybrain.kernel.models import Resource

HTML = {"accept": "text/html"}
pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


def text_of(address: str) -> str:
    answer = Client().get(address, headers=HTML)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_directory_is_searched_without_signing_in_and_in_both_languages(city):
    listed.demo_like(city)
    assert "青岛市街道乡镇代码" in text_of("/directory")
    found = text_of("/directory?q=潮汐")
    assert "潮汐表" in found and "街道" not in found
    english = text_of("/directory?lang=en&kind=external")
    assert "Tide table" in english and "Streets" not in english and 'lang="en"' in english
    assert "没有符合条件" in text_of("/directory?q=没有这种东西")
    assert Client().get("/directory?q=%00x&kind=%00").status_code == 200


def test_pages_lead_on_and_hold_each_entry_once(city, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    made = listed.demo_like(city)
    seen, address = [], "/directory"
    while address:
        page = text_of(address)
        seen += re.findall(r'href="/dataset/(\w+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/directory" + following[1] if following else ""
    assert sorted(seen) == sorted(one.ref for one in made)
    for wrong in ("0", "4", "x", "-1", "99999999"):
        assert Client().get(f"/directory?page={wrong}").status_code == 404, wrong


def test_a_resources_page_tells_what_everybody_may_know(city):
    for made in listed.demo_like(city):
        page = text_of(f"/dataset/{made.ref}")
        assert made.title_zh in page and made.code in page
        assert all(secret not in page for secret in listed.secrets_of(made))
    streets = Resource.objects.get(code="streets")
    page = text_of(f"/dataset/{streets.ref}")
    assert "街道代码" in page and "1个工作日内答复" in page and "809" in page
    tide = text_of(f"/dataset/{Resource.objects.get(code='tide').ref}?lang=en")
    assert "It is kept elsewhere" in tide and "https://data.example.org/tide.csv" in tide


def test_drafts_and_withdrawn_resources_have_no_page(city):
    made = listed.demo_like(city)[0]
    resources.withdraw_resource(acting_party=city.su, resource_ref=made.ref, reasons="停")
    for ref in (made.ref, "nothing"):
        assert Client().get(f"/dataset/{ref}", headers=HTML).status_code == 404
    assert made.title_zh not in text_of("/directory")
    parts = b"".join(Client().get("/sitemap-1.xml").streaming_content)
    assert made.ref.encode() not in parts


def test_search_engines_read_schema_org_that_cannot_end_its_element(city):
    made = listed.publish(
        city,
        "evil",
        "external",
        listed.EXTERNAL,
        title_en="</script><script>alert(1)</script>&amp;",
        district="370202",
    )
    page = text_of(f"/dataset/{made.ref}")
    assert "<script>alert" not in page
    found = json.loads(re.search(r'application/ld\+json">(.*?)</script>', page)[1])
    assert (found["@type"], found["identifier"]) == ("Dataset", "evil")
    assert found["alternateName"].startswith("</script>")
    assert found["@id"] == f"http://testserver/dataset/{made.ref}"
    assert found["spatialCoverage"]["identifier"] == "370202"
    assert len(found["distribution"]) == 2


def test_pages_are_cached_and_asked_for_again_only_when_they_changed(city):
    made = listed.demo_like(city)[0]
    for address in (f"/dataset/{made.ref}", "/directory", "/robots.txt", "/sitemap.xml"):
        first = Client().get(address, headers=HTML)
        assert "public" in first["Cache-Control"] and "max-age=300" in first["Cache-Control"]
        again = Client().get(address, headers=HTML | {"if-none-match": first["ETag"]})
        assert again.status_code == 304, address
        assert "csrftoken" not in first.cookies


def test_who_is_signed_in_finds_nothing_of_himself_on_a_public_page(city):
    from tests.suites import client_of

    listed.demo_like(city)
    assert client_of("su").get("/directory").content == Client().get("/directory").content


def test_robots_and_the_site_map_name_what_is_public(city, monkeypatch):
    monkeypatch.setattr(crawling, "PAGE", 2)
    made = listed.demo_like(city)
    robots = Client().get("/robots.txt").content.decode()
    assert "Disallow: /\n" in robots and "Sitemap: http://testserver/sitemap.xml" in robots
    root = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    parts = [one.text for one in root.iter(f"{SPACE}loc")]
    assert len(parts) == 3
    found = []
    for part in parts:
        body = b"".join(Client().get(part.removeprefix("http://testserver")).streaming_content)
        tree = ElementTree.fromstring(body)
        found += [one.text for one in tree.iter(f"{SPACE}loc")]
    assert found == [
        "http://testserver/directory",
        *(f"http://testserver/dataset/{one.ref}" for one in made),
    ]
    assert Client().get("/sitemap-4.xml").status_code == 404
    assert Client().get("/sitemap-0.xml").status_code == 404
