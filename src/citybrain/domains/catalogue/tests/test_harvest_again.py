"""Harvesting only what changed, within the worker, and from pages."""

import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from tests.personas import build_city
from tests.suites import client_of

from citybrain.domains.catalogue.harvest import actions, duty, runs
from citybrain.domains.catalogue.models import HarvestSource
from citybrain.domains.catalogue.tests import listed
from citybrain.domains.catalogue.tests.peer import package, serving
from citybrain.domains.catalogue.tests.test_commands import run
from citybrain.domains.catalogue.tests.test_harvest import added, counts
from citybrain.kernel import audit, clock
from citybrain.kernel.actions import resources
from citybrain.kernel.errors import Conflict, NotAllowed
from citybrain.kernel.models import Resource


class Filtering:
    """A CKAN that follows `fq=metadata_modified:[… TO *]`, and counts what it gave."""

    def __init__(self, peer) -> None:
        self.peer, self.given = peer, 0
        peer._fine = self.answer

    def answer(self, handler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        start, rows = int(query["start"][0]), int(query["rows"][0])
        since = query.get("fq", [":["])[0].partition(":[")[2].partition("Z TO")[0]
        found = [one for one in self.peer.packages if one["metadata_modified"] >= since]
        page = found[start : start + rows]
        self.given += len(page)
        self.peer._send(handler, {"count": len(found), "results": page})


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def peer():
    with serving() as one:
        yield one


def test_a_ckan_that_can_filter_is_asked_only_for_what_changed(city, peer):
    source, site = added(city, peer.url), Filtering(peer)
    peer.offer(40)
    assert counts(runs.run(city.ci, source)) == (40, 0, 0, 0, 0) and site.given == 40
    peer.packages[7] |= {"title": "新名称", "metadata_modified": "2025-06-01T00:00:00.5"}
    peer.packages.append(package(99, metadata_modified="2025-06-02T00:00:00"))
    site.given = 0
    assert counts(runs.run(city.ci, source)) == (1, 1, 39, 0, 0)
    site.given = 0
    assert counts(runs.run(city.ci, source)) == (0, 0, 41, 0, 0) and site.given == 1
    del peer.packages[3]
    assert counts(runs.run(city.ci, source)) == (0, 0, 40, 1, 0)
    assert Resource.objects.get(code="p-set-3").status == "withdrawn"


def test_after_a_week_everything_is_read_again_and_so_after_refusals(city, peer):
    source, site = added(city, peer.url), Filtering(peer)
    peer.offer(10)
    runs.run(city.ci, source)
    with clock.at(clock.now() + timedelta(days=8)):
        site.given = 0
        runs.run(city.ci, source)
        assert site.given == 10
        peer.packages.append(package(50, title="", metadata_modified="2026-01-01T00:00:00"))
        for _ in range(2):
            assert len(runs.run(city.ci, source).refused) == 1


def test_dcat_pages_that_did_not_change_are_not_sent_again(live_server, monkeypatch):
    from citybrain.domains.catalogue.dcat import views

    monkeypatch.setattr(views, "PAGE", 2)
    city = build_city()
    made = listed.demo_like(city)
    source = added(city, f"{live_server.url}/catalog.ttl", "dcat", publish=False)
    sent = []
    original = runs.Fetcher.get

    def get(self, *given, **more):
        found = original(self, *given, **more)
        sent.append(len(found.body))
        return found

    monkeypatch.setattr(runs.Fetcher, "get", get)
    assert counts(runs.run(city.ci, source)) == (5, 0, 0, 0, 0) and all(sent)
    sent.clear()
    assert counts(runs.run(city.ci, source)) == (0, 0, 5, 0, 0) and sent == [0, 0, 0]
    sent.clear()
    resources.change_resource(acting_party=city.su, resource_ref=made[0].ref, title_zh="新名")
    assert counts(runs.run(city.ci, source)) == (0, 1, 4, 0, 0)
    assert [bool(one) for one in sent] == [True, False, False]
    resources.withdraw_resource(acting_party=city.su, resource_ref=made[4].ref, reasons="停")
    assert counts(runs.run(city.ci, source)) == (0, 0, 4, 0, 0)


def test_a_failed_run_forgets_nothing_and_the_next_one_loses_nothing(city, peer):
    source = added(city, peer.url)
    peer.offer(5)
    runs.run(city.ci, source)
    peer.mode = "broken"
    assert runs.run(city.ci, source).outcome == "failed"
    peer.mode = "fine"
    assert counts(runs.run(city.ci, source)) == (0, 0, 5, 0, 0)


def test_two_runs_of_a_source_do_not_meet_and_a_killed_one_is_taken_up(city, peer):
    source = added(city, peer.url)
    peer.offer(2)
    assert runs.claim(source)
    with pytest.raises(Conflict):
        runs.run(city.ci, source)
    assert runs.due() == [] and runs.run_due() == []
    with clock.at(clock.now() + runs.SILENT + timedelta(seconds=1)):
        assert [counts(one)[0] for one in runs.run_due()] == [2]
    assert HarvestSource.objects.get().beat_at is None


def test_the_duty_works_in_a_thread_and_begins_no_second_one(city, peer):
    added(city, peer.url)
    going, free = threading.Event(), threading.Event()

    def work() -> None:
        going.set()
        free.wait(5)

    harvester = duty.Harvester(work)
    begun = time.monotonic()
    assert harvester() is True and going.wait(5)
    assert time.monotonic() - begun < 1
    assert harvester() is False
    free.set()
    harvester.thread.join(5)
    assert harvester() is True
    harvester.thread.join(5)


def test_the_duty_begins_nothing_when_nothing_is_due(city):
    assert duty.Harvester(lambda: pytest.fail("nothing is due"))() is False


def test_a_source_is_added_run_switched_and_dropped_from_its_pages(city, peer):
    client = client_of("su")
    given = {"title": "邻市", "type": "ckan", "url": peer.url, "every_hours": "24"}
    refused = client.post("/harvest/new", given | {"url": "ftp://a", "before": "a b"})
    assert refused.status_code == 422 and "http" in refused.content.decode()
    assert "不含空格" in refused.content.decode()
    answer = client.post("/harvest/new", given | {"private_network": "on", "before": "n-"})
    source = HarvestSource.objects.get()
    assert answer["Location"] == reverse("harvest-source", args=[source.ref])
    assert source.prefix == "n-"
    assert client.post("/harvest/new", given).status_code == 409
    peer.offer(2)
    peer.packages[1]["title"] = ""
    runs.run_due()
    page = client.get(answer["Location"]).content.decode()
    assert "新增1" in page and "拒绝1" in page and "id-1" in page
    assert runs.due() == []
    assert client.post(reverse("harvest-run", args=[source.ref])).status_code == 302
    assert [one.ref for one in runs.due()] == [source.ref]
    peer.mode = "broken"
    runs.run_due()
    assert "失败：对方返回错误" in client.get("/harvest").content.decode()
    off = reverse("harvest-switch", args=[source.ref, "off"])
    assert client.post(off).status_code == 302
    assert client.post(off).status_code == 409
    with clock.at(clock.now() + timedelta(days=2)):
        assert runs.due() == []
    assert client.post(reverse("harvest-drop", args=[source.ref])).status_code == 302
    assert client.get(answer["Location"]).status_code == 404
    assert Resource.objects.filter(code="n-set-0").exists()
    assert audit._rows_of(HarvestSource)[1] == []
    assert client.post("/harvest/new", given).status_code == 302


def test_others_cannot_switch_or_drop_a_source_and_the_commands_can(city, peer):
    source = added(city, peer.url)
    with pytest.raises(NotAllowed):
        actions.drop_source(acting_party=city.su, source_ref=source.ref)
    assert run("harvest", "switch", source.ref, "off", "--as", "ci").exit_code == 0
    assert run("harvest", "drop", source.ref, "--as", "ci").exit_code == 0
    assert source.ref not in run("harvest", "list").output
    with pytest.raises(Conflict):
        runs.run(city.ci, source)
