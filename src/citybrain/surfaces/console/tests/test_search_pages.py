"""The list of resources when it is searched: facets, chips, orders, completions, demands."""

import pytest
from django.urls import reverse
from tests.personas import City
from tests.suites import client_of

from citybrain.surfaces.console.tests.world import World, build_world


@pytest.fixture
def world(city: City) -> World:
    return build_world(city)


def test_a_search_without_result_offers_to_file_a_demand_to_who_may(world: World) -> None:
    page = client_of("ci").get("/resources?q=火星登陆").content.decode()
    assert "没有找到与“火星登陆”相符的资源" in page
    assert f'href="{reverse("demand-file")}?q=%E7%81%AB%E6%98%9F%E7%99%BB%E9%99%86"' in page
    assert reverse("demand-file") not in client_of("lin").get("/resources?q=火星").content.decode()


def test_facets_are_links_with_counts_and_chips_take_choices_away(world: World) -> None:
    page = client_of("su").get("/resources?status=draft").content.decode()
    assert 'aria-current="true"><span>草稿</span><span class="cb-facet-count">1</span>' in page
    assert 'class="cb-chip" href="/resources?"' in page
    assert client_of("su").get("/resources?theme=7").status_code == 400


def test_an_order_that_was_asked_for_holds_also_for_a_search(world: World) -> None:
    page = client_of("su").get("/resources?q=公交 停车&sort=code").content.decode()
    assert 'aria-sort="ascending"' in page
    assert "排序方式: 目录代码" in page
    answer = client_of("su").get("/resources?q=停车&export=csv")
    rows = b"".join(answer).decode().splitlines()[1:]
    assert len(rows) == 1
    assert "停车场" in rows[0]


def test_completions_are_json_and_never_an_error(world: World) -> None:
    client = client_of("su")
    assert client.get("/resources/suggest.json?q=停").json() == {"items": ["停车场"]}
    for text in ("", "%00", "%F0%9F%98%80" * 60, "(", "[a"):
        assert client.get(f"/resources/suggest.json?q={text}").status_code == 200
