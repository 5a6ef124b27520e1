"""What browser tests share: a real Chromium, and what must hold on every page.

`CITYBRAIN_TEST_CHROMIUM` names the browser's path; without it these tests are skipped.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

AXE = Path(__file__).resolve().parents[1] / "vendor/axe/axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


class Visit:
    """What a page asked for and complained about while it was open."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        # A broken security policy is told on the console as an error.
        if message.type == "error":
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = os.environ.get("CITYBRAIN_TEST_CHROMIUM", "")
    if not path:
        pytest.skip("CITYBRAIN_TEST_CHROMIUM names no browser")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for an async view.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh page, wide as a desk unless parametrised indirectly with another size."""
    size = getattr(request, "param", DESK)
    context = chromium.new_context(viewport=size, locale="zh-CN", bypass_csp=False)
    context.set_default_timeout(15_000)
    yield Visit(context.new_page())
    context.close()


def assert_accessible(page: Any) -> None:
    """axe finds nothing serious or critical.

    axe is evaluated through the debugger's door, so that the page's policy stays as it is.
    """
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    grave = [one for one in result["violations"] if one["impact"] in ("serious", "critical")]
    told = [f"{one['id']} ({one['impact']}): {one['help']}: {_places(one)}" for one in grave]
    assert not told, "\n".join(told)


def _places(violation: dict[str, Any]) -> list[str]:
    return [node["html"][:160] for node in violation["nodes"]][:4]


def assert_no_outside_requests(visit: Visit) -> None:
    """Everything came from the page's own host (or from the page itself)."""
    home = urlsplit(visit.page.url).netloc
    parts = [urlsplit(address) for address in visit.asked]
    outside = [p.geturl() for p in parts if p.scheme not in ("data", "blob") and p.netloc != home]
    assert visit.asked, "the page was not watched from its start"
    assert not outside, outside


def assert_no_complaints(visit: Visit) -> None:
    """No script failed, no file was missing, no rule of the security policy was broken."""
    assert not visit.complaints, visit.complaints


def assert_fits(page: Any) -> None:
    """The page does not scroll sideways; names what sticks out."""
    wide = page.evaluate(
        """() => {
          const limit = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= limit) return [];
          return [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > limit + 1)
            .slice(0, 5).map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    assert not wide, wide
