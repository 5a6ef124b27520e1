"""`resource search` and `resource reindex`."""

import json

from tests import exchange
from tests.personas import City

from citybrain.surfaces.cli.tests.conftest import Run


def test_search_shows_the_best_and_other_ways_where_there_is_nothing(city: City, run: Run):
    exchange.published(city, "T-1", title_zh="停车场", title_en="Parking spaces")
    found = run("resource", "search", "哪里有", "停车场", "--as", "ci")
    assert found.exit_code == 0, found.output
    assert "停车场" in found.output and "共 1 条" in found.output
    nothing = run("resource", "search", "parkign", "--as", "ci")
    assert "可改用：parking" in nothing.output
    page = json.loads(run("resource", "search", "停车", "--as", "ci", "--json").output)
    assert page["items"][0]["highlights"]["title_zh"][0] == {"text": "停车", "hit": True}
    assert page["ranked"] is True


def test_reindex_says_how_many(city: City, run: Run):
    exchange.published(city, "T-1", title_zh="停车场", title_en="Parking spaces")
    assert "已编入 1 个资源" in run("resource", "reindex").output
