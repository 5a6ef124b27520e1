"""What the pages do with what people enter, and what two people pressing one button see."""

import json
import re

import pytest
from django.urls import reverse
from tests import exchange
from tests.personas import City

from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Agreement, AgreementToken, Issue, Offer, Party, Resource
from citybrain.surfaces.console.forms.metadata import MetadataForm
from citybrain.surfaces.console.tests.conftest import client_of
from citybrain.surfaces.console.tests.routes import ROUTES
from citybrain.surfaces.console.tests.world import World

pytestmark = pytest.mark.django_db

DESCRIPTION = {
    "code": "T-0100",
    "title_zh": "公园",
    "title_en": "Parks",
    "share_type": "unconditional",
    "update_cycle": "yearly",
    "grade": "L1",
}

QUERIES = {
    "home": 14,
    "resources": 8,
    "resource": 12,
    "offers": 6,
    "offer": 8,
    "requests": 6,
    "request": 11,
    "agreements": 6,
    "agreement": 16,
    "uses": 6,
    "use": 8,
    "ledger": 9,
    "ledger-record": 8,
    "issues": 6,
    "issue": 9,
    "deadlines": 10,
    "savings": 9,
    "kinds": 5,
    "rules": 4,
    "report": 20,
    "parties": 6,
    "accounts": 6,
}
"""The queries that each page takes, session and shell included."""


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_page_takes_exactly_the_queries_that_are_pinned(
    world: World, name: str, django_assert_num_queries
) -> None:
    client = client_of("lin")
    url = ROUTES[name].address(world)
    client.get(url)
    with django_assert_num_queries(QUERIES[name]):
        assert client.get(url).status_code == 200


def test_lists_take_the_same_queries_for_one_row_and_for_many(
    city: City, django_assert_max_num_queries
) -> None:
    for number in range(12):
        exchange.agreed(city, code=f"T-1{number:03}")
    client = client_of("lin")
    client.get(reverse("resources"))  # which brings the search index level
    for name in ("resources", "offers", "requests", "agreements"):
        with django_assert_max_num_queries(QUERIES[name]):
            assert client.get(reverse(name)).status_code == 200


def test_a_resource_is_registered_by_the_form_of_its_kind(city: City) -> None:
    client = client_of("su")
    answer = client.post("/resources/new?kind=echo", {**DESCRIPTION, "metadata.text": "hello"})
    resource = Resource.objects.get(code="T-0100")
    assert answer["Location"] == reverse("resource", args=[resource.ref])
    assert resource.metadata == {"text": "hello"}
    assert resource.owner == city.transport


