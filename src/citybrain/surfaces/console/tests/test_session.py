"""Signing in and out, language, acting party, request ids."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.personas import PASSWORD, City

from citybrain.kernel.actions import parties
from citybrain.kernel.models import Account
from citybrain.surfaces.console.tests.conftest import client_of

pytestmark = pytest.mark.django_db


def test_after_five_failures_sign_in_is_locked_and_says_until_when(city: City) -> None:
    client = Client()
    for _try in range(5):
        answer = client.post(reverse("sign-in"), {"username": "su", "password": "wrong"})
    assert answer.status_code == 429
    assert "15 分钟后" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    locked = client.post(reverse("sign-in"), {"username": "su", "password": PASSWORD})
    assert locked.status_code == 429


def test_a_wrong_password_does_not_tell_whether_the_account_exists(city: City) -> None:
    known = Client().post(reverse("sign-in"), {"username": "su", "password": "wrong"})
    unknown = Client().post(reverse("sign-in"), {"username": "nobody", "password": "wrong"})
    said = [re.findall(r"用户名或密码错误", one.content.decode()) for one in (known, unknown)]
    assert said[0] == said[1] != []
    assert known.status_code == unknown.status_code == 422


def test_signing_in_leads_to_the_page_that_was_asked_for_but_never_elsewhere(city: City) -> None:
    given = {"username": "su", "password": PASSWORD}
    inside = Client().post(reverse("sign-in"), {**given, "next": "/uses"})
    outside = Client().post(reverse("sign-in"), {**given, "next": "https://example.org/"})
    assert inside["Location"] == "/uses"
    assert outside["Location"] == "/"


def test_signing_out_takes_a_post(city: City) -> None:
    client = client_of("su")
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out")).status_code == 302
    assert client.get("/").status_code == 302


def test_pages_are_chinese_whatever_the_browser_says(city: City) -> None:
    answer = Client().get(reverse("sign-in"), headers={"Accept-Language": "en-GB,en"})
    assert '<html lang="zh-Hans">' in answer.content.decode()
    assert answer["Content-Language"] == "zh-hans"


def test_the_chosen_language_stays_and_follows_the_account(city: City) -> None:
    client = client_of("su")
    client.post(reverse("set_language"), {"language": "en", "next": "/uses"})
    assert '<html lang="en">' in client.get("/").content.decode()
    assert Account.objects.get(username="su").language == "en"
    other = Client()
    other.post(reverse("sign-in"), {"username": "su", "password": PASSWORD})
    assert '<html lang="en">' in other.get("/").content.decode()


def test_an_unknown_language_changes_nothing(city: City) -> None:
    client = client_of("su")
    client.post(reverse("set_language"), {"language": "xx"})
    assert Account.objects.get(username="su").language == "zh-hans"
    assert client.get("/").status_code == 200


def test_a_person_of_two_parties_switches_between_them(city: City) -> None:
    mo = Account.objects.get(username="mo")
    second = parties.grant_membership(
        acting_party=city.lin, account=mo, party=city.civil, role="steward"
    )
    client = client_of("mo")
    assert "交通运输局" in client.get("/").content.decode()
    answer = client.post(reverse("act-for"), {"membership": second.ref, "next": "/requests"})
    assert answer["Location"] == "/requests"
    assert client.get("/").context["acting_party"] == city.civil


def test_nobody_switches_to_a_membership_of_somebody_else(city: City) -> None:
    of_lin = Account.objects.get(username="lin").memberships.get()
    client = client_of("mo")
    assert client.post(reverse("act-for"), {"membership": of_lin.ref}).status_code == 403
    assert client.get("/").context["acting_party"] == city.transport


def test_an_ended_membership_ends_at_once(city: City) -> None:
    client = client_of("mo")
    membership = Account.objects.get(username="mo").memberships.get()
    parties.end_membership(acting_party=city.lin, membership_ref=membership.ref)
    assert client.get("/").status_code == 403


def test_the_password_is_changed_by_its_owner_under_the_rules(city: City) -> None:
    client = client_of("mo")
    new = {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}
    assert client.post(reverse("password"), new).status_code == 422
    word = "Lantern-at-Zhanqiao-8"
    long = {**new, "new_password1": word, "new_password2": word}
    assert client.post(reverse("password"), long).status_code == 302
    assert Account.objects.get(username="mo").check_password(word)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdef0123456789", True), ("x", False), ("a b" * 9, False), ("é" * 9, False)],
)
def test_a_well_formed_request_id_is_kept_and_others_are_replaced(
    city: City, given: str, kept: bool
) -> None:
    answer = Client().get(reverse("sign-in"), headers={"X-Request-Id": given})
    assert (answer["X-Request-Id"] == given) is kept
    assert len(answer["X-Request-Id"]) >= 8


def test_pages_allow_no_inline_script(city: City) -> None:
    answer = client_of("su").get("/")
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "style=" not in answer.content.decode()
