"""Taking in other catalogues' DCAT and CKAN: as links, or with every fault named."""

import gzip
import json
from pathlib import Path

import orjson
import pytest

from citybrain.domains.catalogue.actions import FaultsError, Taken
from citybrain.domains.catalogue.ckan import read as ckan
from citybrain.domains.catalogue.dcat import read as dcat
from citybrain.domains.catalogue.exchange.foreign import Defaults
from citybrain.domains.catalogue.exchange.importing import Options, import_file
from citybrain.domains.catalogue.tests import listed
from citybrain.domains.catalogue.tests.test_commands import run
from citybrain.kernel.errors import Invalid
from citybrain.kernel.models import Resource

PEER = Options(publish=True, defaults=Defaults(prefix="p-", source="https://peer.example"))
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix au: <http://publications.europa.eu/resource/authority/> .
<https://peer.example/d/1> a dcat:Dataset ; dct:title "Bus stops"@en ; dct:identifier "bus 1" ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/DAILY> ;
  dct:publisher [ a foaf:Agent ; foaf:name "Bus Office" ] ; dcat:keyword "bus" ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://peer.example/page> ;
    dcat:downloadURL <https://peer.example/1.csv> ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ] ,
    [ a dcat:Distribution ; dcat:accessURL <javascript:alert(1)> ] .
