"""The main job through the browser, from registering to proof, with the keyboard alone."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.harness import DESK, Visit, assert_accessible, assert_no_complaints
from tests.personas import PASSWORD
from tests.served import ROOT, Served, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city_served(tmp_path_factory: Any, chromium: Any) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served") / "var") as one:
        yield one


class Person:
    """Somebody at a browser who uses no mouse: fields are reached and buttons pressed by key."""

    def __init__(self, chromium: Any, address: str, name: str) -> None:
        context = chromium.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True)
        context.set_default_timeout(15_000)
        self.address, self.page = address, context.new_page()
        self.visit = Visit(self.page)
        self.page.goto(f"{address}/sign-in")
        self.write("username", name)
        self.write("password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{address}/")

    def reach(self, selector: str) -> Any:
        """Press Tab until the element has the focus: what cannot be reached fails here."""
        target = self.page.locator(selector).first
        target.wait_for(state="visible")
        for _step in range(250):
            if target.evaluate("(one) => one === document.activeElement"):
                return target
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by the keyboard at {self.page.url}")

    def write(self, name: str, text: str) -> None:
        self.reach(f'[name="{name}"]')
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def choose(self, name: str, value: str) -> None:
        """Selects are set at once: each browser has its own keys for them."""
        self.reach(f'select[name="{name}"]').select_option(value)

    def open(self, selector: str) -> None:
        """Press Enter on what stays on the page."""
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def press(self, selector: str) -> None:
        """Press Enter on what leads to a page."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def confirm(self, text: str) -> None:
        """A button that asks first: open it, then say yes."""
        self.open(f'main summary:has-text("{text}")')
        self.press('main details[open] form button[type="submit"]')

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def text(self) -> str:
        return self.page.locator("main").inner_text()


def register(su: Person) -> str:
    su.go("/resources")
    su.press('a:has-text("登记资源")')
    su.reach('input[name="kind"]')
    su.page.locator('input[name="kind"][value="table"]').focus()
    su.page.keyboard.press("Space")
    su.press('main form button[type="submit"]')
    for name, text in (
        ("code", "370200-JT-0001"),
        ("title_zh", "公共停车场"),
        ("title_en", "Public car parks"),
        ("share_scope", "用于公共服务"),
    ):
        su.write(name, text)
    su.choose("share_type", "conditional")
    su.choose("update_cycle", "monthly")
    su.choose("metadata.source", "file")
    su.write("metadata.source.file.path", "cars.csv")
    su.choose("metadata.source.file.format", "csv")
    columns = (("station", "站点", "Station", "C"), ("spaces", "泊位数", "Spaces", "I"))
    for row, (name, zh, en, letter) in enumerate(columns):
        su.write(f"metadata.items.{row}.name", name)
        su.write(f"metadata.items.{row}.title_zh", zh)
        su.write(f"metadata.items.{row}.title_en", en)
        su.choose(f"metadata.items.{row}.type", letter)
    su.press('button:has-text("登记为草稿")')
    assert "资源已登记为草稿" in su.text()
    su.confirm("发布")
    assert "资源已发布" in su.text()
    return su.page.url.rsplit("/", 1)[1]


def offer(su: Person) -> str:
    su.press('a:has-text("设定供给条件")')
    su.write("title_zh", "公共服务使用")
    su.write("title_en", "For public service")
    su.open('details.cb-operand:has([name="count.value"]) summary')
    su.write("count.value", "2")
    su.press('button:has-text("发布供给条件")')
    assert "协议期内使用总次数不超过 2 次" in su.text()
    assert "网关强制" in su.text()
    return su.page.url.rsplit("/", 1)[1]


def ask(ci: Person, offer_ref: str) -> str:
    ci.go(f"/offers/{offer_ref}")
    ci.press('a:has-text("申请使用")')
    ci.choose("purpose", "public-service")
    ci.write("basis", "职责法定")
    ci.write("use_scope", "便民停车服务")
    ci.press('button:has-text("保存为草稿")')
    ci.press('main button:has-text("提交")')
    assert "已提交" in ci.text()
    return ci.page.url.rsplit("/", 1)[1]


def answer(su: Person, request_ref: str) -> None:
    su.go("/")
    assert "答复申请" in su.text()
    su.press('a:has-text("答复申请")')
    assert request_ref in su.page.url
    for name in ("受理", "进入审核", "同意"):
        su.press(f'main .cb-actions form button:text-is("{name}")')
    assert "协议待申请方签署" in su.text()


def countersign(ci: Person) -> tuple[str, str]:
    ci.go("/")
    ci.press('a:has-text("签署协议")')
    ci.confirm("签署协议")
    token = ci.page.locator("#token").inner_text()
    assert token.startswith("cb1_")
    ref = re.search(r"agreements/(\w+)", ci.page.url)
    assert ref is not None
    return ref[1], token


def prove(ci: Person, served_at: Served) -> None:
    ci.go("/uses")
    ci.press('tbody tr:has-text("准予") th a')
    ci.open("[data-verify-start]")
    ci.page.wait_for_selector('[data-verdict="proved"]')
    with ci.page.expect_download() as download:
        ci.open('a:has-text("下载收据")')
    path = Path(download.value.path())
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/verify.py"), str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(path.read_text("utf-8"))["size"] > 0


def test_the_main_job_runs_through_the_browser_by_keyboard(
    chromium: Any, city_served: Served
) -> None:
    su = Person(chromium, city_served.address, "su")
    ci = Person(chromium, city_served.address, "ci")
    resource = register(su)
    request_ref = ask(ci, offer(su))
    answer(su, request_ref)
    agreement, token = countersign(ci)
    statuses = [
        httpx.get(
            f"{city_served.address}/use/{resource}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        ).status_code
        for _call in range(3)
    ]
    assert statuses == [200, 200, 429]
    ci.page.wait_for_timeout(1500)
    ci.go(f"/agreements/{agreement}")
    assert "已用 2 / 2" in ci.text()
    assert token not in ci.text()
    prove(ci, city_served)
    for person in (su, ci):
        assert_accessible(person.page)
        assert_no_complaints(person.visit)
