"""Demands: filed, supported, assigned, matched, met; through the pages."""

import pytest
from django.urls import reverse
from tests import exchange
from tests.personas import City
from tests.suites import client_of

from citybrain.domains.lists.actions import demands
from citybrain.domains.lists.actions.matches import Matching
from citybrain.domains.lists.models import Demand, Match, Support
from citybrain.domains.lists.tests.world import filed
from citybrain.kernel.actions import resources
from citybrain.kernel.audit import audit
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Deadline
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db
GIVEN = {"title": "公交线路站点", "basis": "职责法定", "purpose": "public-service"}


def _state(demand: Demand) -> str:
    return Demand.objects.get(pk=demand.pk).state


def test_the_form_takes_what_was_searched_for_and_shows_matches_at_once(city: City) -> None:
    exchange.published(city)
    client = client_of("ci")
    form = client.get(reverse("demand-file") + "?q=公交线路站点")
    assert 'value="公交线路站点"' in form.content.decode()
    done = client.post(reverse("demand-file"), GIVEN | {"items": "线路\n站点\n线路"})
    assert done.status_code == 302
    demand = Demand.objects.get()
    assert demand.items == ["线路", "站点"]
    assert demand.state == "matched"
    page = client.get(done["Location"]).content.decode()
    assert "公交线路表" in page and "共同词语" in page and "公交" in page


def test_a_form_with_faults_says_which_and_keeps_what_was_typed(city: City) -> None:
    answer = client_of("ci").post(reverse("demand-file"), {"title": "停车泊位", "purpose": "x"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "停车泊位" in page and "data-error-summary" in page
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"title": " "},
        {"title": "长" * 201},
        {"basis": ""},
        {"purpose": "curiosity"},
        {"cycle": "hourly"},
        {"items": ["项"] * 1 + [f"项{n}" for n in range(100)]},
        {"items": ["长" * 81]},
        {"detail": "长" * 8001},
        {"title": "a\x00b"},
    ],
)
def test_a_malformed_demand_is_refused_and_nothing_is_written(city: City, bad: dict) -> None:
    with pytest.raises(Invalid):
        demands.file_demand(acting_party=city.ci, **(GIVEN | bad))
    assert not Demand.objects.exists()


def test_what_is_published_later_is_proposed_once_with_its_reasons(city: City) -> None:
    demand = filed(city, "公交线路站点")
    duty = Matching()
    assert duty() == 0 and demand.state == "open"
    resource = exchange.published(city)
    assert duty() == 1
    assert duty() == 0
    assert Matching()() == 0
    match = Match.objects.get()
    assert match.resource == resource and "公交" in match.terms and match.score >= 350
    assert _state(demand) == "matched"
    clock_row = Deadline.objects.get(subject=demand.urn)
    assert clock_row.state == Deadline.State.PAUSED


def test_a_change_of_a_resource_is_looked_at_again(city: City) -> None:
    demand = filed(city, "养老机构床位")
    resource = exchange.published(city)
    duty = Matching()
    assert duty() == 0
    resources.change_resource(
        acting_party=city.su, resource_ref=resource.ref, title_zh="养老机构床位一览"
    )
    assert duty() == 1
    assert _state(demand) == "matched"


def test_ones_own_resource_and_drafts_are_never_proposed(city: City) -> None:
    exchange.echo_resource(city)
    assert filed(city, "公交线路站点").state == "open"
    exchange.published(city, "T-0002")
    mine = demands.file_demand(acting_party=city.su, **GIVEN)
    Matching()()
    assert not mine.matches.exists()


def test_an_accepted_match_meets_the_demand_and_stops_its_clocks(city: City) -> None:
    resource = exchange.published(city)
    demand = filed(city, "公交线路站点")
    match = demand.matches.get()
    answer = reverse("match-answer", args=[demand.ref, match.ref, "accept"])
    assert client_of("ci").post(answer).status_code == 302
    demand.refresh_from_db()
    assert demand.state == "met" and demand.resource == resource and demand.closed_at
    assert Deadline.objects.get(subject=demand.urn).state == Deadline.State.MET
    assert client_of("ci").post(answer).status_code == 409


def test_a_dismissed_match_stays_dismissed_and_the_demand_opens_again(city: City) -> None:
    exchange.published(city)
    demand = filed(city, "公交线路站点")
    match = demand.matches.get()
    url = reverse("match-answer", args=[demand.ref, match.ref, "dismiss"])
    assert client_of("ci").post(url).status_code == 422
    assert client_of("ci").post(url, {"reasons": "没有站点坐标"}).status_code == 302
    assert _state(demand) == "open"
    assert Deadline.objects.get(subject=demand.urn).state == Deadline.State.OPEN
    assert Matching()() == 0


def test_the_bureau_assigns_and_the_office_names_its_resource(city: City) -> None:
    demand = filed(city, "停车泊位")
    client = client_of("lin")
    url = reverse("demand-assign", args=[demand.ref])
    assert client.post(url, {"office": city.firm.ref}).status_code == 422
    assert client.post(url, {"office": city.transport.ref}).status_code == 302
    rules = set(Deadline.objects.filter(subject=demand.urn).values_list("rule", "state", "party"))
    assert ("demand-assignment", "met", city.bureau.pk) in rules
    assert ("demand-answer", "open", city.transport.pk) in rules
    resource = exchange.published(city)
    offer = reverse("demand-offer", args=[demand.ref])
    assert client_of("su").post(offer, {"resource": "nonsense"}).status_code == 422
    assert client_of("su").post(offer, {"resource": resource.ref}).status_code == 302
    assert _state(demand) == "matched"
    assert Deadline.objects.get(subject=demand.urn, rule="demand-answer").state == "met"
    match = demand.matches.get()
    demands.dismiss_match(acting_party=city.ci, match_ref=match.ref, reasons="缺少泊位数")
    assert _state(demand) == "assigned"


def test_another_party_supports_once_and_the_demander_never(city: City) -> None:
    demand = filed(city, "停车泊位")
    url = reverse("demand-support", args=[demand.ref])
    assert client_of("zhao").post(url, {"words": "医院停车"}).status_code == 302
    assert client_of("zhao").post(url).status_code == 409
    assert client_of("ci").post(url).status_code == 409
    assert Support.objects.count() == 1
    assert "医院停车" in client_of("su").get(reverse("demand", args=[demand.ref])).content.decode()


def test_refusal_and_withdrawal_need_reasons_and_end_it(city: City) -> None:
    refused, taken = filed(city, "停车泊位"), filed(city, "医保药店")
    assert client_of("lin").post(reverse("demand-refuse", args=[refused.ref])).status_code == 422
    demands.refuse_demand(acting_party=city.lin, demand_ref=refused.ref, reasons="没有部门采集")
    demands.withdraw_demand(acting_party=city.ci, demand_ref=taken.ref, reasons="已从国家平台取得")
    assert (_state(refused), _state(taken)) == ("refused", "withdrawn")
    with pytest.raises(Conflict):
        demands.support_demand(acting_party=city.zhao, demand_ref=refused.ref)
    with pytest.raises(NotAllowed):
        demands.withdraw_demand(acting_party=city.zhao, demand_ref=taken.ref, reasons="无关")


def test_the_audit_finds_nothing_wrong_with_what_this_app_wrote(world) -> None:
    seal_all()
    assert not audit().findings
