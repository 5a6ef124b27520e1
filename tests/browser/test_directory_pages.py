"""The directory for everybody; versions, lineage and harvest for the signed in: in a browser."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from citybrain.domains.catalogue.harvest import actions as harvest
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.actions import relations, resources
from citybrain.kernel.models import Resource
from tests.browser.harness import (
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
def tide(city: City) -> Resource:
    """An entry with a history and relations, harvested from nowhere."""
    rows = {one.code: one for one in listed.demo_like(city)}
    made = rows["tide"]
    for code, type_ in (("streets", "derived-from"), ("sun-times", "part-of")):
        relations.state_relation(
            acting_party=city.su, source_ref=made.ref, target=code, type=type_, note="按月汇总"
        )
    relations.state_relation(
        acting_party=city.su, source_ref=rows["survival-check"].ref, target="tide", type="replaces"
    )
    harvest.add_source(
        acting_party=city.su, title="邻市目录", type="ckan", url="https://data.example.org"
    )
    return resources.change_resource(
        acting_party=city.su,
        resource_ref=made.ref,
        reasons="机构改革",
        summary_zh="青岛港每日高潮、低潮的时刻和潮高，由海洋站按年编制，供航行和作业参考。",
        related=["streets"],
        category_class="1",
        category_item="03",
        open_type="unconditional",
        metadata={**listed.EXTERNAL, "items": [_item("time", "时刻"), _item("height", "潮高")]},
    )


def _item(name: str, title: str) -> dict[str, Any]:
    return {"name": name, "title_zh": title, "title_en": name.title(), "type": "C"}


def seen(visit: Visit, address: str) -> None:
    visit.complaints.clear()
    answer = visit.page.goto(address)
    assert answer is not None and answer.status == 200, address
    visit.page.wait_for_load_state("networkidle")
    if folder := os.environ.get("CITYBRAIN_TEST_PICTURES"):
        name = "-".join((*address.split("/")[3:], str(visit.page.viewport_size["width"])))
        visit.page.screenshot(path=Path(folder) / f"{name}.png".replace("?", "-"), full_page=True)
    assert_accessible(visit.page)
    assert_fits(visit.page)
    assert_no_complaints(visit)
    assert_no_outside_requests(visit)


@BOTH
def test_everybody_reads_the_directory(
    visit: Visit, language: str, live_server: Any, tide: Resource
) -> None:
    for address in ("/directory", "/directory?q=潮汐", f"/dataset/{tide.ref}"):
        joined = "&" if "?" in address else "?"
        seen(visit, f"{live_server.url}{address}{joined}lang={language}")


@BOTH
def test_versions_lineage_and_harvest_can_be_read_and_fit(
    visit: Visit, language: str, live_server: Any, tide: Resource
) -> None:
    sign_in(visit, live_server, "su", language)
    for name in ("resource", "resource-change", "resource-versions", "resource-lineage"):
        seen(visit, live_server.url + reverse(name, args=[tide.ref]))
    seen(visit, live_server.url + reverse("harvest"))
    seen(visit, live_server.url + reverse("harvest-add"))
    source = harvest.HarvestSource.objects.get()
    seen(visit, live_server.url + reverse("harvest-source", args=[source.ref]))
