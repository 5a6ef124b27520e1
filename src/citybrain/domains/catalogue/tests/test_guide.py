"""Elements of the 2017 guide through every form of the directory: out, and in again."""

import csv
import io

import pytest
from openpyxl import load_workbook
from pyshacl import validate
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, SKOS

from citybrain.domains.catalogue.ckan import read as ckan
from citybrain.domains.catalogue.ckan.shapes import package
from citybrain.domains.catalogue.dcat import read as dcat
from citybrain.domains.catalogue.dcat.terms import CB
from citybrain.domains.catalogue.exchange import columns, files
from citybrain.domains.catalogue.exchange.entry import entries_of
from citybrain.domains.catalogue.exchange.importing import Options, import_file
from citybrain.domains.catalogue.tests import filled, listed
from citybrain.domains.catalogue.tests.test_dcat_export import BASE, exported
from citybrain.domains.catalogue.tests.test_import import refused, taken
from citybrain.kernel.actions import relations, resources
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible

GUIDE = {
    "category_class": "1",
    "category_item": "03",
    "category_subject": "001",
    "category_detail": "12",
    "open_type": "conditional",
    "open_conditions": "科研机构凭立项书申请",
    "format_class": "database",
}


def described(city, metadata=listed.EXTERNAL) -> Resource:
    listed.publish(city, "tide", "external", metadata)
    return listed.publish(
        city,
        "harbour",
        "external",
        metadata,
        source_party=city.civil,
        related=["tide"],
        **GUIDE,
    )


PLAIN = {"landing_page": "https://data.example.org/tide", "format": "CSV", "licence": "CC0"}


def test_an_export_comes_in_again_with_every_element(city, tmp_path):
    described(city, PLAIN)
    for name in ("a.xlsx", "a.csv"):
        files.export(tmp_path / name, name[2:], BASE)
        assert taken(city, tmp_path / name, change=True).same == 2, name
    sheet = load_workbook(tmp_path / "a.xlsx")[columns.SHEET]
    heads = [one.value for one in sheet[1]]
    row = dict(zip(heads, [one.value for one in sheet[3]], strict=True))
    assert row["类 Class"] == "基础信息资源"
    assert row["数源单位 Source office"] == city.civil.name_zh
    assert row["开放属性 Open attribute"] == "有条件开放"
    assert row["关联资源代码 Related resources"] == "tide"


def test_what_people_fill_in_is_registered_also_where_rows_name_one_another(city, tmp_path):
    first = filled.ROW | {"related": "A-2", "source_party": city.civil.name_zh}
    second = filled.ROW | {
        "code": "A-2",
        "category_class": "主题信息资源",
        "category_item": "11",
        "open_type": "不予开放",
        "format_class": "电子表格",
        "related": "A-1；A-1",
    }
    taken(city, filled.workbook(tmp_path / "a.xlsx", [first, second]))
    one, two = Resource.objects.order_by("code")
    assert (one.related, one.source_party) == (["A-2"], city.civil)
    assert (two.category_class, two.category_item, two.open_type) == ("2", "11", "none")
    assert (two.format_class, two.related, two.source_party) == ("spreadsheet", ["A-1"], None)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("category_class", "其他", "基础信息资源"),
        ("category_item", "1x", "2位数字"),
        ("open_type", "有条件开放", "开放条件"),
        ("source_party", "不存在的局", "没有此单位"),
        ("related", "nowhere", "nowhere"),
        ("format_class", "竹简", "电子文件"),
    ],
)
def test_a_fault_is_told_at_its_cell(city, tmp_path, column, value, told):
    row = filled.ROW | {"category_class": "1"} | {column: value}
    found = refused(city, filled.workbook(tmp_path / "a.xlsx", [row]))
    assert len(found) == 1 and told in found[0][0]


def test_a_template_from_before_these_columns_still_imports(city, tmp_path):
    old = ("code", "title_zh", "title_en", "kind", "share_type", "update_cycle", "grade")
    heads = [one for one in columns.IN if one.key in {*old, "landing_page"}]
    out = io.StringIO()
    csv.writer(out).writerows(
        [[one.heading for one in heads], [filled.ROW[one.key] for one in heads]]
    )
    path = tmp_path / "old.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    assert taken(city, path).new == 1
    Resource.objects.update(open_type="none", source_party=city.civil)
    assert import_file(city.su, path, Options(change=True)).same == 1


