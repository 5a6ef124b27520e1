import pytest, os
from citybrain.domains.catalogue.tests.routes import build_world
from citybrain.domains.catalogue.tests import quality_world
from tests.browser.harness import *
from tests.browser.test_console_pages import sign_in, BOTH
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@BOTH
def test_shots(visit, live_server, city, language, request):
    world = build_world(city)
    quality_world.profiled(world.table)
    sign_in(visit, live_server, "su", language)
    tag = request.node.callspec.id
    for name, args in (
        ("resource-quality", [world.table.ref]),
        ("resource-preview", [world.table.ref]),
        ("quality", []),
        ("check-write", [world.table.ref]),
    ):
        visit.page.goto(live_server.url + reverse(name, args=args))
        visit.page.wait_for_load_state("networkidle")
        visit.page.screenshot(path=f"/tmp/shots-q/{name}-{tag}.png", full_page=True)
        try:
            assert_accessible(visit.page)
            assert_fits(visit.page)
            assert_no_complaints(visit)
        except AssertionError as e:
            print("FAULT", name, tag, str(e)[:600])
