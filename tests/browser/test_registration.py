"""A registration by clicking, from draft to certificate, and the public's side of it."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from citybrain.config import HOME
from citybrain.domains.registration import duties
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.models import Application, Registration
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock
from citybrain.kernel.models import Deadline
from citybrain.kernel.sealing import seal_all
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
)
from tests.exchange import published
from tests.personas import City
from tests.suites import client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, chromium: Any, address: str, name: str = "") -> None:
        context = chromium.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True)
        context.set_default_timeout(15_000)
        if name:
            session = client_of(name).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}]
            )
        self.address, self.page = address, context.new_page()
        self.visit = Visit(self.page)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, text: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=text, exact=True).click()

    def fill_in(self, answers: dict[str, Any]) -> None:
        """Answer a page of the form as somebody would: choose, tick, type."""
        for name, value in answers.items():
            field = self.page.locator(f'main [name="{name}"]')
            kind = field.evaluate("(one) => one.type")
            if kind == "checkbox":
                field.set_checked(bool(value))
            elif kind == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())


@pytest.fixture
def address(live_server: Any, settings: Any) -> str:
    settings.WHITENOISE_AUTOREFRESH = True
    return str(live_server.url)


def after_the_notice(application: Application) -> datetime:
    due = Deadline.objects.get(subject=application.urn, rule="registration-notice").due_on
    return datetime.combine(due + timedelta(days=1), told.START.timetz())


def test_a_registration_goes_from_draft_to_a_certificate_that_verifies(
    city: City, chromium: Any, address: str, tmp_path: Path
) -> None:
    resource = published(city)
    su, lin = Person(chromium, address, "su"), Person(chromium, address, "lin")
    su.go(reverse("resource", args=[resource.ref]))
    su.page.get_by_role("link", name="登记", exact=True).click()
    su.press("申请登记")
    for answers in told.ANSWERS.values():
        assert_accessible(su.page)
        su.fill_in(answers)
        su.press("保存并继续")
    assert "信息确认" in su.text() and "苏某" in su.text()
    su.press("提交申请")
    made = Application.objects.get()
    assert "剩 3 个工作日" in su.text()
    case = reverse("registration-application", args=[made.ref])
    lin.go(case)
    lin.press("受理")
    lin.press("审核通过并公示")
    lin.press("公示期满")
    assert "期满后方可赋码" in lin.text()
    with clock.at(after_the_notice(made)):
        assert duties.close_notices() == 1
    lin.go(case)
    lin.press("赋码发证")
    seal_all()
    registration = Registration.objects.get()
    su.go(reverse("registration", args=[registration.ref]))
    su.page.get_by_role("link", name=f"{registration.code}/1").click()
    with su.page.expect_download() as download:
        su.page.get_by_role("link", name="下载证书（PDF）").click()
    file = tmp_path / "certificate.pdf"
    download.value.save_as(file)
    said = verified(file)
    assert said.returncode == 0 and "公交线路基础信息" in said.stdout, said.stdout
    public = Person(chromium, address)
    public.go(reverse("registry-verify"))
    public.page.locator('input[type="file"]').set_input_files(file)
    public.press("核验")
    assert "证书真实，且当前有效" in public.text()
    document = files.document(registration.certificates.get())
    document["content"] = document["content"].replace("公交", "地铁")
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document), "utf-8")
    assert verified(changed).returncode == 1
    public.page.locator('input[type="file"]').set_input_files(changed)
    public.press("核验")
    assert "证书不真实：内容或签名已被改动" in public.text()
    assert_no_complaints(su.visit)
    assert_no_complaints(public.visit)


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    script = str(HOME / "tools/verify.py")
    command = [sys.executable, "-I", script, "certificate", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_objection_is_made_in_public_and_answered_by_the_bureau(
    city: City, chromium: Any, address: str
) -> None:
    made = told.moved(told.filled_in(city), city.su, "submit")
    told.moved(made, city.lin, "accept", "pass")
    public, lin = Person(chromium, address), Person(chromium, address, "lin")
    public.go(reverse("registry-notices"))
    public.page.get_by_role("link", name="公交线路基础信息").click()
    public.press("提交异议")
    assert public.page.locator("[data-error-summary]").count() == 1
    public.fill_in(
        {
            "name": "海女士（虚构）",
            "contact": "13000000000",
            "reasons": "数据由我单位采集，来源有误。",
        }
    )
    public.press("提交异议")
    assert "异议已收到" in public.text() and "海女士" not in public.text()
    lin.go(reverse("registration-application", args=[made.ref]))
    assert "海女士（虚构）" in lin.text()
    lin.page.locator('summary:has-text("异议不成立")').click()
    lin.page.locator('details[open] [name="reasons"]').fill("经核查，来源说明无误")
    with lin.page.expect_navigation():
        lin.page.locator('details[open] button[type="submit"]').click()
    public.page.reload()
    assert "经核查，来源说明无误" in public.text()
    assert_no_complaints(lin.visit)


@pytest.mark.parametrize(
    ("visit", "language"),
    [(DESK, "zh-hans"), (PHONE, "zh-hans"), (PHONE, "en")],
    indirect=["visit"],
    ids=["desk-zh", "phone-zh", "phone-en"],
)
def test_the_public_pages_are_accessible_and_fit(
    city: City, visit: Visit, address: str, language: str
) -> None:
    done = told.registered(city, published(city, "P-1"))
    noticed = told.on_notice(city, published(city, "P-2"))
    visit.page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    for name, args in (
        ("registry", []),
        ("registry-notices", []),
        ("registry-verify", []),
        ("registry-entry", [done.registration.code]),
        ("registry-notice", [noticed.ref]),
    ):
        answer = visit.page.goto(address + reverse(name, args=args))
        assert answer is not None and answer.status == 200, name
        assert_accessible(visit.page)
        assert_fits(visit.page)
    assert_no_complaints(visit)