def test_dcat_says_them_and_still_passes_the_shapes(city):
    made = described(city)
    graph = Graph().parse(data=exported("ttl"), format="turtle")
    for name in ("dcat-ap_2.1.1_shacl_shapes.ttl", "dcat-ap_3.0.0_shapes.ttl"):
        rules = Graph().parse(listed.DATA / name, format="turtle")
        conforms, _, text = validate(graph, shacl_graph=rules, inference="none", advanced=True)
        assert conforms, text
    node = URIRef(f"{BASE}/dataset/{made.ref}")
    tide = Resource.objects.get(code="tide")
    assert graph.value(node, DCTERMS.creator) == URIRef(f"{BASE}/party/{city.civil.ref}")
    assert graph.value(node, DCTERMS.relation) == URIRef(f"{BASE}/dataset/{tide.ref}")
    assert graph.value(node, CB.openConditions) == Literal(GUIDE["open_conditions"])
    theme = graph.value(node, DCAT.theme)
    assert Literal("自然资源和空间地理", lang="zh") in set(graph.objects(theme, SKOS.prefLabel))


@pytest.mark.parametrize("form", ["ttl", "jsonld", "rdf"])
def test_dcat_of_another_city_brain_is_read_with_them(city, form):
    described(city)
    found = {one.code: one for one in dcat.read(exported(form).encode(), form)}
    assert {name: getattr(found["harbour"], name) for name in GUIDE} == GUIDE


def test_ckan_shapes_carry_them_out_and_in(city):
    described(city)
    entry = next(one for one in entries_of(visible.public_resources()) if one.code == "harbour")
    shape = package(entry, BASE)
    extras = {one["key"]: one["value"] for one in shape["extras"]}
    assert (extras["related"], extras["source_office"]) == ("tide", city.civil.name_zh)
    again = ckan.package(shape, BASE)
    assert {name: getattr(again, name) for name in GUIDE} == GUIDE


def test_what_it_relates_to_is_told_only_while_it_is_published(city):
    made = described(city)
    Resource.objects.filter(code="tide").update(status="withdrawn")
    assert entries_of([Resource.objects.get(pk=made.pk)])[0].related == ()


def test_only_what_a_kind_declares_public_leaves(city, monkeypatch):
    from dataclasses import replace

    from citybrain.kernel import kinds

    made = described(city)
    monkeypatch.setitem(
        kinds._kinds, "external", replace(kinds.kind_of("external"), public=frozenset({"copies"}))
    )
    entry = entries_of([Resource.objects.get(pk=made.pk)])[0]
    assert (entry.landing_page, entry.licence, len(entry.copies)) == ("", "", 2)


def test_dcat_says_how_published_resources_come_from_one_another(city):
    made = described(city)
    draft = resources.register_resource(
        acting_party=city.su,
        code="draft",
        kind="external",
        metadata=PLAIN,
        **listed.DESCRIPTION,
    )
    for target, type_ in (("tide", "derived-from"), ("tide", "replaces"), (draft.ref, "part-of")):
        relations.state_relation(
            acting_party=city.su, source_ref=made.ref, target=target, type=type_
        )
    graph = Graph().parse(data=exported("ttl"), format="turtle")
    node, tide = (
        URIRef(f"{BASE}/dataset/{one.ref}") for one in (made, Resource.objects.get(code="tide"))
    )
    assert graph.value(node, DCTERMS.source) == graph.value(node, DCTERMS.replaces) == tide
    assert graph.value(node, DCTERMS.isPartOf) is None
    for name in ("dcat-ap_2.1.1_shacl_shapes.ttl", "dcat-ap_3.0.0_shapes.ttl"):
        rules = Graph().parse(listed.DATA / name, format="turtle")
        assert validate(graph, shacl_graph=rules, inference="none", advanced=True)[0]
