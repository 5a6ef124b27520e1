"""The lists in a real browser: a demand from filing to being met, a rating, a chart."""

from typing import Any

import pytest
from django.urls import reverse

from citybrain.domains.lists.models import Demand, Rating
from citybrain.domains.lists.tests.world import World, build_world
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
SIZES = pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])


@pytest.fixture
def world(city: City) -> World:
    return build_world(city)


@SIZES
def test_a_demand_is_filed_matched_and_met(visit: Visit, live_server: Any, world: World) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(f"{live_server.url}{reverse('demand-file')}?q=公交线路")
    page.click('main button[type="submit"]')
    assert page.locator("[data-error-summary]").count() > 0
    assert_accessible(page)
    assert_fits(page)
    visit.complaints.clear()  # the answer 422 is told on the console
    page.fill("#id_basis", "职责法定")
    page.select_option("#id_purpose", "public-service")
    page.fill("#id_items", "线路\n站点")
    page.click('main button[type="submit"]')
    page.wait_for_selector(".cb-match")
    assert_fits(page)
    page.locator(".cb-match form[action$='/accept'] button").first.click()
    page.wait_for_load_state("networkidle")
    assert Demand.objects.latest("pk").state == "met"
    assert_accessible(page)
    assert_no_complaints(visit)


@SIZES
def test_an_answer_is_rated_from_the_request_page(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(live_server.url + reverse("request", args=[world.request.ref]))
    page.click(f"a[href='{reverse('rate-request', args=[world.request.ref])}']")
    assert page.is_checked('input[name="score"][value="5"]')
    page.check('input[name="score"][value="3"]')
    page.fill("#id_words", "希望更快")
    assert_fits(page)
    page.click('main button[type="submit"]')
    page.wait_for_url(f"**{reverse('request', args=[world.request.ref])}")
    assert Rating.objects.get().score == 3


def test_the_board_is_drawn_and_its_numbers_lead_on(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "lin", "zh-hans")
    page = visit.page
    page.goto(live_server.url + reverse("lists-board"))
    page.wait_for_selector("[data-chart-src] canvas, [data-chart-src] svg")
    page.click("td[data-title='按期答复率'] a")
    page.wait_for_url("**/lists/requests?*reply=counted*")
    assert page.locator("tbody tr").count() == 2
    assert_no_complaints(visit)
