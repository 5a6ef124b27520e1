"""The quality of a table in a real browser: profiled, judged, opened unmasked, corrected."""

from typing import Any

import pytest
from django.urls import reverse

from citybrain.domains.catalogue.models import Expectation, GradeProposal
from citybrain.domains.catalogue.tests import quality_world
from citybrain.domains.catalogue.tests.routes import World, build_world
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
)
from tests.browser.test_console_pages import sign_in
from tests.personas import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(city: City) -> World:
    return build_world(city)


@pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_steward_profiles_declines_and_writes_a_check(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "su", "zh-hans")
    page, url = visit.page, live_server.url + reverse("resource-quality", args=[world.table.ref])
    page.goto(url)
    with page.expect_navigation():
        page.click("text=立即评估")
    assert page.locator("meter").count() == 6
    page.wait_for_selector("[data-chart-src] svg")
    decline = page.locator("details", has=page.locator("summary", has_text="不采纳")).first
    decline.locator("summary").click()
    decline.locator("textarea").fill("均为虚构数据")
    assert_accessible(page)
    assert_fits(page)
    with page.expect_navigation():
        decline.locator("button.btn-primary").click()
    assert GradeProposal.objects.filter(state="declined").count() == 1
    page.goto(live_server.url + reverse("check-write", args=[world.table.ref]))
    page.select_option('[name="rule"]', "not_null")
    page.select_option('[name="column"]', "name")
    with page.expect_navigation():
        page.click('main button[type="submit"]')
    assert Expectation.objects.filter(rule="not_null", active=True).exists()
    assert_no_complaints(visit)


@pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
def test_the_preview_opens_unmasked_after_a_reason_and_a_row_leads_to_its_correction(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "su", "zh-hans")
    page = visit.page
    page.goto(live_server.url + reverse("resource-preview", args=[world.table.ref]))
    assert "********" in page.inner_text("#rows-caption >> xpath=..")
    page.fill('[name="reasons"]', "核对群众反映的登记错误")
    with page.expect_navigation():
        page.click("button:has-text('查看明文')")
    assert "********" not in page.inner_text("#rows-caption >> xpath=..")
    assert "核对群众反映的登记错误" in page.inner_text("main")
    assert_accessible(page)
    assert_fits(page)
    with page.expect_navigation():
        page.click("tbody a >> nth=0")
    assert page.input_value('[name="row"]') == "#1"
    assert_no_complaints(visit)


def test_a_score_over_several_versions_is_drawn(
    visit: Visit, live_server: Any, world: World
) -> None:
    for _ in range(3):
        quality_world.profiled(world.table)
    sign_in(visit, live_server, "ci", "en")
    page = visit.page
    page.goto(live_server.url + reverse("resource-quality", args=[world.table.ref]))
    page.wait_for_selector("[data-chart-src] svg")
    assert page.locator("[data-chart-table] tbody tr").count() == 4
