"""Every component in a real browser, on both widths and in both languages."""

from typing import Any

import pytest

from citybrain.ui.tests import settings_for_tests as own
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
    assert_no_outside_requests,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.urls("citybrain.ui.tests.urls_for_tests"),
]
BOTH = pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> None:
    """No floor's context processors: the style page stands by itself."""
    settings.TEMPLATES = own.TEMPLATES


def opened(visit: Visit, live_server: Any, language: str = "zh-hans") -> Any:
    page = visit.page
    cookie = {"name": "django_language", "value": language, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(f"{live_server.url}/styleguide/")
    page.wait_for_selector("[data-map-src][data-drawn=done]")
    page.wait_for_selector("[data-chart-src] svg")
    return page


@BOTH
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_page_is_accessible_fits_and_asks_nobody_else(
    visit: Visit, live_server: Any, language: str
) -> None:
    page = opened(visit, live_server, language)
    assert page.get_attribute("html", "lang") == ("en" if language == "en" else "zh-Hans")
    for details in page.query_selector_all("main details"):
        details.evaluate("(one) => { one.open = true; }")
    assert_accessible(page)
    assert_fits(page)
    assert_no_outside_requests(visit)
    assert_no_complaints(visit)


@pytest.mark.parametrize("visit", [PHONE], indirect=True, ids=["phone"])
def test_the_menu_button_opens_and_escape_closes_the_navigation(
    visit: Visit, live_server: Any
) -> None:
    page = opened(visit, live_server)
    assert not page.is_visible("#navigation")
    page.press("[data-menu]", "Enter")
    assert page.is_visible("#navigation")
    page.keyboard.press("Escape")
    assert not page.is_visible("#navigation")
    assert page.evaluate("document.activeElement.matches('[data-menu]')")


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(
    visit: Visit, live_server: Any
) -> None:
    page = opened(visit, live_server)
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.click("[data-error-summary] a[href='#id_title']")
    assert page.evaluate("document.activeElement.id") == "id_title"


def test_a_filter_changes_the_list_in_place_and_the_address(visit: Visit, live_server: Any) -> None:
    page = opened(visit, live_server)
    page.select_option("#list-samples-app", "sessions")
    page.wait_for_url("**app=sessions**")
    assert page.locator("#list-samples tbody tr").count() == 1


def test_a_question_is_asked_before_a_button_sends(visit: Visit, live_server: Any) -> None:
    page = opened(visit, live_server)
    question = page.locator(".cb-confirm").first
    assert not question.locator("form").is_visible()
    question.locator("summary").click()
    assert question.locator("form").is_visible()
    question.locator("[data-close]").click()
    assert not question.locator("form").is_visible()


def test_the_table_beside_a_chart_holds_its_values(visit: Visit, live_server: Any) -> None:
    page = opened(visit, live_server)
    table = page.locator("[data-chart-table] table").first
    assert "1290" in (table.text_content() or "")


def test_without_webgl_the_map_is_drawn_by_leaflet(visit: Visit, live_server: Any) -> None:
    visit.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); };"
    )
    page = opened(visit, live_server)
    assert page.get_attribute("[data-map-src]", "data-engine") == "leaflet"
    assert page.locator(".leaflet-interactive").count() == 3
    assert_no_complaints(visit)


def test_the_checks_themselves_find_what_they_look_for(visit: Visit, live_server: Any) -> None:
    page = opened(visit, live_server)
    page.evaluate(
        """() => {
          const main = document.querySelector("main");
          main.append(document.createElement("input"));
          const wide = document.createElement("div");
          wide.className = "planted";
          wide.style.width = "3000px";
          wide.textContent = "x";
          main.append(wide);
          document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>");
        }"""
    )
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)
    with pytest.raises(AssertionError, match="planted"):
        assert_fits(page)
    with pytest.raises(AssertionError, match="Content Security Policy"):
        assert_no_complaints(visit)
    visit.asked.append("https://elsewhere.example/x.js")
    with pytest.raises(AssertionError, match=r"elsewhere\.example"):
        assert_no_outside_requests(visit)


@pytest.mark.parametrize("visit", [PHONE], indirect=True, ids=["phone"])
def test_a_phone_sorts_by_a_choice_instead_of_headings(visit: Visit, live_server: Any) -> None:
    page = opened(visit, live_server)
    assert not page.is_visible("#list-samples thead")
    before = page.text_content("#list-samples tbody th")
    page.select_option("#list-samples-sort", "-model")
    page.wait_for_url("**sort=-model**")
    assert page.text_content("#list-samples tbody th") != before
