"""Taking in a peer's catalogue: what is new, changed, gone, refused; and peers that misbehave."""

import time
from datetime import timedelta

import pytest
from tests.personas import build_city

from citybrain.domains.catalogue.harvest import actions, fetch, runs
from citybrain.domains.catalogue.harvest.fetch import Fetcher, Limits, PeerError
from citybrain.domains.catalogue.models import HarvestSource
from citybrain.domains.catalogue.tests import listed
from citybrain.domains.catalogue.tests.peer import package, serving
from citybrain.domains.catalogue.tests.test_commands import run
from citybrain.kernel import audit, clock
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import LedgerRecord, Resource

QUICK = Limits(silence=0.3, answer=0.5)
SMALL = Limits(answer_bytes=1_000_000, pages=5)


@pytest.fixture
def peer():
    with serving() as one:
        yield one


@pytest.fixture
def source(city, peer) -> HarvestSource:
    return added(city, peer.url)


def added(city, url: str, type: str = "ckan", **more) -> HarvestSource:
    given = {"private_network": True, "publish": True, "prefix": "p-"} | more
    return actions.add_source(acting_party=city.ci, title="邻市", type=type, url=url, **given)


def counts(done) -> tuple[int, int, int, int, int]:
    return (done.new, done.changed, done.same, done.gone, len(done.refused))


def test_a_run_takes_in_what_is_new_and_later_ones_only_what_differs(city, peer, source):
    peer.offer(603)
    assert counts(runs.run(city.ci, source)) == (603, 0, 0, 0, 0)
    assert peer.asked == 2
    one = Resource.objects.get(code="p-set-7")
    assert (one.owner, one.kind, one.status) == (city.civil, "external", "published")
    assert one.metadata["landing_page"] == f"{peer.url}/dataset/set-7"
    ledger = LedgerRecord.objects.filter(verb__startswith="resource.").count()
    assert counts(runs.run(city.ci, source)) == (0, 0, 603, 0, 0)
    assert LedgerRecord.objects.filter(verb__startswith="resource.").count() == ledger
    peer.packages[7]["title"] = "新名称"
    peer.packages[8]["metadata_modified"] = "2026-01-01T00:00:00"
    del peer.packages[20]
    peer.packages.append(package(5000))
    assert counts(runs.run(city.ci, source)) == (1, 1, 601, 1, 0)
    assert Resource.objects.get(code="p-set-7").title_zh == "新名称"
    assert Resource.objects.get(code="p-set-20").status == "withdrawn"
    peer.packages.append(package(20))
    assert counts(runs.run(city.ci, source))[:2] == (0, 1)
    assert Resource.objects.get(code="p-set-20").status == "published"
    assert audit._rows_of(Resource)[1] == [] == audit._rows_of(HarvestSource)[1]


def test_faulty_entries_are_named_and_the_others_taken(city, peer, source):
    listed.publish(city, "p-set-3", "external", listed.EXTERNAL)
    peer.offer(6)
    peer.packages[1]["title"] = ""
    peer.packages[2]["extras"] = []
    peer.packages[4]["title"] = "题\x00"
    done = runs.run(city.ci, source)
    assert counts(done) == (2, 0, 0, 0, 4)
    told = {one["entry"].rpartition("<")[2]: one["zh"] for one in done.refused}
    words = {"id-1>": "必填", "id-2>": "更新周期", "id-3>": "p-set-3", "id-4>": "控制字符"}
    assert set(told) == set(words)
    assert all(words[entry] in zh for entry, zh in told.items())
    assert "\x00" not in str([list(one.values()) for one in done.refused])