<https://peer.example/d/2> a dcat:Dataset ; dct:title "路灯"@zh .
"""


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("form", ["ttl", "rdf", "jsonld"])
def test_our_own_export_comes_in_as_what_a_peer_offers(city, tmp_path, form):
    listed.demo_like(city)
    path = tmp_path / f"a.{form}"
    run("export", path, "--base", "https://peer.example")
    assert import_file(city.ci, path, PEER) == Taken(5, 0, 0)
    assert import_file(city.ci, path, Options(change=True, defaults=PEER.defaults)) == Taken(
        0, 0, 5
    )
    streets, ours = (Resource.objects.get(code=one) for one in ("p-streets", "streets"))
    assert (streets.kind, streets.owner, streets.status) == ("external", city.civil, "published")
    same = ("title_zh", "title_en", "summary_zh", "share_type", "update_cycle", "grade")
    assert [getattr(streets, one) for one in same] == [getattr(ours, one) for one in same]
    assert [one["name"] for one in streets.metadata["items"]] == [
        one["name"] for one in ours.metadata["items"]
    ]
    assert streets.metadata["publisher"] == "交通运输局"
    assert streets.metadata["landing_page"] == f"https://peer.example/resources/{ours.ref}"
    assert Resource.objects.get(code="p-survival-check").share_scope == "用于履行法定职责"


def test_others_dcat_says_less_and_what_is_missing_is_asked_for(city, tmp_path):
    path = write(tmp_path / "a.ttl", TURTLE)
    with pytest.raises(FaultsError) as caught:
        import_file(city.ci, path, PEER)
    [fault] = caught.value.faults
    assert "路灯" in fault.text("zh") and "--update-cycle" in fault.text("en")
    assert not Resource.objects.exists()
    done = Options(defaults=Defaults("yearly", "p-", "https://peer.example"))
    assert import_file(city.ci, path, done).new == 2
    bus, lamps = Resource.objects.order_by("update_cycle")
    assert (bus.title_zh, bus.share_type, bus.grade) == ("Bus stops", "unconditional", "L1")
    assert bus.code.startswith("p-x-")
    assert bus.metadata["landing_page"] == "https://peer.example/d/1"
    assert [one["url"] for one in bus.metadata["copies"]] == ["https://peer.example/1.csv"]
    assert bus.metadata["format"] == "CSV" and bus.metadata["publisher"] == "Bus Office"
    assert (lamps.share_type, lamps.grade, lamps.title_en) == ("conditional", "L2", "路灯")
    assert "原目录" in lamps.share_scope


@pytest.mark.parametrize("shape", ["jsonl", "gz", "list", "search", "show"])
def test_a_dump_of_ckan_comes_in(client, city, tmp_path, shape):
    listed.demo_like(city)
    answer = client.get("/api/3/action/package_search", {"rows": 100}).json()
    rows = answer["result"]["results"]
    lines = b"".join(orjson.dumps(one) + b"\n" for one in rows)
    path, content, count = {
        "jsonl": ("a.jsonl", lines, 5),
        "gz": ("a.jsonl.gz", gzip.compress(lines), 5),
        "list": ("a.json", orjson.dumps(rows), 5),
        "search": ("a.json", orjson.dumps(answer), 5),
        "show": ("a.json", orjson.dumps({"success": True, "result": rows[0]}), 1),
    }[shape]
    assert import_file(city.ci, write(tmp_path / path, content), PEER).new == count
    if count == 5:
        found = Resource.objects.get(code="p-survival-check")
        assert (found.share_type, found.grade, found.update_cycle) == (
            "conditional",
            "L3",
            "yearly",
        )
        assert found.title_en == "Survival-status check"
        assert found.metadata["landing_page"] == "https://peer.example/dataset/survival-check"


def test_a_plain_package_of_another_ckan_is_read_with_care(city, tmp_path):
    rows = [
        {"id": "1", "name": "open", "title": "Open", "isopen": True, "resources": [{"url": None}]},
        {"id": "2", "name": "terms", "title": "Terms", "tags": [{"name": "a"}, 7], "extras": "x"},
        {"id": "3", "name": "untitled"},
    ]
    path = write(tmp_path / "a.json", json.dumps(rows))
    options = Options(defaults=Defaults("monthly", "", "https://ckan.example"))
    with pytest.raises(FaultsError) as caught:
        import_file(city.ci, path, options)
    assert {one.place.sheet for one in caught.value.faults} == {"3 <3>"}
    write(path, json.dumps(rows[:2]))
    assert import_file(city.ci, path, options).new == 2
    assert Resource.objects.get(code="open").share_type == "unconditional"
    assert Resource.objects.get(code="terms").share_type == "conditional"


@pytest.mark.parametrize(
    "content",
    [
        b'{"@context": "https://evil.example/c.jsonld", "@graph": []}',
        b'{"@context": [{"a": "b"}, "https://evil.example/c"], "@graph": []}',
        b'{"@graph": [{"@context": "file:///etc/passwd"}]}',
        b'{"@context": {"@import": "https://evil.example/c"}}',
        b'{"@context": ' + b"[" * 200 + b"]" * 200 + b"}",
        b"{",
        b"\xff\xfe",
    ],
)
def test_a_json_ld_document_that_asks_the_network_or_is_broken_is_refused(content, monkeypatch):
    import urllib.request

    monkeypatch.setattr(urllib.request, "urlopen", lambda *a, **k: pytest.fail("asked the network"))
    with pytest.raises(Invalid):
        dcat.read(content, "jsonld")


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">%s]><a>&j;</a>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(9)
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:dct="http://purl.org/dc/terms/" xmlns:dcat="http://www.w3.org/ns/dcat#">'
    b'<dcat:Dataset rdf:about="urn:a"><dct:title>&x;</dct:title></dcat:Dataset></rdf:RDF>'
)


def test_entities_of_xml_neither_explode_nor_read_files():
    with pytest.raises(Invalid):
        dcat.read(BOMB, "rdf")
    assert [one.title_zh for one in dcat.read(OUTSIDE, "rdf")] == [""]


@pytest.mark.parametrize("form", ["ttl", "rdf"])
@pytest.mark.parametrize("content", [b"\x00", b"<a", b"@prefix", b"\xff\xfe\xfd", b"PK\x03\x04"])
def test_garbage_is_no_dcat(form, content):
    with pytest.raises(Invalid):
        dcat.read(content, form)


@pytest.mark.parametrize("content", [b"7", b"[1]", b'{"a": 1}', b"{}\n{", b"\x1f\x8bxx"])
def test_garbage_is_no_ckan(content):
    with pytest.raises(Invalid):
        ckan.read(content, "")


def test_an_empty_file_has_nothing_to_import(city, tmp_path):
    for name in ("a.jsonl", "a.ttl"):
        with pytest.raises(Invalid, match="nothing to import"):
            import_file(city.ci, write(tmp_path / name, ""), PEER)
