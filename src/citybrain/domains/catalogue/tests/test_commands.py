"""`citybrain catalogue …` as a person types it."""

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from rdflib import Graph
from rdflib.namespace import DCAT, RDF

from citybrain.domains.catalogue.commands import catalogue
from citybrain.domains.catalogue.exchange.columns import SHEET
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.errors import Invalid


def run(*words: object) -> Result:
    return CliRunner().invoke(catalogue, [str(one) for one in words], catch_exceptions=False)


@pytest.mark.parametrize(
    ("name", "form"), [("a.ttl", "turtle"), ("a.rdf", "xml"), ("a.jsonld", "json-ld")]
)
def test_export_writes_what_the_name_of_the_file_says(city, tmp_path, name, form):
    listed.demo_like(city)
    assert run("export", tmp_path / name, "--base", "https://a.example").exit_code == 0
    graph = Graph().parse(tmp_path / name, format=form)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 5
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_export_and_template_write_workbooks_that_open(city, tmp_path):
    listed.demo_like(city)
    assert "5 →" in run("export", tmp_path / "a.xlsx").output
    assert load_workbook(tmp_path / "a.xlsx")[SHEET].max_row == 6
    assert run("template", tmp_path / "t.xlsx").exit_code == 0
    assert load_workbook(tmp_path / "t.xlsx")[SHEET].max_row == 1


def test_a_name_without_a_known_ending_is_refused_and_leaves_no_file(city, tmp_path):
    with pytest.raises(Invalid, match="tells no format"):
        run("export", tmp_path / "a.doc")
    assert not list(tmp_path.iterdir())


def test_an_export_that_breaks_off_leaves_the_old_file(city, tmp_path, monkeypatch):
    from citybrain.domains.catalogue.exchange import files

    old = tmp_path / "a.csv"
    old.write_text("old")
    monkeypatch.setattr(files, "csv_lines", lambda rows: iter(["x", 1]))
    with pytest.raises(AttributeError):
        run("export", old)
    assert old.read_text() == "old" and len(list(tmp_path.iterdir())) == 1
