"""Every source of a table: encodings, formats, databases, large files, broken ones."""

import json
import os
import sqlite3

import duckdb
import openpyxl
import pytest

from citybrain.domains.catalogue.serving import loading, store
from citybrain.domains.catalogue.tests.conftest import World
from citybrain.domains.catalogue.tests.test_table import item
from citybrain.kernel.kinds import ServeError

ITEMS = [item("code", "I"), item("name")]
EXPECTED = [{"code": 1, "name": "青岛"}, {"code": 2, "name": "a,b"}]
CSV = 'code,name\n1,青岛\n2,"a,b"\n'


def rows(world: World, source: dict, **more):
    resource = world.resource("table", {"source": source, "items": ITEMS, **more})
    return json.loads(world.use(resource).body)["rows"]


def file(path: str, form: str = "csv", **more):
    return {"type": "file", "path": path, "format": form, **more}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_its_encoding(world, encoding):
    world.write("a.csv", CSV.encode(encoding))
    assert rows(world, file("a.csv", encoding=encoding.removesuffix("-sig"))) == EXPECTED


def test_the_wrong_encoding_is_told(world):
    world.write("a.csv", CSV.encode("gb18030"))
    with pytest.raises(ServeError) as error:
        rows(world, file("a.csv"))
    assert error.value.reason == "source-unreadable"
    world.write("b.csv", CSV.encode() + b"\xff\xff")
    with pytest.raises(ServeError, match="encoding"):
        rows(world, file("b.csv", encoding="gb18030"))


@pytest.mark.parametrize(
    "content", ["", "\n", "code,code\n1,2\n", "code,name\n1\n", 'code,name\n1,"a']
)
def test_a_broken_csv_is_the_sources_fault(world, content):
    world.write("a.csv", content)
    with pytest.raises(ServeError) as error:
        rows(world, file("a.csv"))
    assert error.value.status == 502


def test_parquet_in_memory_and_on_disk(world, monkeypatch):
    world.write("a.csv", CSV)
    path = str(world.root / "a.parquet")
    duckdb.sql(f"COPY (FROM read_csv('{world.root}/a.csv')) TO '{path}' (FORMAT parquet)")
    assert rows(world, file("a.parquet", "parquet")) == EXPECTED
    monkeypatch.setattr(loading, "IN_MEMORY_BYTES", 1)
    assert rows(world, file("a.parquet", "parquet")) == EXPECTED


def test_a_large_csv_is_converted_once_and_read_from_disk(world, monkeypatch):
    monkeypatch.setattr(loading, "IN_MEMORY_BYTES", 1)
    world.write("a.csv", CSV)
    assert rows(world, file("a.csv")) == rows(world, file("a.csv")) == EXPECTED
    assert len(list((world.root / "cache/tables").glob("*"))) == 1


def test_excel(world):
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    book.active.append([1, "青岛"])
    book.active.append([2, "a,b"])
    book.save(world.root / "a.xlsx")
    assert rows(world, file("a.xlsx", "excel")) == EXPECTED
    assert list((world.root / "cache/tables").iterdir()) == []
    world.write("b.xlsx", "no zip")
    with pytest.raises(ServeError, match="Excel"):
        rows(world, file("b.xlsx", "excel"))


def test_geojson_keeps_its_shapes_and_answers_boxes(world):
    line = {"type": "LineString", "coordinates": [[120, 36], [121, 37]]}
    features = [
        {"type": "Feature", "geometry": line, "properties": {"code": 1, "name": "x"}},
        {"type": "Feature", "geometry": None, "properties": None},
    ]
    world.write("a.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    table = {
        "source": file("a.geojson", "geojson"),
        "items": [*ITEMS, item("geometry", "G")],
        "geometry": {"column": "geometry"},
        "datum": "WGS-84",
    }
    resource = world.resource("table", table)
    whole = json.loads(world.use(resource, "", {"format": ["geojson"]}).body)
    assert whole["features"][0]["geometry"] == line
    assert whole["features"][0]["properties"] == {"code": 1, "name": "x"}
    inside = world.use(resource, "", {"bbox": ["120.4,36.4,120.6,36.6"]})
    assert inside.rows == 1
    world.write("a.geojson", '{"features": [1]}')
    with pytest.raises(ServeError, match="GeoJSON"):
        world.use(resource)


