"""Every page of the console in a real browser: accessible, fits, silent, asks nobody else."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from citybrain.surfaces.console.tests.world import World, build_world
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
    assert_no_outside_requests,
)
from tests.personas import City
from tests.suites import client_of, suites

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOTH = pytest.mark.parametrize(
    ("visit", "language"),
    [(DESK, "zh-hans"), (PHONE, "zh-hans"), (DESK, "en"), (PHONE, "en")],
    indirect=["visit"],
    ids=["desk-zh", "phone-zh", "desk-en", "phone-en"],
)


@pytest.fixture
def world(city: City) -> World:
    return build_world(city)


def sign_in(visit: Visit, live_server: Any, name: str, language: str) -> None:
    session = client_of(name).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, "django_language": language}
    visit.page.context.add_cookies(
        [{"name": key, "value": one, "url": live_server.url} for key, one in cookies.items()]
    )


def pages(suite: Any, world: Any, person: str) -> list[str]:
    rows = {name: row for name, row in suite.ROUTES.items() if name not in suite.NOT_PAGES}
    return [
        row.address(world)
        for row in rows.values()
        if not row.post and not row.sealed and person in row.readers
    ]


def checked(visit: Visit, address: str) -> None:
    page = visit.page
    visit.complaints.clear()
    answer = page.goto(address)
    assert answer is not None and answer.status == 200, address
    page.wait_for_load_state("networkidle")
    for details in page.query_selector_all("main details"):
        details.evaluate("(one) => { one.open = true; }")
    assert_accessible(page)
    assert_fits(page)
    assert_no_outside_requests(visit)
    assert_no_complaints(visit)


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("app", sorted(suites()))
def test_every_page_is_accessible_fits_and_asks_nobody_else(
    visit: Visit, live_server: Any, city: City, language: str, app: str
) -> None:
    suite = suites()[app]
    world = suite.build_world(city)
    seen: set[str] = set()
    for person in ("lin", "su", "ci"):
        sign_in(visit, live_server, person, language)
        for url in pages(suite, world, person):
            if url not in seen:
                seen.add(url)
                checked(visit, live_server.url + url)
    assert len(seen) > 30 or app != "console"


@pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
def test_the_form_of_a_table_is_accessible_with_its_faults(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "su", "zh-hans")
    page = visit.page
    page.goto(f"{live_server.url}{reverse('resource-register')}?kind=table")
    assert page.is_visible('[name="metadata.source.file.path"]')
    assert not page.is_visible('[name="metadata.source.database.table"]')
    page.select_option('[name="metadata.source"]', "database")
    assert page.is_visible('[name="metadata.source.database.table"]')
    with page.expect_navigation():
        page.click('main button.btn-primary[type="submit"]')
    assert page.locator("[data-error-summary]").count() > 0
    assert_accessible(page)
    assert_fits(page)


def test_a_changed_record_is_not_proved_in_the_page(
    visit: Visit, live_server: Any, world: World
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(live_server.url + reverse("use", args=[world.use.ledger_index]))
    page.click("[data-verify-start]")
    page.wait_for_selector('[data-verdict="proved"]')
    page.evaluate(
        "() => { const one = document.getElementById('receipt');"
        " one.textContent = one.textContent.replace('granted', 'refused'); }"
    )
    page.click("[data-verify-start]")
    page.wait_for_selector('[data-verdict="failed"]')


def test_two_checkpoints_are_compared_by_the_browser(
    visit: Visit, live_server: Any, world: World
) -> None:
    from citybrain.kernel.actions import resources
    from citybrain.kernel.models import Checkpoint
    from citybrain.kernel.sealing import seal_all

    first = Checkpoint.objects.latest("size").size
    resources.publish_resource(acting_party=world.city.su, resource_ref=world.draft.ref)
    second = seal_all().size
    sign_in(visit, live_server, "an", "zh-hans")
    page = visit.page
    url = f"{live_server.url}{reverse('consistency')}?old={first}&new={second}"
    page.goto(url)
    page.wait_for_selector('[data-verdict="proved"]')
    Checkpoint.objects.filter(size=first).update(root="00" * 32)
    page.goto(url)
    page.wait_for_selector('[data-verdict="failed"]')
