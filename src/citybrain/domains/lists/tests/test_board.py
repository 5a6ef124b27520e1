"""Ratings, the board, the roadshow: figures that follow from records, through the pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from tests import exchange
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.lists.actions import ratings, stories
from citybrain.domains.lists.models import Rating, Story
from citybrain.domains.lists.queries import board, roadshow
from citybrain.domains.lists.rules import days
from citybrain.domains.lists.tests.world import told
from citybrain.kernel import clock
from citybrain.kernel.actions import issues
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Entry, Request
from citybrain.kernel.report.period import period_of

pytestmark = pytest.mark.django_db
MONDAY = datetime(2025, 3, 3, 2, tzinfo=UTC)


def answered(city: City, code: str, after: int, asked: datetime = MONDAY) -> Request:
    """A request refused so many days after it was submitted."""
    with clock.at(asked):
        request = exchange.requested(city, exchange.offered(city, code=code))
    with clock.at(asked + timedelta(days=after)):
        exchange.moved(request, city.su, "accept", "review")
        return exchange.moved(request, city.su, "refuse", reasons="用途不明")


def test_the_board_reckons_on_time_median_and_satisfaction_from_records(city: City) -> None:
    first, second = answered(city, "T-1", 2), answered(city, "T-2", 4)
    answered(city, "T-3", 30)
    with clock.at(MONDAY):
        exchange.requested(city, exchange.offered(city, code="T-4"))
    for request, score in ((first, 5), (second, 2)):
        ratings.rate(acting_party=city.ci, request_ref=request.ref, score=score)
    found = board.figures(city.lin)[city.transport.pk]
    assert (found.offered, found.answered) == (4, 3)
    assert (found.timely, found.counted, found.on_time) == (2, 4, 50.0)
    assert found.median_days == 4.0
    assert (found.good, found.rated, found.satisfied) == (1, 2, 50.0)


def test_a_half_year_holds_only_what_ended_in_it(city: City) -> None:
    answered(city, "T-1", 2)
    answered(city, "T-2", 2, MONDAY + timedelta(days=200))
    spring, autumn = period_of("2025H1"), period_of("2025H2")
    assert board.figures(city.lin, spring)[city.transport.pk].answered == 1
    assert board.figures(city.lin, autumn)[city.transport.pk].counted == 1
    page = client_of("lin").get(reverse("lists-board") + "?period=2025H1").content.decode()
    link = f"{reverse('lists-requests')}?office={city.transport.ref}&amp;group=answered"
    assert f"{link}&amp;decided=2025H1" in page
    shown = client_of("lin").get(
        f"{reverse('lists-requests')}?office={city.transport.ref}&group=answered&decided=2025H1"
    )
    assert shown.context["page"].total == 1


def test_every_number_of_the_board_leads_to_as_many_records(city: City) -> None:
    answered(city, "T-1", 2)
    answered(city, "T-3", 30)
    issues.raise_issue(
        acting_party=city.ci,
        type="correction",
        resource_ref=Request.objects.first().resource.ref,
        title="错",
        detail="错",
    )
    found = board.figures(city.lin)[city.transport.pk]
    client, office = client_of("lin"), f"office={city.transport.ref}"

    def count(name: str, query: str) -> int:
        answer = client.get(f"{reverse(name)}?{office}&{query}")
        assert answer.status_code == 200
        return answer.context["page"].total

    assert count("lists-resources", "status=published") == found.offered == 2
    assert count("lists-requests", "group=answered") == found.answered == 2
    assert count("lists-requests", "reply=counted") == found.counted == 2
    assert count("lists-requests", "reply=timely") == found.timely == 1
    assert count("lists-issues", "group=open") == found.problems == 1


def test_an_office_sees_its_own_row_and_the_bureau_sees_all(world) -> None:
    names = [
        client_of(who).get(reverse("lists-board")).context["page"] for who in ("lin", "su", "ci")
    ]
    assert [[row.name_zh for row in one.objects] for one in names] == [
        ["交通运输局"],
        ["交通运输局"],
        [],
    ]


def test_the_board_sorts_by_each_figure_and_refuses_an_unknown_half_year(world) -> None:
    client = client_of("lin")
    for code in ("offered", "answered", "on_time", "median", "satisfied", "problems", "corrected"):
        assert client.get(f"{reverse('lists-board')}?sort=-{code}").status_code == 200, code
    assert client.get(reverse("lists-board") + "?period=1999H1").status_code == 400
    assert client.get(reverse("lists-board-chart")).json()["series"][0]["data"]


def test_the_asker_rates_an_answer_and_changes_it_in_its_days_only(world) -> None:
    client, url = client_of("ci"), reverse("rate-request", args=[world.request.ref])
    assert client.post(url, {"score": "6"}).status_code == 422
    assert client.post(url, {"score": "4", "words": "补充了说明"}).status_code == 302
    rating = Rating.objects.get(request=world.request)
    assert (rating.score, rating.version) == (4, 2)
    with clock.at(clock.now() + timedelta(days=days("lists-rating-change") + 1)):
        assert client.post(url, {"score": "1"}).status_code == 409
        assert "修改期已过" in client.get(url).content.decode()
    rating.refresh_from_db()
    assert rating.score == 4


def test_nothing_is_rated_before_it_is_answered_nor_by_others(world) -> None:
    with pytest.raises(Conflict):
        ratings.rate(acting_party=world.city.ci, request_ref=world.overdue.ref, score=5)
    with pytest.raises(NotAllowed):
        ratings.rate(acting_party=world.city.su, request_ref=world.request.ref, score=5)
    for wrong in ({}, {"request_ref": world.request.ref, "issue_ref": world.issue.ref}):
        with pytest.raises(Invalid):
            ratings.rate(acting_party=world.city.ci, score=5, **wrong)


def test_who_raised_a_problem_rates_its_answer_from_the_problem_page(world) -> None:
    city, issue = world.city, world.issue
    link = reverse("rate-issue", args=[issue.ref])
    page = reverse("issue", args=[issue.ref])
    assert link not in client_of("ci").get(page).content.decode()
    for move in ("accept", "verify"):
        issues.move_issue(acting_party=city.su, issue_ref=issue.ref, move=move)
    issues.move_issue(
        acting_party=city.su, issue_ref=issue.ref, move="correct", given={"reasons": "已更正"}
    )
    assert link in client_of("ci").get(page).content.decode()
    assert link not in client_of("su").get(page).content.decode()
    assert client_of("ci").post(link, {"score": "5"}).status_code == 302
    assert Rating.objects.get(issue=issue).office == city.transport


def test_the_roadshow_shows_only_what_records_say(world) -> None:
    Entry.objects.create(
        type=Entry.Type.SAVING,
        key="test",
        party=world.city.civil,
        agreement=world.agreement,
        day=clock.today(),
        amount_fen=12_000_000,
    )
    found = roadshow.achievement(world.resource)
    saved = sum(
        Entry.objects.filter(agreement=world.agreement).values_list("amount_fen", flat=True)
    )
    assert [one.name_zh for one in found.departments] == ["民政局"]
    assert (found.others, found.saved_fen, found.score, found.rated) == (0, saved, 5.0, 1)
    page = client_of("zhao").get(reverse("roadshow-page", args=[world.resource.ref]))
    text = page.content.decode()
    assert "一张线路表，多个窗口共用" in text and "民政局" in text


def test_an_enterprise_that_uses_a_capability_is_counted_not_named(world) -> None:
    from citybrain.kernel.actions import agreements

    city = world.city
    request = exchange.requested(city, exchange.offered(city, code="T-9"), who=city.ye)
    exchange.moved(request, city.su, "accept", "review", "agree")
    agreements.countersign_agreement(acting_party=city.ye, agreement_ref=request.agreement.ref)
    told(city, request.resource)
    found = roadshow.achievement(request.resource)
    assert (found.departments, found.others) == ([], 1)
    page = client_of("zhao").get(reverse("roadshow-page", args=[request.resource.ref]))
    assert "海岸数据有限公司" not in page.content.decode()


def test_a_draft_story_is_the_owners_and_the_bureau_picks_among_shown_ones(world) -> None:
    city, ref = world.city, world.resource.ref
    client_of("su").post(reverse("story-press", args=[ref, "hide"]))
    assert client_of("ci").get(reverse("roadshow-page", args=[ref])).status_code == 404
    assert client_of("su").get(reverse("roadshow-page", args=[ref])).status_code == 200
    with pytest.raises(Conflict):
        stories.feature_story(acting_party=city.lin, resource_ref=ref)
    client_of("su").post(reverse("story-press", args=[ref, "show"]))
    assert client_of("lin").post(reverse("story-press", args=[ref, "feature"])).status_code == 302
    assert Story.objects.get().featured
    assert client_of("su").post(reverse("story-press", args=[ref, "feature"])).status_code == 403
    assert client_of("lin").post(reverse("story-press", args=[ref, "delete"])).status_code == 404


def test_a_story_needs_both_languages_and_the_version_that_was_seen(world) -> None:
    url = reverse("story-write", args=[world.resource.ref])
    texts = {"headline_zh": "新", "headline_en": "New", "text_zh": "新文", "text_en": "New text"}
    assert client_of("su").post(url, texts | {"text_en": ""}).status_code == 422
    assert client_of("su").post(url, texts | {"expected_version": "1"}).status_code == 409
    version = str(Story.objects.get().version)
    assert client_of("su").post(url, texts | {"expected_version": version}).status_code == 302
    assert Story.objects.get().headline_zh == "新"


def test_a_resource_that_is_withdrawn_leaves_the_roadshow(world) -> None:
    from citybrain.kernel.actions import resources

    city, ref = world.city, world.resource.ref
    resources.withdraw_resource(acting_party=city.su, resource_ref=ref, reasons="停止提供")
    assert client_of("ci").get(reverse("roadshow-page", args=[ref])).status_code == 404
    assert "一张线路表" not in client_of("ci").get(reverse("roadshow")).content.decode()
