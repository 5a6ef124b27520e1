"""Searching in a real browser: completions by keyboard, facets, chips, and nothing found."""

from typing import Any

import pytest

from tests import exchange
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
    assert_no_outside_requests,
)
from tests.browser.test_console_pages import BOTH, sign_in
from tests.personas import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def searched(city: City) -> City:
    rows = [
        ("307001/0001", "公交线路表", "Bus lines"),
        ("307001/0002", "公交站点表", "Bus stops"),
        ("T-0003", "停车场泊位", "Parking spaces"),
    ]
    for number, (code, zh, en) in enumerate(rows):
        cycle = "monthly" if number else "daily"
        exchange.published(city, code, title_zh=zh, title_en=en, update_cycle=cycle)
    return city


@BOTH
def test_completions_are_chosen_by_keyboard_and_ranked_results_are_marked(
    visit: Visit, live_server: Any, searched: City, language: str
) -> None:
    sign_in(visit, live_server, "ci", language)
    page = visit.page
    page.goto(f"{live_server.url}/resources")
    field, options = page.locator("[data-suggest]"), page.locator(".cb-suggest [role=option]")
    field.press_sequentially("公交" if language == "zh-hans" else "bus", delay=30)
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert options.count() == 2
    assert_accessible(page)
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.locator('[role="option"][aria-selected="true"]')
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    text = chosen.inner_text()
    field.press("Enter")
    page.locator(".cb-chip").first.wait_for()
    assert text in page.locator(".cb-table tbody th").first.inner_text()
    assert page.locator(".cb-table mark").count() > 0
    assert_accessible(page)
    assert_fits(page)
    assert_no_outside_requests(visit)
    assert_no_complaints(visit)


@pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_facet_narrows_and_its_chip_takes_the_choice_away(
    visit: Visit, live_server: Any, searched: City
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(f"{live_server.url}/resources?q=公交 停车场")
    rows = page.locator(".cb-table tbody tr")
    assert rows.count() == 3
    if not page.locator(".cb-facets nav").is_visible():
        page.locator(".cb-facets > summary").click()
    page.locator(".cb-facets").get_by_role("link", name="每日").click()
    page.wait_for_url("**cycle=daily**")
    assert rows.count() == 1
    assert_fits(page)
    page.locator(".cb-chip", has_text="每日").click()
    page.wait_for_url(lambda url: "cycle" not in url)
    assert rows.count() == 3
    assert_no_complaints(visit)


def test_where_nothing_is_found_other_ways_are_offered(
    visit: Visit, live_server: Any, searched: City
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(f"{live_server.url}/resources?q=parkign")
    assert "没有找到" in page.locator(".cb-empty").inner_text()
    assert_accessible(page)
    page.locator(".cb-empty .cb-chip").click()
    page.wait_for_url("**q=parking**")
    assert page.locator(".cb-table tbody tr").count() == 1
