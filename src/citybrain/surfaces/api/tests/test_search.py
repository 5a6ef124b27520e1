"""Search through the API: ranked, marked, counted, completed, and only what one may see."""

import pytest
from tests import exchange
from tests.done import ClientFor
from tests.personas import City

from citybrain.surfaces.api.tests.test_main_job import get


@pytest.fixture
def catalogue(city: City) -> City:
    texts = {"summary_zh": "", "summary_en": ""}
    exchange.published(city, "3070012/0001", title_zh="公交线路表", title_en="Bus lines", **texts)
    exchange.published(city, "T-2", title_zh="停车场", title_en="Parking", **texts)
    exchange.echo_resource(city, "T-3", title_zh="公交草稿", title_en="Bus draft", **texts)
    return city


def test_words_rank_mark_and_count(catalogue: City, client_for: ClientFor):
    page = get(client_for(catalogue.zhao), "/resources?q=哪里有公交线路&facets=theme,owner,status")
    assert [one["code"] for one in page["items"]] == ["3070012/0001"]
    assert (page["ranked"], page["partial"], page["count"], page["more"]) == (True, False, 1, False)
    assert page["items"][0]["highlights"]["title_zh"] == [
        {"text": "公交线路", "hit": True},
        {"text": "表", "hit": False},
    ]
    owner = catalogue.transport.ref
    assert page["facets"] == {"theme": {"3": 1}, "owner": {owner: 1}, "status": {"published": 1}}


def test_filters_orders_and_facets_work_together(catalogue: City, client_for: ClientFor):
    client = client_for(catalogue.su)
    by_code = get(client, "/resources?q=bus&sort=-code&facets=status")
    assert [one["code"] for one in by_code["items"]] == ["T-3", "3070012/0001"]
    assert (by_code["ranked"], by_code["items"][0]["highlights"]) == (False, None)
    assert by_code["facets"] == {"status": {"published": 1, "draft": 1}}
    assert get(client, "/resources?theme=3")["count"] == 1
    assert get(client, "/resources?facets=theme&status=published")["facets"] == {
        "theme": {"3": 1, "0": 1}
    }
    assert get(client, "/resources?q=bus&update_cycle=monthly&status=draft")["count"] == 1
    for bad in ("facets=colour", "facets=theme,,", "sort=score", "theme=x"):
        assert client.get(f"/api/v1/resources?q=bus&{bad}").status_code == 422, bad


def test_completions_are_of_what_one_may_see(catalogue: City, client_for: ClientFor):
    stranger = get(client_for(catalogue.zhao), "/resources/suggest?q=公交")
    assert [(one["text"], one["code"]) for one in stranger] == [("公交线路表", "3070012/0001")]
    assert len(get(client_for(catalogue.su), "/resources/suggest?q=公交")) == 2
    assert (
        client_for(catalogue.su).get(f"/api/v1/resources/suggest?q={'a' * 81}").status_code == 422
    )
