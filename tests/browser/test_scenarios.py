"""Scenario packs in a real browser: the expression language, the form's rules, a case worked on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from citybrain.flows import expressions, outbox, runner, uses
from citybrain.flows.actions import packs, runs
from citybrain.flows.models import Run
from citybrain.flows.packs.pack import folder_files
from citybrain.flows.shipped import folder_of, shipped
from citybrain.flows.tests.house import in_use, started
from tests.browser.harness import DESK, PHONE, Visit
from tests.browser.test_console_pages import checked, sign_in
from tests.personas import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CASES = json.loads((Path(expressions.__file__).parent / "cases.json").read_text("utf-8"))
SIZES = pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
PICTURES = os.environ.get("CITYBRAIN_TEST_PICTURES", "")
RUN_CASES = """(cases) => [...cases.answers, ...cases.errors].map(([text]) => {
  const {data, types, today} = cases;
  try { return {answer: CityBrainExpressions.evaluate(text, data, types, today)}; }
  catch (fault) { return {code: fault.code, at: fault.at}; }
})"""


def picture(visit: Visit, name: str) -> None:
    """Keep what the page looks like, for whoever wants to see it."""
    if PICTURES:
        width = visit.page.viewport_size["width"]
        visit.page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


@pytest.fixture
def closed_door() -> Any:
    yield
    uses.close()


def work() -> None:
    while runner.drive_due() + outbox.deliver_due():
        pass


def start_page(city: City, live_server: Any) -> str:
    in_use(city)
    return live_server.url + reverse("run-start", args=["journey"])


def test_the_browser_answers_every_expression_as_the_server_does(
    visit: Visit, live_server: Any, city: City
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    visit.page.goto(start_page(city, live_server))
    told = visit.page.evaluate(RUN_CASES, CASES)
    answers = [wanted for _, wanted in CASES["answers"]]
    wrong = []
    for (text, *_), wanted, found in zip(CASES["answers"], answers, told, strict=False):
        same = (
            found.get("code") == wanted["error"]
            if isinstance(wanted, dict)
            else ("answer" in found and found["answer"] == wanted)
        )
        if not same:
            wrong.append((text, wanted, found))
    for (text, code, at), found in zip(CASES["errors"], told[len(answers) :], strict=True):
        if code and (found.get("code"), found.get("at")) != (code, at):
            wrong.append((text, code, at, found))
    assert wrong == []


def test_fields_come_and_go_by_the_packs_own_expressions(
    visit: Visit, live_server: Any, city: City
) -> None:
    files = folder_files(folder_of("residence-endorsement"))
    version = packs.import_pack(acting_party=city.ci, files=files)
    version.state = "active"
    version.save()
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(live_server.url + reverse("run-start", args=["residence-endorsement"]))
    assert not page.is_visible('[name="post_address"]')
    page.select_option('[name="delivery"]', "post")
    assert page.is_visible('[name="post_address"]')
    page.select_option('[name="delivery"]', "electronic")
    assert not page.is_visible('[name="post_address"]')


@SIZES
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", [folder.name for folder in shipped()])
def test_every_shipped_pack_has_a_page_that_can_be_read(
    visit: Visit, live_server: Any, city: City, name: str, language: str
) -> None:
    version = packs.import_pack(acting_party=city.ci, files=folder_files(folder_of(name)))
    sign_in(visit, live_server, "ci", language)
    example = sorted(one for one in version.files if one.startswith("examples/"))[0]
    url = live_server.url + reverse("scenario", args=[version.ref])
    checked(visit, f"{url}?example={Path(example).stem}")
    assert visit.page.locator(".flows-box.flows-on").count() > 2
    picture(visit, f"pack-{name}-{language}")


@SIZES
def test_a_case_is_begun_decided_and_finished_in_the_browser(
    visit: Visit, live_server: Any, city: City, closed_door: None
) -> None:
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    page.goto(start_page(city, live_server))
    page.fill('[name="age"]', "80")
    page.fill('[name="phone"]', "13000000000")
    page.fill('[name="stops"]', "east\nwest")
    picture(visit, "case-start")
    with page.expect_navigation():
        page.click('main button.btn-primary[type="submit"]')
    work()
    run = Run.objects.get(parent=None)
    checked(visit, live_server.url + reverse("run", args=[run.ref]))
    picture(visit, "case-human")
    page.fill('[name="note"]', "看过了")
    with page.expect_navigation():
        page.click('button[name="outcome"][value="fine"]')
    work()
    page.reload()
    with page.expect_navigation():
        page.click("text=已发生，继续办理")
    work()
    checked(visit, live_server.url + reverse("run", args=[run.ref]))
    picture(visit, "case-ended")
    run.refresh_from_db()
    assert run.result == "arrived"
    assert "车票" in page.content()


@SIZES
def test_a_table_is_edited_as_a_draft_that_must_pass_its_check(
    visit: Visit, live_server: Any, city: City, closed_door: None
) -> None:
    version = in_use(city)
    sign_in(visit, live_server, "ci", "zh-hans")
    page = visit.page
    address = live_server.url + reverse("table-edit", args=[version.ref, "fare"])
    checked(visit, address)
    picture(visit, "table-edit")
    page.fill('[name="cell-1-0"]', "[14..68]")
    page.fill('[name="note"]', "留一个空档")
    with page.expect_navigation():
        page.click('main button.btn-primary[type="submit"]')
    assert "没有规则覆盖这种情形：age = 69" in page.content()
    picture(visit, "draft-with-fault")
    version.refresh_from_db()
    assert version.state == "active"
    page.goto(address)
    page.fill('[name="cell-1-0"]', "[69..14]")
    page.fill('[name="note"]', "上下限颠倒")
    page.click('main button.btn-primary[type="submit"]')
    page.wait_for_selector("[data-error-summary]")
    assert "区间的下限大于上限" in page.content()
    assert page.input_value('[name="cell-1-0"]') == "[69..14]"


@SIZES
def test_the_lists_of_packs_and_cases_can_be_read(
    visit: Visit, live_server: Any, city: City, closed_door: None
) -> None:
    in_use(city)
    for folder in shipped():
        packs.import_pack(acting_party=city.ci, files=folder_files(folder))
    run = started(city)
    runs.cancel_run(acting_party=city.ci, run_ref=run.ref, reasons="试")
    started(city, age=80)
    work()
    sign_in(visit, live_server, "ci", "zh-hans")
    for name in ("scenarios", "runs"):
        checked(visit, live_server.url + reverse(name))
        picture(visit, f"list-{name}")
