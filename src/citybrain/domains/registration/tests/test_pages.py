"""The pages through their door: the wizard, the decisions, and what the public may."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.exchange import published
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.registration import places
from citybrain.domains.registration.certificate import files
from citybrain.domains.registration.logic.limits import PER_HOUR
from citybrain.domains.registration.models import Application, Objection, Registration
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db
OBJECTION = {
    "name": "海女士（虚构）",
    "contact": "sea@example.com",
    "reasons": "这些数据由我单位采集，来源说明有误。",
    "evidence": "采集合同第7条",
}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def noticed(city: City) -> Application:
    """On public notice as of now, so that the public may object today."""
    made = told.moved(told.filled_in(city), city.su, "submit")
    return told.moved(made, city.lin, "accept", "pass")


def test_the_wizard_leads_from_page_to_page_and_submits(city: City) -> None:
    resource, client = published(city), client_of("su")
    answer = client.post(reverse("registration-begin", args=[resource.ref]))
    made = Application.objects.get()
    for number, (step, answers) in enumerate(told.ANSWERS.items()):
        assert answer["Location"] == reverse("registration-step", args=[made.ref, step]), number
        posted = {name: "on" if value is True else value for name, value in answers.items()}
        posted = {name: value for name, value in posted.items() if value is not False}
        answer = client.post(answer["Location"], posted)
    assert answer["Location"] == reverse("registration-check", args=[made.ref])
    assert "公交线路基础信息" in text(client.get(answer["Location"]))
    client.post(answer["Location"])
    made.refresh_from_db()
    assert made.state == "submitted"


def test_a_page_with_faults_keeps_what_was_typed_and_leads_to_each_fault(city: City) -> None:
    made = told.drafted(city)
    address = reverse("registration-step", args=[made.ref, "content"])
    answer = client_of("su").post(address, {"formats": "拼图", "rows": "许多"})
    assert answer.status_code == 422
    shown = text(answer)
    assert 'href="#id_rows"' in shown and "请填写不带小数的非负数" in shown
    assert 'href="#id_items"' in shown
    assert "拼图" in shown


def test_a_half_filled_page_can_be_left_for_later(city: City) -> None:
    made = told.drafted(city)
    address = reverse("registration-step", args=[made.ref, "storage"])
    answer = client_of("su").post(address, {"place": "own", "later": "yes"})
    assert answer["Location"] == reverse("registration-application", args=[made.ref])
    assert 'value="own" selected' in text(client_of("su").get(address))


def test_an_incomplete_application_shows_where_to_go_on(city: City) -> None:
    made = told.drafted(city)
    answer = client_of("su").post(reverse("registration-check", args=[made.ref]))
    assert answer.status_code == 422
    assert reverse("registration-step", args=[made.ref, "undertaking"]) in text(answer)


def test_the_application_shows_its_clock_with_source_and_status(city: City) -> None:
    made = told.moved(told.filled_in(city), city.su, "submit")
    shown = text(client_of("lin").get(reverse("registration-application", args=[made.ref])))
    assert "发改数据规〔2025〕26号" in shown
    assert "凭记忆，待核实" in shown


def test_the_list_of_clocks_leads_to_the_application_of_those_who_may_see_it(city: City) -> None:
    made = told.moved(told.filled_in(city), city.su, "submit")
    address = reverse("registration-application", args=[made.ref])
    assert address in text(client_of("lin").get(reverse("deadlines")))
    assert address not in text(client_of("zhao").get(reverse("deadlines")))
    assert next(iter(places.applications({made.ref}, city.su)))[1].url == address
    assert not list(places.applications({made.ref}, city.zhao))


def test_an_objection_is_named_to_the_bureau_alone(city: City) -> None:
    objection = told.objected(noticed(city))
    assert next(iter(places.objections({objection.ref}, city.lin)))[1].title == "公交线路基础信息"
    assert not list(places.objections({objection.ref}, city.su))


def test_the_public_reads_no_person_on_a_notice(city: City) -> None:
    made = noticed(city)
    told.objected(made)
    shown = text(Client().get(reverse("registry-notice", args=[made.ref])))
    assert "公交线路基础信息" in shown and "核查中" in shown
    for secret in ("苏某", "0532-00000000", "海先生", "13000000000", "由本公司采集", "政务云二区"):
        assert secret not in shown


def test_an_objection_under_real_name_reaches_the_bureau_alone(city: City) -> None:
    made = noticed(city)
    answer = Client().post(reverse("registry-notice", args=[made.ref]), OBJECTION)
    assert answer.status_code == 302
    address = reverse("registration-application", args=[made.ref])
    assert OBJECTION["reasons"] in text(client_of("lin").get(address))
    shown = text(client_of("su").get(address))
    assert OBJECTION["reasons"] not in shown and OBJECTION["name"] not in shown


def test_an_objection_is_answered_in_public(city: City) -> None:
    made = noticed(city)
    objection = told.objected(made)
    address = reverse("registration-objection", args=[objection.ref, "dismiss"])
    refused = client_of("lin").post(address, {"reasons": " "})
    assert refused.status_code == 422
    client_of("lin").post(address, {"reasons": "经核查来源说明无误"})
    shown = text(Client().get(reverse("registry-notice", args=[made.ref])))
    assert "经核查来源说明无误" in shown and "不成立" in shown


def test_too_many_objections_from_one_address_are_refused(city: City) -> None:
    made = noticed(city)
    address = reverse("registry-notice", args=[made.ref])
    for _ in range(PER_HOUR):
        assert Client().post(address, OBJECTION).status_code == 302
    refused = Client().post(address, OBJECTION)
    assert refused.status_code == 429
    assert OBJECTION["evidence"] in text(refused)
    assert Client(REMOTE_ADDR="192.0.2.7").post(address, OBJECTION).status_code == 302


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"contact": "1"}, {"reasons": "不同意"}, {"reasons": "长" * 4001}]
)
def test_a_faulty_objection_is_refused_and_nothing_is_lost(city: City, bad: dict[str, str]) -> None:
    made = noticed(city)
    answer = Client().post(reverse("registry-notice", args=[made.ref]), OBJECTION | bad)
    assert answer.status_code == 422
    assert OBJECTION["evidence"] in text(answer)
    assert not Objection.objects.exists()


def test_without_a_csrf_token_nobody_objects(city: City) -> None:
    made = noticed(city)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("registry-notice", args=[made.ref]), OBJECTION).status_code == 403


def test_the_public_register_is_searched_by_name_code_and_holder(city: City) -> None:
    code = told.registered(city).registration.code
    for query in ("公交", str(code), "交通运输"):
        assert str(code) in text(Client().get(reverse("registry"), {"q": query}))
    assert str(code) not in text(Client().get(reverse("registry"), {"q": "no such"}))
    assert Client().get(reverse("registry"), {"sort": "x"}).status_code == 400


def test_what_is_only_applied_for_is_not_in_the_public_register(city: City) -> None:
    made = noticed(city)
    assert "公交线路基础信息" not in text(Client().get(reverse("registry")))
    for name in ("registry-entry", "registry-pdf", "registry-json"):
        assert Client().get(reverse(name, args=["370200-DJ-2025-000009-X"])).status_code == 404
    draft = told.drafted(city, published(city, "D-1"))
    assert Client().get(reverse("registry-notice", args=[draft.ref])).status_code == 404
    assert Client().get(reverse("registry-notice", args=[made.ref])).status_code == 200


def test_a_fresh_city_has_empty_registers(city: City) -> None:
    assert "登记簿中尚无登记" in text(Client().get(reverse("registry")))
    assert "当前没有公示中的登记" in text(Client().get(reverse("registry-notices")))
    assert client_of("lin").get(reverse("registrations")).status_code == 200


def checked(data: bytes) -> str:
    file = SimpleUploadedFile("certificate.pdf", data)
    return text(Client().post(reverse("registry-verify"), {"file": file}))


def test_the_public_checks_a_certificate(city: City) -> None:
    done = told.registered(city)
    seal_all()
    code = done.registration.code
    data = Client().get(reverse("registry-pdf", args=[code])).content
    assert "证书真实，且当前有效" in checked(data) and "逐字节一致" in checked(data)
    document = files.document(done.certificate)
    assert "签名内容真实" in checked(json.dumps(document).encode())
    document["content"] = document["content"].replace("2028", "2038")
    assert "证书不真实：内容或签名已被改动" in checked(json.dumps(document).encode())
    assert "不是登记证书" in checked(b"hello")
    registration = Registration.objects.get()
    with clock.at(told.START.replace(year=2029)):
        from citybrain.domains.registration import duties

        assert duties.expire_what_is_over() == 1
    assert "证书真实，但已失效" in checked(data)
    shown = text(Client().get(reverse("registry-entry", args=[registration.code])))
    assert "该登记已失效" in shown


def test_the_entry_speaks_english_too(city: City) -> None:
    code = told.registered(city).registration.code
    client = Client()
    client.cookies["django_language"] = "en"
    shown = text(client.get(reverse("registry-entry", args=[code])))
    assert "This registration is in force until 2028-03-18." in shown


def test_the_national_number_is_noted_on_the_page(city: City) -> None:
    registration = told.registered(city).registration
    address = reverse("registration-national", args=[registration.ref])
    assert client_of("lin").post(address, {"number": "1"}).status_code == 422
    assert client_of("lin").post(address, {"number": "GJ-2025-7"}).status_code == 302
    registration.refresh_from_db()
    assert registration.national_number == "GJ-2025-7"


def test_a_refused_button_shows_the_page_with_the_reason(city: City) -> None:
    made = told.on_notice(city)
    with clock.at(told.START):
        answer = client_of("lin").post(
            reverse("registration-move", args=[made.ref, "close-notice"])
        )
    assert answer.status_code == 409
    assert "公示期至2025-03-17止" in text(answer)
