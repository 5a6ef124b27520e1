"""Pages of packs and cases through the door that people use."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.exchange import active
from tests.personas import City
from tests.suites import client_of

from citybrain.flows.models import Binding, PackVersion, Run
from citybrain.flows.packs.archive import read_zip, write_zip
from citybrain.flows.tests.house import (
    PLENTY,
    fresh,
    imported,
    in_use,
    journey_files,
    started,
    work,
)
from citybrain.kernel.models import Scenario

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("door")]


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Tests do not collect static files."""
    settings.WHITENOISE_AUTOREFRESH = True


def text_of(answer: Any) -> str:
    return answer.content.decode()


def upload(client: Client, data: bytes) -> Any:
    file = SimpleUploadedFile("p.zip", data, "application/zip")
    return client.post(reverse("scenario-import"), {"file": file, "note": "first"})


def test_a_pack_is_imported_bound_and_brought_into_use_in_the_browser(city: City) -> None:
    ci = client_of("ci")
    answer = upload(ci, write_zip(journey_files()))
    version = PackVersion.objects.get()
    assert answer["Location"] == reverse("scenario", args=[version.ref])
    page = text_of(ci.get(answer["Location"]))
    assert "还没有协议" in page
    refused = ci.post(reverse("scenario-activate", args=[version.ref]))
    assert refused.status_code == 422 and "scenario.yaml:11" in text_of(refused)
    agreement, _token = active(city, PLENTY)
    bind = reverse("scenario-bind", args=[version.ref, "lines"])
    assert ci.post(bind, {"agreement": agreement.ref}).status_code == 302
    assert "cb1_" not in Binding.objects.get().token
    assert ci.post(reverse("scenario-activate", args=[version.ref])).status_code == 302
    version.refresh_from_db()
    assert version.state == "active"
    scenario = Scenario.objects.get(code="journey")
    assert version.scenario == scenario and scenario.owner == city.civil
    assert ci.post(reverse("scenario-stop", args=[version.ref])).status_code == 302
    assert ci.get(reverse("run-start", args=["journey"])).status_code == 404


@pytest.mark.parametrize("data", [b"", b"no zip", write_zip({"flow.yaml": "steps: ["})])
def test_a_faulty_upload_is_told_and_stores_nothing(city: City, data: bytes) -> None:
    answer = upload(client_of("ci"), data)
    assert answer.status_code == 422
    assert PackVersion.objects.count() == 0


def test_a_pack_of_another_office_is_not_taken_over(city: City) -> None:
    imported(city.ci)
    files = journey_files(title=("scenario.yaml", "全步骤场景", "别人的场景"))
    answer = upload(client_of("su"), write_zip(files))
    assert answer.status_code == 403 and "属于其他单位" in text_of(answer)


def test_a_draft_is_seen_by_its_office_alone(city: City) -> None:
    version = imported(city.ci)
    url = reverse("scenario", args=[version.ref])
    assert client_of("ci").get(url).status_code == 200
    assert client_of("an").get(url).status_code == 200
    assert client_of("su").get(url).status_code == 404


def test_the_download_is_the_pack(city: City) -> None:
    version = in_use(city)
    answer = client_of("su").get(reverse("scenario-download", args=[version.ref]))
    assert read_zip(answer.content) == journey_files()
    dmn = client_of("su").get(reverse("scenario-dmn", args=[version.ref, "fare"]))
    assert b"decisionTable" in dmn.content
    missing = client_of("su").get(reverse("scenario-dmn", args=[version.ref, "nothing"]))
    assert missing.status_code == 404


def test_an_example_is_drawn_with_the_way_it_goes(city: City) -> None:
    version = in_use(city)
    page = text_of(client_of("su").get(f"{reverse('scenario', args=[version.ref])}?example=old"))
    assert page.count("flows-box") > 10 and "flows-on-row" in page
    assert "<style" not in page and "style=" not in page


def edited(client: Client, version: PackVersion, cell: str, value: str, note: str = "x") -> Any:
    url = reverse("table-edit", args=[version.ref, "fare"])
    form = {"note": note}
    for number, row in enumerate([["c", "< 14", "child", "1"], ["a", "[14..69]", "adult", "2"],
                                  ["o", ">= 70", "old", "0"]]):  # fmt: skip
        form[f"id-{number}"] = row[0]
        form |= {f"cell-{number}-{place}": text for place, text in enumerate(row[1:])}
    return client.post(url, {**form, cell: value})


