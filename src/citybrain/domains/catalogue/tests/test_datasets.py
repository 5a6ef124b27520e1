"""The demo's resources: every one can be registered, read and used."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from citybrain.domains.catalogue import datasets as module
from citybrain.domains.catalogue.data import derive
from citybrain.domains.catalogue.datasets import datasets
from citybrain.domains.catalogue.local_datasets import local_datasets
from citybrain.domains.catalogue.logic.local_data import bus_lines, daily_aqi
from citybrain.domains.catalogue.logic.sun import sun_times
from citybrain.domains.catalogue.logic.synthetic import synthetic_persons
from citybrain.domains.catalogue.serving import demo_upstream
from citybrain.engines.codes.datum import to_wgs84
from citybrain.engines.codes.synthetic import is_synthetic
from citybrain.kernel.kinds import kind_of

ROWS = {
    "metro-stations": 189,
    "streets": 141,
    "districts": 10,
    "industries": 1971,
    "service-items": 1135,
    "ports": 1634,
    "sea-level": 492,
    "survival-register": 2000,
    "survival-check": 2000,
}


@pytest.mark.parametrize("dataset", datasets(), ids=lambda one: one.code)
def test_every_dataset_passes_its_probe(world, dataset):
    dataset.build(world.root)
    resource = world.resource(dataset.kind, dataset.metadata)
    found = kind_of(dataset.kind).probe(resource.metadata, world.root)
    assert found.get("rows") == ROWS.get(dataset.code)


def test_every_kind_is_among_the_datasets():
    assert {one.kind for one in datasets()} == {"table", "verification", "file", "api"}
    assert len({one.code for one in datasets()}) == len(datasets())


def test_the_shipped_files_hold_what_is_known_of_the_city(world):
    found = {one.code: one for one in datasets()}
    for code in ("metro-stations", "ports", "districts"):
        found[code].build(world.root)
    metro = world.resource("table", found["metro-stations"].metadata)
    query = {"line": ["eq.3号线"], "name": ["eq.五四广场"]}
    row = json.loads(world.use(metro, "", query).body)["rows"][0]
    assert row["interchange"] is True and row["order"] is None
    ports = world.resource("table", found["ports"].metadata)
    row = json.loads(world.use(ports, "", {"home": ["eq.true"]}).body)["rows"][0]
    assert row["locode"] == "CNTAO"
    districts = world.resource("table", found["districts"].metadata)
    inside = world.use(districts, "", {"bbox": ["120.38,36.06,120.39,36.07"]})
    assert b"370202" in inside.body


def test_an_invented_person_is_found_alive_or_not(world):
    dataset = next(one for one in datasets() if one.code == "survival-check")
    dataset.build(world.root)
    resource = world.resource("verification", dataset.metadata)
    persons = synthetic_persons(module.PERSONS)
    for identity, name, _, status, _ in (persons[0], persons[-1]):
        body = json.dumps({"subject": identity, "match": {"name": name}}).encode()
        told = json.loads(world.use(resource, method="POST", body=body).body)
        assert told["answer"] == ("yes" if status == "alive" else "no")


def test_invented_persons_are_the_same_for_a_seed_and_marked(world):
    persons = synthetic_persons(500, 7)
    assert persons == synthetic_persons(500, 7) != synthetic_persons(500, 8)
    assert len({person[0] for person in persons}) == 500
    assert all(is_synthetic(person[0]) for person in persons)
    assert all("示例" in person[1] and person[4] == "true" for person in persons)
    assert {person[3] for person in persons} == {"alive", "deceased"}


def _day_length(day: date) -> int:
    rise, fall = sun_times(day, 120.38, 36.07, 8)
    return sum(sign * (int(t[:2]) * 60 + int(t[3:])) for sign, t in ((-1, rise), (1, fall)))


def test_the_suns_times_follow_the_year_and_the_meridian():
    assert abs(_day_length(date(2025, 3, 20)) - 12 * 60) < 15
    june, december = _day_length(date(2025, 6, 21)), _day_length(date(2025, 12, 21))
    assert 14 * 60 < june < 15 * 60 and abs(june + december - 24 * 60) < 30
    # 120.38 degrees east is a minute and a half before the meridian of UTC+8.
    rise, fall = sun_times(date(2025, 4, 15), 120.38, 36.07, 8)
    assert (rise, fall) < ("05:30", "18:30") and rise > "05:10"
    assert sun_times(date(2025, 6, 21), 20, 80, 2) is None


def test_the_demo_upstream_answers_through_the_kind(world):
    dataset = next(one for one in datasets() if one.code == "sun-times")
    server = demo_upstream.start(0)
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        resource = world.resource("api", dataset.metadata | {"base_url": address})
        told = json.loads(world.use(resource, "sun/2025-06-21").body)
        assert told["sunrise"].startswith("04:")
        assert world.use(resource, "sun/never").status == 404
    finally:
        server.shutdown()
        server.server_close()


def test_bus_lines_are_decoded_from_their_differences():
    whole = bus_lines(b"[[410, 2230, 120.3616, 36.1168, 0.0008, 0.0, 0.0007, -0.0001]]")
    assert whole["features"][0]["properties"] == {"line": 1, "first": "04:10", "last": "22:30"}
    points = whole["features"][0]["geometry"]["coordinates"]
    source = [(120.3616, 36.1168), (120.3624, 36.1168), (120.3631, 36.1167)]
    for point, original in zip(points, source, strict=True):
        assert point == pytest.approx(to_wgs84(*original), abs=1e-6)
        assert abs(point[0] - original[0]) > 0.003


def test_air_quality_days_are_local_days():
    assert daily_aqi(b'{"1420128000": 85, "1420041600": 54}') == [
        ("2015-01-01", 54),
        ("2015-01-02", 85),
    ]


def test_local_data_are_registered_only_where_they_are(world, tmp_path: Path):
    assert local_datasets(None) == local_datasets(tmp_path) == []
    (tmp_path / "qingdao").mkdir()
    (tmp_path / "qingdao/aqi_2015_daily.json").write_text('{"1420041600": 54}')
    (tmp_path / "qingdao/bus_lines.json").write_text("[[410, 2230, 120.3, 36.1, 0.1, 0.1]]")
    found = local_datasets(tmp_path)
    assert [one.code for one in found] == ["bus-lines", "air-quality"]
    for one in found:
        one.build(world.root)
        assert world.use(world.resource("table", one.metadata)).rows == 1


@pytest.mark.skipif("CITYBRAIN_TEST_SOURCES" not in os.environ, reason="sources are not shipped")
def test_the_shipped_files_are_what_derive_makes(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(derive, "HERE", tmp_path)
    derive.main(Path(os.environ["CITYBRAIN_TEST_SOURCES"]))
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (module.DATA / made.name).read_bytes()