def test_a_table_of_sqlite(world):
    base = sqlite3.connect(world.root / "a.db")
    base.execute("CREATE TABLE t (code INTEGER, name TEXT)")
    base.executemany("INSERT INTO t VALUES (?, ?)", [(1, "青岛"), (2, "a,b")])
    base.commit()
    base.close()
    source = {"type": "database", "engine": "sqlite", "path": "a.db", "table": "t"}
    assert rows(world, source) == EXPECTED
    with pytest.raises(ServeError, match="no column code"):
        rows(world, source | {"table": "absent"})


def test_postgresql_needs_a_configured_credential(world, settings, tmp_path):
    source = {"type": "database", "engine": "postgresql", "credential": "x", "table": "public.t"}
    file = tmp_path / "credentials.toml"
    file.write_text('[x]\ndsn = "postgresql://127.0.0.1:1/none"\ntables = ["public.other"]\n')
    file.chmod(0o600)
    settings.CITYBRAIN = settings.CITYBRAIN.model_copy(update={"credentials_file": file})
    with pytest.raises(ServeError) as error:
        rows(world, source)
    assert error.value.reason == "credential-unusable"
    with pytest.raises(ServeError) as error:
        rows(world, source | {"table": "public.other"})
    assert error.value.reason == "source-unreadable"
    with pytest.raises(ValueError, match="credential"):
        world.resource("table", {"source": source | {"credential": None}, "items": ITEMS})


@pytest.mark.postgres
@pytest.mark.skipif("CITYBRAIN_TEST_POSTGRES" not in os.environ, reason="needs PostgreSQL")
def test_a_table_of_postgresql(world, settings, tmp_path):
    import psycopg

    dsn = os.environ["CITYBRAIN_TEST_POSTGRES"]
    with psycopg.connect(dsn, autocommit=True) as base:
        base.execute("DROP TABLE IF EXISTS kinds_probe")
        base.execute("CREATE TABLE kinds_probe (code int, name text)")
        base.execute("INSERT INTO kinds_probe VALUES (1, '青岛'), (2, 'a,b')")
    file = tmp_path / "credentials.toml"
    file.write_text(f"[x]\ndsn = '{dsn}'\ntables = ['public.kinds_probe']\n")
    file.chmod(0o600)
    settings.CITYBRAIN = settings.CITYBRAIN.model_copy(update={"credentials_file": file})
    source = {"type": "database", "engine": "postgresql", "credential": "x"}
    assert rows(world, source | {"table": "public.kinds_probe"}) == EXPECTED


def test_the_loaded_database_reaches_no_file(world):
    world.write("a.csv", CSV)
    world.write("other.csv", CSV)
    resource = world.resource("table", {"source": file("a.csv"), "items": ITEMS})
    base = store.table_of(resource)
    for attempt in (
        f"SELECT * FROM read_csv('{world.root}/other.csv')",
        f"SELECT * FROM '{world.root}/other.csv'",
        f"ATTACH '{world.root}/x.db'",
        f"COPY data TO '{world.root}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            base.execute(attempt)


def test_a_query_that_takes_too_long_is_a_504(world, monkeypatch):
    world.write("a.csv", CSV)
    resource = world.resource("table", {"source": file("a.csv"), "items": ITEMS})
    store.table_of(resource).execute(
        "CREATE OR REPLACE TABLE data AS SELECT range AS code, 'x' AS name, range AS _row "
        "FROM range(3000000)"
    )
    monkeypatch.setattr(store, "QUERY_SECONDS", 0.01)
    with pytest.raises(ServeError) as error:
        world.use(resource, "", {"order": ["name,code.desc"], "name": ["like.*x*"]})
    assert (error.value.status, error.value.reason) == (504, "query-timeout")


def test_too_many_waiting_queries_are_turned_away(world, monkeypatch):
    world.write("a.csv", CSV)
    monkeypatch.setattr(store, "WAITING", 0)
    with pytest.raises(ServeError) as error:
        rows(world, file("a.csv"))
    assert error.value.status == 503