def test_faults_stand_beside_their_fields_and_nothing_is_lost(city: City) -> None:
    given = {**DESCRIPTION, "share_type": "conditional", "metadata.text": "hello"}
    answer = client_of("su").post("/resources/new?kind=echo", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有条件共享须列明共享范围和使用用途" in page
    assert 'value="公园"' in page
    assert not Resource.objects.exists()


def test_a_source_that_cannot_be_read_is_refused_with_its_reason(city: City) -> None:
    given = {**DESCRIPTION, "metadata.text": "unreadable"}
    answer = client_of("su").post("/resources/new?kind=echo", given)
    assert answer.status_code == 422
    assert "数据源不可读" in answer.content.decode()


def test_a_fault_in_a_table_stands_in_its_own_row_and_language(city: City) -> None:
    given = {
        **DESCRIPTION,
        "metadata.source": "file",
        "metadata.source.file.path": "cars.csv",
        "metadata.source.file.format": "csv",
        "metadata.source.file.encoding": "utf-8",
        "metadata.source.file.delimiter": ",",
        "metadata.update_cycle": "不更新",
        "metadata.items.count": "3",
        "metadata.items.2.name": "spaces",
        "metadata.items.2.title_zh": "泊位",
    }
    answer = client_of("su").post("/resources/new?kind=table", given)
    errors = answer.context["metadata"].errors
    assert answer.status_code == 422
    assert errors["metadata.items.2.title_en"] == ["必填。"]
    assert errors["metadata.items.2.type"] == ["必填。"]
    assert "metadata.items.0.title_en" not in errors


def test_a_known_code_is_a_conflict_that_says_so(world: World) -> None:
    given = {**DESCRIPTION, "code": world.resource.code, "metadata.text": "hello"}
    answer = client_of("su").post("/resources/new?kind=echo", given)
    assert answer.status_code == 409
    assert "已被使用" in answer.content.decode()


def test_the_form_of_a_table_reads_back_what_it_shows() -> None:
    kind = kind_of("table")
    stored = {
        "source": {
            "type": "file",
            "path": "a.csv",
            "format": "csv",
            "encoding": "utf-8",
            "delimiter": ";",
        },
        "items": [
            {"name": "lng", "title_zh": "经度", "title_en": "Longitude", "type": "B"},
            {"name": "lat", "title_zh": "纬度", "title_en": "Latitude", "type": "B"},
        ],
        "primary_key": ["lng", "lat"],
        "geometry": {"lng": "lng", "lat": "lat"},
        "datum": "WGS-84",
    }
    shown = MetadataForm(kind, None, stored)
    data = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    data |= {"metadata.items.count": "5"}
    form = MetadataForm(kind, {name: value for name, value in data.items() if value is not False})
    assert form.is_valid(), form.errors
    read = kind.schema.model_validate(form.metadata()).model_dump(mode="json")
    assert read == kind.schema.model_validate(stored).model_dump(mode="json")


def test_more_rows_are_given_without_saving_or_complaining(city: City) -> None:
    given = {"more": "metadata.items", "metadata.items.count": "3", "title_zh": "公园"}
    page = client_of("su").post("/resources/new?kind=table", given).content.decode()
    assert 'name="metadata.items.5.name"' in page
    assert 'value="公园"' in page
    assert "data-error-summary" not in page
    assert not Resource.objects.exists()


def test_whoever_changes_second_is_told_and_loses_nothing(world: World) -> None:
    resource = world.resource
    url = reverse("resource-change", args=[resource.ref])
    given = {**DESCRIPTION, "metadata.text": "first", "expected_version": resource.version}
    first, second = client_of("su"), client_of("su")
    assert first.post(url, given).status_code == 302
    answer = second.post(url, {**given, "title_zh": "第二人的标题"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "他人已更新该记录" in page
    assert "第二人的标题" in page
    assert Resource.objects.get(pk=resource.pk).title_zh == "公园"


def test_two_people_press_the_same_button_and_the_second_sees_what_the_first_did(
    world: World,
) -> None:
    url = reverse("request-move", args=[world.request.ref, "accept"])
    version = {"expected_version": world.request.version}
    first, second = client_of("su"), client_of("su")
    assert first.post(url, version).status_code == 302
    answer = second.post(url, version)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "他人已更新该记录" in page
    assert "已受理" in page


def test_a_refusal_without_reasons_is_sent_back(world: World) -> None:
    client = client_of("su")
    for move in ("accept", "review"):
        client.post(reverse("request-move", args=[world.request.ref, move]))
    answer = client.post(reverse("request-move", args=[world.request.ref, "refuse"]))
    assert answer.status_code == 422
    assert "请填写理由" in answer.content.decode()


def test_only_the_moves_that_are_mine_are_buttons(world: World) -> None:
    url = reverse("request", args=[world.request.ref])
    owner, requester, auditor = (
        client_of(one).get(url).content.decode() for one in ("su", "ci", "an")
    )
    assert "moves/accept" in owner
    assert "moves/withdraw" not in owner
    assert "moves/withdraw" in requester
    assert "moves/accept" not in requester
    assert "/moves/" not in auditor


def test_an_offer_is_made_with_clauses_and_their_honest_marks(world: World) -> None:
    client = client_of("su")
    given = {
        "title_zh": "试用",
        "title_en": "Trial",
        "action": "use",
        "count.value": "7",
        "retention.value": "P30D",
    }
    answer = client.post(reverse("offer-make", args=[world.resource.ref]), given)
    offer = Offer.objects.get(title_zh="试用")
    assert answer["Location"] == reverse("offer", args=[offer.ref])
    page = client.get(answer["Location"]).content.decode()
    assert "不超过 7 次" in page
    assert "网关强制" in page
    assert "对方承诺" in page


def test_a_malformed_clause_is_marked_at_its_input(world: World) -> None:
    given = {"title_zh": "试用", "title_en": "Trial", "action": "use", "count.value": "many"}
    answer = client_of("su").post(reverse("offer-make", args=[world.resource.ref]), given)
    assert answer.status_code == 422
    assert re.search(r'href="#id_count.value"', answer.content.decode())
    assert not Offer.objects.filter(title_zh="试用").exists()


def test_a_request_may_ask_for_less_and_never_for_more(world: World) -> None:
    client = client_of("ye")
    url = reverse("request-draft", args=[world.offer.ref])
    given = {
        "purpose": "public-service",
        "basis": "合同",
        "use_scope": "研究",
        "narrower": "yes",
        "action": "use",
        "purpose.operator": "isAnyOf",
        "purpose.value": ["public-service"],
        "count.value": "500",
    }
    more = client.post(url, given)
    assert more.status_code == 422
    assert "超出供给条件" in more.content.decode() or "不超过" in more.content.decode()
    less = client.post(url, {**given, "count.value": "5"})
    assert less.status_code == 302
    page = client.get(less["Location"]).content.decode()
    assert "不超过 5 次" in page


def test_the_token_is_shown_once_and_never_again(world: World) -> None:
    client = client_of("ci")
    answer = client.post(reverse("countersign", args=[world.awaiting.ref]))
    token = re.search(r"cb1_[\w-]{20,}", answer.content.decode())
    assert token is not None
    assert answer["Cache-Control"] == "no-store"
    again = client.get(reverse("agreement", args=[world.awaiting.ref])).content.decode()
    assert token[0] not in again
    assert client.post(reverse("countersign", args=[world.awaiting.ref])).status_code == 409


def test_a_revoked_token_is_crossed_out(world: World) -> None:
    client = client_of("ci")
    url = reverse("token-revoke", args=[world.agreement.ref, world.token.ref])
    assert client.post(url).status_code == 302
    assert AgreementToken.objects.get(pk=world.token.pk).revoked_at
    assert client.post(url).status_code == 409


def test_an_agreement_is_suspended_with_reasons_and_resumed(world: World) -> None:
    client = client_of("su")
    url = reverse("agreement-suspend", args=[world.agreement.ref])
    assert client.post(url).status_code == 422
    assert client.post(url, {"reasons": "核查"}).status_code == 302
    assert Agreement.objects.get(pk=world.agreement.pk).state == "suspended"
    assert client.post(reverse("agreement-resume", args=[world.agreement.ref])).status_code == 302


def test_a_payment_counts_once_and_is_exact_to_the_fen(world: World) -> None:
    client = client_of("su")
    url = reverse("payment", args=[world.agreement.ref])
    given = {"amount": "0.29", "receipt": "A-1"}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given).status_code == 409
    assert Agreement.objects.get(pk=world.agreement.pk).paid_fen == 29


def test_the_policy_is_downloaded_as_odrl(world: World) -> None:
    answer = client_of("ci").get(reverse("agreement-odrl", args=[world.agreement.ref]))
    assert answer["Content-Type"].startswith("application/ld+json")
    assert json.loads(answer.content)["@type"] == "Agreement"


def test_a_dispute_begins_at_the_refused_request(world: World) -> None:
    client = client_of("ci")
    url = f"{reverse('issue-raise')}?request={world.refused.ref}"
    answer = client.post(url, {"title": "理由不成立", "detail": "用途已写明"})
    assert answer.status_code == 302
    issue = Issue.objects.get(type="dispute")
    assert issue.request == world.refused
    assert "协商" in client.get(answer["Location"]).content.decode()


def test_what_a_record_says_is_for_those_whom_it_concerns(world: World) -> None:
    url = reverse("ledger-record", args=[world.use.ledger_index])
    assert 'id="receipt"' in client_of("ci").get(url).content.decode()
    stranger = client_of("zhao").get(url).content.decode()
    assert 'id="receipt"' not in stranger
    assert "test-use-0001" not in stranger.replace("urn:citybrain:use:test-use-0001", "")


def test_where_a_source_lies_is_the_owners_business(city: City) -> None:
    resource = exchange.published(city)
    Resource.objects.filter(pk=resource.pk).update(metadata={"text": "where-it-lies"})
    url = reverse("resource", args=[resource.ref])
    for owner_or_bureau in ("su", "lin", "an"):
        assert "where-it-lies" in client_of(owner_or_bureau).get(url).content.decode()
    for other in ("ci", "ye", "zhao"):
        assert "where-it-lies" not in client_of(other).get(url).content.decode()


def test_lists_refuse_malformed_questions_with_400(world: World) -> None:
    client = client_of("su")
    for query in ("page=0", "sort=nothing", "status=secret", "size=7", "page=999", "export=xls"):
        assert client.get(f"/resources?{query}").status_code == 400, query


def test_lists_export_what_is_filtered(world: World) -> None:
    answer = client_of("su").get("/resources?status=draft&export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 2
    assert "停车场" in lines[1]


def test_resources_are_found_by_words_of_their_titles(world: World) -> None:
    page = client_of("su").get("/resources?q=停车").content.decode()
    assert 'type="search"' in page
    assert "<mark>停车</mark>场" in page
    assert "公交线路表" not in page


def test_impossible_numbers_in_addresses_are_not_found(world: World) -> None:
    client = client_of("lin")
    for url in ("/uses/99999999999999999999", "/ledger/records/99999999999999999999"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("query", ["old=0&new=1", "old=x&new=1", "old=9&new=1", "old=1&new=99999"])
def test_comparing_checkpoints_that_do_not_exist_is_refused_in_words(
    world: World, query: str
) -> None:
    answer = client_of("su").get(f"{reverse('consistency')}?{query}")
    assert 400 <= answer.status_code < 500
    assert 'role="alert"' in answer.content.decode() or answer.status_code == 404


def test_an_administrator_registers_a_party_and_its_person(city: City) -> None:
    client = client_of("lin")
    given = {"type": "enterprise", "name_zh": "黄海软件（虚构）", "name_en": "Huanghai (invented)"}
    assert client.post(reverse("party-register"), given).status_code == 302
    party = Party.objects.get(name_zh="黄海软件（虚构）")
    weak = {"username": "hai", "password": "12345678"}
    assert client.post(reverse("account-create"), weak).status_code == 422
    made = client.post(reverse("account-create"), {**weak, "password": "Seagull-at-Badaguan-3"})
    assert made.status_code == 302
    ref = made["Location"].rsplit("/", 1)[1]
    url = reverse("membership-grant", args=[ref])
    assert client.post(url, {"party": party.ref, "role": "steward"}).status_code == 422
    granted = {"party": party.ref, "role": "enterprise_member"}
    assert client.post(url, granted).status_code == 302


def test_the_report_is_a_page_and_a_word_document(city: City) -> None:
    client = client_of("an")
    assert "未建设" in client.get("/report/2025H1").content.decode()
    assert client.get("/report/2025H1?format=docx").content[:2] == b"PK"
    assert client.get("/report/1066").status_code == 404