def test_an_edited_table_is_a_new_draft_and_the_version_in_use_stays(city: City) -> None:
    version = in_use(city)
    ci = client_of("ci")
    answer = edited(ci, version, "cell-1-2", "3", "票价调整")
    draft = PackVersion.objects.get(number=2)
    assert answer["Location"] == reverse("scenario", args=[draft.ref])
    assert "a,[14..69],adult,3" in draft.files["decisions/fare.csv"]
    version.refresh_from_db()
    assert version.state == "active" and "adult,2" in version.files["decisions/fare.csv"]
    refused = ci.post(reverse("scenario-activate", args=[draft.ref]))
    assert refused.status_code == 422 and "examples/adult.yaml" in text_of(refused)


@pytest.mark.parametrize(
    ("cell", "value", "note", "told"),
    [
        ("cell-1-0", "[69..14]", "x", "区间的下限大于上限"),
        ("cell-1-1", "grown", "x", "adult"),
        ("id-1", "c", "x", "重复"),
        ("cell-1-2", "2", "x", "内容与已有版本相同"),
        ("cell-1-2", "3", " ", "请说明改了什么"),
    ],
)
def test_a_faulty_edit_is_told_and_keeps_what_was_typed(
    city: City, cell: str, value: str, note: str, told: str
) -> None:
    version = in_use(city)
    answer = edited(client_of("ci"), version, cell, value, note)
    assert answer.status_code in (409, 422)
    assert told in text_of(answer) and f'value="{value}"' in text_of(answer)
    assert PackVersion.objects.count() == 1


def test_texts_are_edited_as_a_draft(city: City) -> None:
    version = in_use(city)
    ci = client_of("ci")
    url = reverse("texts-edit", args=[version.ref])
    page = ci.get(url)
    form = {}
    for key, zh, en in page.context["rows"]:
        form |= {f"zh-{key}": zh, f"en-{key}": en}
    form |= {"zh-messages.late": "晚点了，抱歉。", "note": "更客气"}
    assert ci.post(url, form).status_code == 302
    draft = PackVersion.objects.get(number=2)
    assert "晚点了，抱歉。" in draft.files["texts.zh.yaml"]
    assert ci.post(reverse("scenario-activate", args=[draft.ref])).status_code == 302
    version.refresh_from_db()
    assert version.state == "retired"


def test_a_case_is_begun_answered_and_decided(city: City) -> None:
    in_use(city)
    ci = client_of("ci")
    start = reverse("run-start", args=["journey"])
    bad = ci.post(start, {"age": "151", "phone": "1"})
    assert bad.status_code == 422 and Run.objects.count() == 0
    answer = ci.post(start, {"age": "80"})
    run = Run.objects.get()
    assert answer["Location"] == reverse("run", args=[run.ref])
    work()
    assert "待填写" in text_of(ci.get(answer["Location"]))
    assert ci.post(reverse("run-answer", args=[run.ref]), {"phone": "130"}).status_code == 302
    work()
    decide = reverse("run-decide", args=[run.ref])
    stale = ci.post(decide, {"step": "apply", "outcome": "fine"})
    assert stale.status_code == 409
    no_reasons = ci.post(decide, {"step": "look", "outcome": "no"})
    assert no_reasons.status_code == 422 and "请填写理由" in text_of(no_reasons)
    assert ci.post(decide, {"step": "look", "outcome": "no", "reasons": "不"}).status_code == 302
    work()
    assert fresh(run).result == "refused"
    again = ci.post(decide, {"step": "look", "outcome": "no", "reasons": "不"})
    assert again.status_code == 409


def test_who_supervises_sees_that_a_case_is_there_and_not_whose(city: City) -> None:
    in_use(city)
    run = started(city, phone="13912345678", stops=[])
    work()
    url = reverse("run", args=[run.ref])
    assert "13912345678" in text_of(client_of("ci").get(url))
    for name in ("lin", "an"):
        page = client_of(name).get(url)
        assert page.status_code == 200 and "13912345678" not in text_of(page)
    assert client_of("su").get(url).status_code == 404


def test_the_list_of_cases_narrows_and_exports(city: City) -> None:
    in_use(city)
    run = started(city, stops=[])
    work()
    ci = client_of("ci")
    assert run.number in text_of(ci.get(f"{reverse('runs')}?state=waiting&pack=journey"))
    assert run.number not in text_of(ci.get(f"{reverse('runs')}?state=ended"))
    answer = ci.get(f"{reverse('runs')}?export=csv")
    assert run.number in b"".join(answer).decode("utf-8-sig")


def test_the_list_of_deadlines_says_the_packs_rule_and_its_source(city: City) -> None:
    in_use(city)
    started(city, age=80)
    work()
    page = text_of(client_of("ci").get(reverse("deadlines")))
    assert "查看" in page and "journey-look" not in page
