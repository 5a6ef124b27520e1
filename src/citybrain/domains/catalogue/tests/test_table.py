"""The kind table: what it answers, and what it never answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from citybrain.domains.catalogue.tests.conftest import World
from citybrain.kernel.kinds import PolicyRefusal, ServedResource, ServeError, kind_of
from citybrain.kernel.policy.decision import Delivery

CSV = """code,name,district,value,when,lng,lat
1,"甲, 一",市南区,10,2025-01-01,120.1,36.1
2,乙,市南区,20,2025-01-02,120.2,36.2
3,丙_%,市北区,,2025-01-03,120.3,36.3
4,,崂山区,40,2025-01-04,,
"""


def item(name: str, letter: str = "C", **more: Any) -> dict[str, Any]:
    return {"name": name, "title_zh": name, "title_en": name, "type": letter, **more}


ITEMS = [
    item("code", "I"),
    item("name"),
    item("district"),
    item("value", "N", minimum=0, maximum=100),
    item("when", "D"),
    item("lng", "N"),
    item("lat", "N"),
]


def metadata(**more: Any) -> dict[str, Any]:
    return {
        "source": {"type": "file", "path": "places.csv", "format": "csv"},
        "items": ITEMS,
        "geometry": {"lng": "lng", "lat": "lat"},
        "datum": "WGS-84",
        **more,
    }


@pytest.fixture
def places(world: World) -> ServedResource:
    world.write("places.csv", CSV)
    return world.resource("table", metadata())


def ask(world: World, resource: ServedResource, delivery: Delivery | None = None, **query: Any):
    listed = {k: v if isinstance(v, list) else [str(v)] for k, v in query.items()}
    return json.loads(world.use(resource, "", listed, delivery).body)


def codes(world: World, resource: ServedResource, **query: Any) -> list[int]:
    return [row["code"] for row in ask(world, resource, **query)["rows"]]


def test_rows_come_typed_in_the_order_of_the_file(world, places):
    rows = ask(world, places)["rows"]
    assert rows[0] == {
        "code": 1,
        "name": "甲, 一",
        "district": "市南区",
        "value": 10.0,
        "when": "2025-01-01",
        "lng": 120.1,
        "lat": 36.1,
    }
    assert rows[3]["name"] is None and rows[3]["lng"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"code": "eq.2"}, [2]),
        ({"code": "ne.2"}, [1, 3, 4]),
        ({"code": ["gte.2", "lt.4"]}, [2, 3]),
        ({"code": "in.(1,4)"}, [1, 4]),
        ({"name": 'in."甲, 一",乙'}, [1, 2]),
        ({"name": "like.甲*"}, [1]),
        ({"name": "like.*_%"}, [3]),
        ({"name": "is.null"}, [4]),
        ({"value": "is.notnull", "district": "eq.市南区"}, [1, 2]),
        ({"when": "gt.2025-01-02"}, [3, 4]),
        ({"where.when": "lte.2025-01-01"}, [1]),
        ({"order": "value.desc"}, [4, 2, 1, 3]),
        ({"order": "district,code.desc", "limit": 2}, [4, 3]),
        ({"limit": 2, "offset": 1}, [2, 3]),
        ({"bbox": "120.15,36,120.35,37"}, [2, 3]),
    ],
)
def test_conditions_order_and_pages(world, places, query, expected):
    assert codes(world, places, **query) == expected


def test_more_tells_whether_there_is_a_next_page(world, places):
    assert ask(world, places, limit=3)["more"] is True
    assert ask(world, places, limit=4)["more"] is False


def test_groups_and_aggregates(world, places):
    rows = ask(
        world, places, group="district", agg="count,sum.value,min.when", order="count.desc", limit=1
    )["rows"]
    assert rows == [{"district": "市南区", "count": 2, "sum.value": 30.0, "min.when": "2025-01-01"}]


def test_csv_carries_the_watermark_as_its_last_line(world, places):
    answer = world.use(
        places, "", {"format": ["csv"], "select": ["code,name"]}, Delivery(watermark="甲\r\n局")
    )
    lines = answer.body.decode().splitlines()
    assert lines[:2] == ["code,name", '1,"甲, 一"']
    assert lines[-1] == "# watermark: 甲 局"
    assert answer.headers["X-CityBrain-Watermark"] == "%E7%94%B2 %E5%B1%80"
    assert answer.units == answer.rows == 4


def test_json_carries_the_watermark_as_a_member(world, places):
    assert ask(world, places, Delivery(watermark="某局"))["_watermark"] == "某局"


def test_geojson_has_points_and_names_its_datum(world, places):
    whole = ask(world, places, format="geojson", select="name")
    assert whole["datum"] == "WGS-84"
    assert whole["features"][0] == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [120.1, 36.1]},
        "properties": {"name": "甲, 一"},
    }
    assert whole["features"][3]["geometry"] is None


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"nothing": "eq.1"}, "unknown-field"),
        ({"select": "code,nothing"}, "unknown-field"),
        ({"code": "eq.x"}, "bad-value"),
        ({"code": "eq.99999999999999999999"}, "bad-value"),
        ({"value": "eq.nan"}, "bad-value"),
        ({"when": "eq.2025-13-01"}, "bad-value"),
        ({"code": "drop.1"}, "unknown-operator"),
        ({"code": "1"}, "unknown-operator"),
        ({"code": "like.1*"}, "unknown-operator"),
        ({"name": 'in."a'}, "malformed-list"),
        ({"limit": "10001"}, "bad-limit"),
        ({"limit": "-1"}, "bad-limit"),
        ({"offset": "1; drop"}, "bad-offset"),
        ({"limit": ["1", "2"]}, "repeated"),
        ({"agg": "sum.name"}, "not-a-number"),
        ({"agg": "count.code"}, "unknown-aggregate"),
        ({"agg": "count", "select": "code"}, "select-with-agg"),
        ({"agg": "count", "order": "code"}, "unknown-order"),
        ({"agg": "count", "format": "geojson"}, "geojson-of-groups"),
        ({"format": "xml"}, "unknown-format"),
        ({"bbox": "1,2,3"}, "bad-bbox"),
        ({"bbox": "nan,2,3,4"}, "bad-bbox"),
        ({"code": ["eq.1"] * 51}, "too-many-parameters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(world, places, query, reason):
    with pytest.raises(ServeError) as error:
        ask(world, places, **query)
    assert (error.value.status, error.value.reason) == (400, reason)
    assert error.value.detail_zh and error.value.detail_en


def test_only_get_is_served_and_only_known_paths(world, places):
    for path, method, status in (("", "POST", 405), ("other", "GET", 404)):
        with pytest.raises(ServeError) as error:
            world.use(places, path, method=method)
        assert error.value.status == status


FIELDS = Delivery(fields=frozenset({"code", "district"}))


def test_without_select_the_allowed_fields_leave(world, places):
    assert ask(world, places, FIELDS, limit=1)["rows"] == [{"code": 1, "district": "市南区"}]


@pytest.mark.parametrize(
    "query",
    [
        {"select": "code,name"},
        {"name": "eq.乙"},
        {"order": "name"},
        {"group": "name"},
        {"agg": "sum.value"},
        {"bbox": "0,0,1,1"},
        {"format": "geojson"},
    ],
)
def test_a_forbidden_field_is_refused_wherever_it_stands(world, places, query):
    with pytest.raises(PolicyRefusal) as refusal:
        ask(world, places, FIELDS, **query)
    assert refusal.value.refused.operand == "fields"


def test_the_schema_shows_allowed_columns_only(world, places):
    whole = json.loads(world.use(places, "schema", delivery=FIELDS).body)
    assert [column["name"] for column in whole["columns"]] == ["code", "district"]


def test_the_policys_rows_are_always_joined_with_and(world, places):
    delivery = Delivery(rows={"district": ("市南区",)})
    assert len(ask(world, places, delivery)["rows"]) == 2
    assert ask(world, places, delivery, district="eq.市北区")["rows"] == []
    assert ask(world, places, delivery, agg="count")["rows"] == [{"count": 2}]
    assert ask(world, places, Delivery(rows={"district": ()}))["rows"] == []


@pytest.mark.parametrize("rows", [{"gone": ("x",)}, {"code": ("x",)}])
def test_a_row_filter_that_cannot_be_applied_refuses(world, places, rows):
    with pytest.raises(PolicyRefusal) as refusal:
        ask(world, places, Delivery(rows=rows))
    assert refusal.value.refused.operand == "rows"


@pytest.mark.parametrize(
    ("delivery", "operand"),
    [
        (Delivery(aggregate_only=True), "action"),
        (Delivery(min_cohort=5, aggregate_only=True), "minimumCohort"),
        (Delivery(epsilon=1.0), "privacyBudget"),
    ],
)
def test_single_rows_never_leave_under_an_aggregate_policy(world, places, delivery, operand):
    with pytest.raises(PolicyRefusal) as refusal:
        ask(world, places, delivery)
    assert refusal.value.refused.operand == operand


def test_the_probe_counts_and_the_wrong_column_is_named(world, places):
    probe = kind_of("table").probe
    found = probe(places.metadata, world.root)
    assert found["rows"] == 4 and found["columns"][0] == "code" and found["bytes"] > 0
    wrong = world.resource("table", metadata(items=[*ITEMS, item("absent")]))
    with pytest.raises(ServeError, match="absent"):
        probe(wrong.metadata, world.root)


def test_a_value_of_the_wrong_type_is_told_by_row_without_the_value(world):
    world.write("places.csv", CSV.replace("4,,崂山区,40", "4,,崂山区,secret-7"))
    with pytest.raises(ServeError) as error:
        ask(world, world.resource("table", metadata()))
    assert error.value.status == 502
    assert 'Row 4 of "value"' in error.value.detail_en
    assert "secret" not in error.value.detail_en + error.value.detail_zh


def test_a_changed_file_is_read_again(world, places):
    assert len(ask(world, places)["rows"]) == 4
    world.write("places.csv", CSV + "5,戊,市北区,1,2025-01-05,120,36\n")
    assert len(ask(world, places)["rows"]) == 5


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secret.csv", "a/../../secret.csv", "", "a\x00b", "c:\\x"]
)
def test_metadata_cannot_name_a_path_outside(world, path):
    source = {"type": "file", "path": path, "format": "csv"}
    with pytest.raises(ValueError, match=r"path|relative"):
        world.resource("table", metadata(source=source))


def test_a_link_out_of_the_data_folder_is_not_followed(world, tmp_path: Path):
    (tmp_path / "secret.csv").write_text(CSV)
    (world.root / "places.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ServeError) as error:
        ask(world, world.resource("table", metadata()))
    assert error.value.reason == "source-missing"


def test_words_are_looked_for_in_the_text_columns_that_the_agreement_allows(world, places):
    assert codes(world, places, q="甲") == [1]
    assert codes(world, places, q="市南 乙") == [2]
    narrow = Delivery(fields=frozenset({"code", "district"}))
    assert not ask(world, places, narrow, q="甲")["rows"]
    assert len(ask(world, places, narrow, q="市南")["rows"]) == 2
    assert not ask(world, places, Delivery(fields=frozenset({"code"})), q="1")["rows"]
    with pytest.raises(ServeError, match="at most 10"):
        ask(world, places, q="a b c d e f g h i j k")


def test_a_count_tells_of_all_pages_and_of_the_agreed_rows_alone(world, places):
    query = {"limit": 1, "count": "exact"}
    assert ask(world, places, **query)["total"] == 4
    assert ask(world, places, Delivery(rows={"district": ("市南区",)}), **query)["total"] == 2
    csv = world.use(places, "", {"count": ["exact"], "format": ["csv"]})
    assert csv.headers["X-Total-Count"] == "4"
    for wrong in ({"count": "fast"}, {"count": "exact", "agg": "count"}):
        with pytest.raises(ServeError):
            ask(world, places, **wrong)
