"""Smallest groups and noise: what an aggregate may tell of a few."""

import json
import random

import pytest

from citybrain.domains.catalogue.logic.privacy import Release, discrete_laplace
from citybrain.domains.catalogue.logic.query import Reader
from citybrain.domains.catalogue.tests.conftest import World
from citybrain.domains.catalogue.tests.test_table import item
from citybrain.kernel.kinds import PolicyRefusal
from citybrain.kernel.policy.decision import Delivery

ITEMS = [item("district"), item("age", "I", minimum=0, maximum=100), item("free", "N")]


def make(world: World, sizes: dict[str, int]):
    lines = ["district,age,free"]
    for district, size in sizes.items():
        lines += [f"{district},{50 if n else ''},1" for n in range(size)]
    world.write("p.csv", "\n".join(lines) + "\n")
    source = {"type": "file", "path": "p.csv", "format": "csv"}
    return world.resource("table", {"source": source, "items": ITEMS})


def groups(world: World, resource, delivery: Delivery, **query: str):
    listed = {name: [value] for name, value in query.items()}
    return json.loads(world.use(resource, "", listed, delivery).body)["rows"]


def test_small_groups_are_left_out(world):
    resource = make(world, {"a": 4, "b": 3, "c": 9})
    rows = groups(world, resource, Delivery(min_cohort=5), group="district")
    assert rows == [{"district": "c", "count": 9}]


def test_a_lone_small_group_takes_the_next_smallest_with_it(world):
    # a = total - b - c otherwise.
    resource = make(world, {"a": 2, "b": 6, "c": 9})
    rows = groups(world, resource, Delivery(min_cohort=5), group="district")
    assert rows == [{"district": "c", "count": 9}]


def test_a_condition_that_leaves_few_rows_gives_no_figure(world):
    resource = make(world, {"a": 3, "b": 9})
    assert groups(world, resource, Delivery(min_cohort=5), agg="count", district="eq.a") == []


def test_a_sum_over_few_values_is_null(world):
    resource = make(world, {"a": 5})  # five rows, four ages
    rows = groups(world, resource, Delivery(min_cohort=5), agg="count,sum.age")
    assert rows == [{"count": 5, "sum.age": None}]


@pytest.mark.parametrize("delivery", [Delivery(min_cohort=5), Delivery(epsilon=1.0)])
def test_min_and_max_are_refused_because_they_are_one_rows_value(world, delivery):
    with pytest.raises(PolicyRefusal):
        groups(world, make(world, {"a": 9}), delivery, agg="max.age")


def test_noise_on_an_unbounded_column_is_refused(world):
    with pytest.raises(PolicyRefusal) as refusal:
        groups(world, make(world, {"a": 9}), Delivery(epsilon=1.0), agg="sum.free")
    assert refusal.value.refused.reason == "column-not-bounded"


def test_noise_changes_counts_and_stays_near(world):
    resource = make(world, {"a": 500})
    seen = [
        groups(world, resource, Delivery(epsilon=0.5), agg="count,sum.age,avg.age")[0]
        for _ in range(30)
    ]
    counts = [row["count"] for row in seen]
    assert len(set(counts)) > 5
    assert abs(sum(counts) / 30 - 500) < 20
    assert all(0 <= row["avg.age"] <= 100 for row in seen)


def test_groups_of_few_do_not_show_through_the_noise(world):
    resource = make(world, {"many": 500, "one": 1})
    for _ in range(20):
        rows = groups(world, resource, Delivery(epsilon=1.0), group="district", order="count.desc")
        assert [row["district"] for row in rows] == ["many"]


def test_the_budget_is_divided_among_the_figures(world):
    table = make(world, {"a": 1}).metadata
    query = Reader(table, {"agg": ["count,sum.age,avg.age"]}).read()
    assert Release(query, 1.0, 1, random.Random(1)).share == 1.0 / 4


def test_the_noise_has_the_scale_of_the_mechanism():
    generator = random.Random(7)
    draws = [discrete_laplace(generator, 4.0) for _ in range(20_000)]
    assert abs(sum(draws) / len(draws)) < 0.2
    # The variance of a two-sided geometric number with a = exp(-1/4) is 2a/(1-a)^2 = 31.8.
    assert 29 < sum(draw * draw for draw in draws) / len(draws) < 35