def test_a_peer_that_lost_most_of_its_entries_is_doubted(city, peer, source):
    peer.offer(60)
    runs.run(city.ci, source)
    peer.offer(10)
    done = runs.run(city.ci, source)
    assert counts(done) == (0, 0, 10, 0, 1) and "50" in done.refused[0]["en"]
    assert not Resource.objects.filter(status="withdrawn").exists()


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("broken", "status"),
        ("garbage", "garbage"),
        ("list", "garbage"),
        ("nameless", "garbage"),
        ("silent", "timeout"),
        ("trickle", "timeout"),
        ("huge", "too-large"),
        ("packed", "encoded"),
        ("endless", "repeats"),
        ("short", "incomplete"),
        ("growing", "too-many-pages"),
    ],
)
def test_a_peer_that_misbehaves_changes_nothing_and_is_left_in_time(
    city, peer, source, mode, reason
):
    peer.offer(5)
    runs.run(city.ci, source)
    before = list(Resource.objects.values_list("ref", "version", "status"))
    peer.mode = mode
    start = time.monotonic()
    done = runs.run(city.ci, source, QUICK if reason == "timeout" else SMALL)
    assert time.monotonic() - start < 20
    assert (done.outcome, done.reason) == ("failed", reason)
    assert list(Resource.objects.values_list("ref", "version", "status")) == before
    peer.mode = "fine"
    assert counts(runs.run(city.ci, source)) == (0, 0, 5, 0, 0)


def test_more_entries_than_the_limit_are_not_taken(city, peer, source):
    peer.offer(30)
    assert runs.run(city.ci, source, Limits(entries=20)).reason == "too-many-entries"
    assert not Resource.objects.exists()


def test_addresses_of_private_networks_are_refused_unless_allowed(city, peer):
    source = added(city, peer.url, private_network=False)
    assert runs.run(city.ci, source).reason == "address-refused"
    assert peer.asked == 0


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.2:1/", "address-refused"),
        ("http://169.254.169.254/latest", "address-refused"),
        ("http://[::1]:1/", "address-refused"),
        ("file:///etc/passwd", "bad-redirect"),
        ("http://u:p@127.0.0.1/", "bad-redirect"),
        ("", "bad-redirect"),
        ("/", "too-many-redirects"),
    ],
)
def test_a_redirect_leads_to_no_private_address_and_not_in_circles(
    peer, monkeypatch, location, reason
):
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")
    peer.mode, peer.location = "elsewhere", location
    with pytest.raises(PeerError) as caught:
        Fetcher(False, SMALL).get(peer.url + "/", "*/*")
    assert caught.value.reason == reason


def test_a_peer_that_is_not_there_is_a_failed_run(city, peer):
    source = added(city, "http://127.0.0.1:9")
    assert runs.run(city.ci, source).reason == "unreachable"


def test_our_own_pages_are_harvested_as_dcat_page_by_page(live_server, monkeypatch):
    from citybrain.domains.catalogue.dcat import views

    monkeypatch.setattr(views, "PAGE", 2)
    city = build_city()
    listed.demo_like(city)
    source = added(city, f"{live_server.url}/catalog", "dcat", publish=False)
    assert counts(runs.run(city.ci, source)) == (5, 0, 0, 0, 0)
    assert counts(runs.run(city.ci, source)) == (0, 0, 5, 0, 0)
    ckan = added(city, live_server.url, prefix="c-", publish=False)
    assert counts(runs.run(city.ci, ckan)) == (5, 0, 0, 0, 0)


def test_only_a_steward_adds_and_runs_sources_of_the_own_office(city, peer, source):
    with pytest.raises(NotAllowed):
        runs.run(city.zhao, source)
    with pytest.raises(NotAllowed):
        actions.add_source(acting_party=city.mo, title="a", type="ckan", url="https://a.example")
    with pytest.raises(Conflict):
        added(city, peer.url)
    with pytest.raises(Invalid) as caught:
        added(city, "ftp://a", "oai", every_hours=0, prefix="a b", update_cycle="often")
    assert set(caught.value.fields) == {"url", "type", "every_hours", "prefix", "update_cycle"}


def test_what_is_due_runs_and_then_is_not_due_until_its_hours_have_passed(city, peer, source):
    peer.offer(1)
    assert [counts(one)[0] for one in runs.run_due()] == [1]
    assert runs.due() == []
    with clock.at(clock.now() + timedelta(hours=25)):
        assert runs.due() == [source]


def test_the_commands_add_list_and_run(city, peer):
    peer.offer(2)
    words = ("--title", "邻市", "--private-network", "--as", "ci")
    ref = run("harvest", "add", "ckan", peer.url, *words).output.strip()
    assert "new 2" in run("harvest", "run", ref, "--as", "ci").output
    assert ref in run("harvest", "list").output
    assert run("harvest", "due").output == ""
    peer.mode = "broken"
    failed = run("harvest", "run", ref, "--as", "ci")
    assert failed.exit_code == 1 and "status 500" in failed.output
