"""The tabs 质量 and 预览, proposals, and a correction from a row to its answer."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests.suites import client_of

from citybrain.domains.catalogue.logic.synthetic import synthetic_persons
from citybrain.domains.catalogue.models import GradeProposal, Profile
from citybrain.domains.catalogue.quality.actions import decisions
from citybrain.domains.catalogue.tests import quality_world
from citybrain.domains.catalogue.tests.test_quality_profile import path_of
from citybrain.kernel.actions import issues
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Deadline, Issue, LedgerRecord

pytestmark = pytest.mark.django_db
SOMEBODY = synthetic_persons(60)[0][0]


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def persons(city):
    return quality_world.persons(city)


def text_of(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_preview_masks_what_the_content_shows_to_be_personal(city, persons):
    quality_world.profiled(persons)
    for person in ("su", "mo", "lin", "an"):
        text = text_of(client_of(person), f"/resources/{persons.ref}/preview")
        assert SOMEBODY not in text and f"{SOMEBODY[:6]}********{SOMEBODY[-4:]}" in text
        assert "王伟" not in text
    for person in ("ci", "ye", "zhao"):
        assert client_of(person).get(f"/resources/{persons.ref}/preview").status_code == 404


def test_the_preview_masks_before_the_first_profile_too(city, persons):
    assert SOMEBODY not in text_of(client_of("su"), f"/resources/{persons.ref}/preview")


def test_whoever_opens_it_unmasked_says_why_and_is_on_record(city, persons):
    browser = client_of("su")
    url = f"/resources/{persons.ref}/preview/unmasked"
    answer = browser.post(url, {"reasons": " "})
    assert answer.status_code == 422 and SOMEBODY not in answer.content.decode()
    assert not LedgerRecord.objects.filter(verb="preview.unmask").exists()
    answer = browser.post(url, {"reasons": "核对群众反映的登记错误"})
    assert SOMEBODY in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    record = LedgerRecord.objects.get(verb="preview.unmask")
    assert record.subject == persons.urn and "核对群众反映" in record.body
    history = text_of(client_of("an"), f"/resources/{persons.ref}/preview")
    assert "查看了预览明文" in history and "核对群众反映" in history
    assert SOMEBODY not in text_of(browser, f"/resources/{persons.ref}/preview")


def test_nobody_but_the_owners_steward_opens_it_unmasked(city, persons):
    for person, status in (("mo", 403), ("lin", 403), ("an", 403), ("ci", 404)):
        answer = client_of(person).post(
            f"/resources/{persons.ref}/preview/unmasked", {"reasons": "想看一看内容"}
        )
        assert answer.status_code == status and SOMEBODY not in answer.content.decode()


def test_outsiders_see_the_score_but_no_values(city, persons):
    quality_world.check(city, persons, "in_list", "district", list=["370202"])
    quality_world.profiled(persons)
    url = f"/resources/{persons.ref}/quality"
    inside, outside = text_of(client_of("su"), url), text_of(client_of("ci"), url)
    assert "370214" in inside and "370214" not in outside
    assert "规范性" in outside and "公民身份号码" in outside
    assert SOMEBODY not in inside


def test_a_table_without_profile_says_so_and_the_button_makes_one(city, persons):
    browser, url = client_of("su"), f"/resources/{persons.ref}/quality"
    assert "尚未评估" in text_of(browser, url)
    assert browser.post(f"{url}/run").status_code == 302
    assert Profile.objects.get().state == "done"
    assert "未评价" in text_of(browser, url) or "良好" in text_of(browser, url)
    chart = browser.get(f"{url}/trend.json").json()
    assert len(chart["series"]) == 7 and len(chart["categories"]) == 1


def test_a_missing_source_is_told_on_both_tabs(city, persons):
    path_of(persons).unlink()
    browser, base = client_of("su"), f"/resources/{persons.ref}"
    assert browser.post(f"{base}/quality/run").status_code == 302
    for tab in ("quality", "preview"):
        assert "数据文件不存在" in text_of(browser, f"{base}/{tab}")


def test_what_is_no_table_has_no_such_tabs(city):
    from tests import exchange

    resource = exchange.published(city)
    for tab in ("quality", "preview"):
        assert client_of("su").get(f"/resources/{resource.ref}/{tab}").status_code == 404
    assert "/preview" not in text_of(client_of("su"), f"/resources/{resource.ref}")


def test_the_citys_list_shows_offices_and_tables_and_gives_each_as_csv(city, persons):
    quality_world.profiled(persons)
    browser = client_of("ci")
    text = text_of(browser, "/quality")
    assert "交通运输局" in text and "人员表" in text
    offices = browser.get("/quality?export=csv")
    assert "交通运输局" in b"".join(offices.streaming_content).decode()
    tables = browser.get("/quality?t-export=csv")
    assert "人员表" in b"".join(tables.streaming_content).decode()
    assert "人员表" in text_of(browser, "/quality?t-late=in-time&sort=-late&t-sort=due")
    assert "人员表" not in text_of(browser, "/quality?t-late=late")
    assert "人员表" in text_of(browser, f"/quality?t-owner={city.transport.ref}")
    assert browser.get("/quality?sort=nothing").status_code == 400


def test_drafts_of_others_are_not_in_the_citys_list(city):
    quality_world.profiled(quality_world.persons(city, "Q-7", publish=False, title_zh="草稿表"))
    assert "草稿表" not in text_of(client_of("ci"), "/quality")


def test_an_accepted_proposal_marks_the_column_and_raises_the_grade(city, persons):
    quality_world.profiled(persons)
    proposals = {one.column: one for one in GradeProposal.objects.all()}
    assert {(name, one.grade) for name, one in proposals.items()} == {
        ("identity", "L3"),
        ("name", "L2"),
        ("", "L3"),
    }
    browser, base = client_of("su"), f"/resources/{persons.ref}/quality/proposals"
    assert browser.post(f"{base}/{proposals['identity'].ref}/accept").status_code == 302
    assert browser.post(f"{base}/{proposals[''].ref}/accept").status_code == 302
    persons.refresh_from_db()
    marked = {one["name"]: one["sensitive"] for one in persons.metadata["items"]}
    assert marked["identity"] and not marked["name"] and persons.grade == "L3"
    with pytest.raises(Conflict):
        decisions.accept_proposal(acting_party=city.su, proposal_ref=proposals["identity"].ref)
    quality_world.profiled(persons)
    assert GradeProposal.objects.count() == 3, "nothing is proposed twice"


def test_a_declined_proposal_needs_reasons_and_is_not_made_again(city, persons):
    quality_world.profiled(persons)
    proposal = GradeProposal.objects.get(column="name")
    with pytest.raises(Invalid):
        decisions.decline_proposal(acting_party=city.su, proposal_ref=proposal.ref, reasons=" ")
    for person in (city.mo, city.ci, city.lin):
        with pytest.raises(NotAllowed):
            decisions.decline_proposal(
                acting_party=person, proposal_ref=proposal.ref, reasons="虚构姓名"
            )
    url = f"/resources/{persons.ref}/quality/proposals/{proposal.ref}/decline"
    client_of("su").post(url, {"reasons": "均为虚构姓名"})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("declined", city.transport)
    assert "均为虚构姓名" in LedgerRecord.objects.get(verb="grade_proposal.decline").body
    quality_world.profiled(persons)
    assert GradeProposal.objects.filter(column="name").count() == 1


def test_a_row_leads_to_a_correction_that_names_it_and_carries_no_number_of_a_person(city):
    table = quality_world.table(
        city, "Q-8", "id,name\n25,甲站\n", {"id": "I", "name": "C"}, primary_key=["id"]
    )
    text = text_of(client_of("su"), f"/resources/{table.ref}/preview")
    assert "row=id%3D25" in text
    persons = quality_world.persons(city, "Q-9", primary_key=["identity"])
    text = text_of(client_of("su"), f"/resources/{persons.ref}/preview")
    assert "row=%231" in text and "row=identity" not in text


def test_a_correction_goes_from_the_asker_to_the_owner_and_the_answer_back(city):
    table = quality_world.table(city, "Q-8", "id,name\n25,甲站\n", {"id": "I", "name": "C"})
    quality_world.profiled(table)
    asker = client_of("ci")
    assert f"/issues/new?resource={table.ref}" in text_of(asker, f"/resources/{table.ref}/quality")
    url = f"/issues/new?resource={table.ref}&row=id%3D25&field=name&is=甲站"
    form = text_of(asker, url)
    assert 'value="id=25"' in form and 'value="name"' in form and 'value="甲站"' in form
    assert parse_qs(urlsplit(url).query)["row"] == ["id=25"]
    sent = {
        "title": "站名有误",
        "detail": "应为乙站",
        "row": "id=25",
        "field": "name",
        "is_": "甲站",
        "should_be": "乙站",
    }
    assert asker.post(url, sent).status_code == 302
    issue = Issue.objects.get()
    assert issue.pointer == {"row": "id=25", "field": "name", "is": "甲站", "should_be": "乙站"}
    clock = Deadline.objects.get(subject=issue.urn)
    assert (clock.party, clock.unit, clock.state) == (city.transport, "working_day", "open")
    for person, status in (("su", 200), ("an", 200), ("ci", 200), ("zhao", 404), ("ye", 404)):
        assert client_of(person).get(f"/issues/{issue.ref}").status_code == status
    for move in ("accept", "verify"):
        issues.move_issue(acting_party=city.su, issue_ref=issue.ref, move=move)
    issues.move_issue(
        acting_party=city.su, issue_ref=issue.ref, move="correct", given={"reasons": "已改为乙站"}
    )
    assert "已改为乙站" in text_of(asker, f"/issues/{issue.ref}")
    clock.refresh_from_db()
    assert clock.state == "met"
    assert asker.post(f"/issues/{issue.ref}/moves/close").status_code == 302
    issue.refresh_from_db()
    assert issue.closed_at
