"""The demo's sensors, and their use under an agreement."""

import asyncio
import time

import pytest

from citybrain.domains.sensing import demo, native, stores
from citybrain.domains.sensing.models import Quarantined, Stream
from citybrain.gateway.tests.house import House, lifespan
from citybrain.kernel import clock
from citybrain.kernel.actions import agreements, requests, resources
from citybrain.kernel.audit import audit
from citybrain.kernel.models import Offer, Resource
from citybrain.kernel.report import period_of
from citybrain.kernel.report.registry import compute_of
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)
assert native


def build(city):
    people = {"administrator": city.lin, "transport": city.su, "port": city.zhao}
    return demo.build(lambda hint: people.get(hint, city.ci), clock.now())


def agreement_on(city, code, **policy):
    resource = Resource.objects.get(code=code)
    offer = Offer.objects.get(resource=resource)
    if policy:
        offer = resources.make_offer(
            acting_party=city.su,
            resource_ref=resource.ref,
            title_zh="另一条件",
            title_en="Other terms",
            policy=demo.POLICY | policy,
        )
    draft = requests.draft_request(
        acting_party=city.ci,
        offer_ref=offer.ref,
        purpose="public-service",
        basis="职责",
        use_scope="测试",
    )
    for move, who in (("submit", city.ci), ("accept", city.su), ("review", city.su)):
        requests.move_request(acting_party=who, request_ref=draft.ref, move=move)
    agreed = requests.move_request(acting_party=city.su, request_ref=draft.ref, move="agree")
    _, token = agreements.countersign_agreement(
        acting_party=city.ci, agreement_ref=agreed.agreement.ref
    )
    return f"/use/{resource.ref}", {
        "authorization": f"Bearer {token}",
        "x-purpose": "public-service",
        "accept-language": "en",
    }


def ask(tmp_path, headers, *paths):
    async def scenario():
        async with lifespan(House(tmp_path / "journal")) as house:
            return [await house.get(path, headers=headers) for path in paths]

    return asyncio.run(scenario())


def test_the_demo_is_built_quickly_once_and_counted_by_the_report(city, store):
    begun = time.monotonic()
    build(city)
    assert time.monotonic() - begun < 20
    assert Stream.objects.count() == 221
    kept = stores.snapshot()
    accepted = kept.count(0, 2**52) + kept.count(-(2**50), 0)
    assert accepted > 200_000
    assert not [(q.reason, q.count, q.streams, q.source) for q in Quarantined.objects.all()]
    build(city)
    assert stores.snapshot().count(-(2**50), 2**52) - accepted <= 160 + 36 + 24
    told = compute_of("sensor-readings")(period_of("2025H1"))
    assert told.amount == 3 * (160 * 288 + 36 * 24 + 24 * 144)
    assert "FROM readings" in told.query
    seal_all()
    assert not audit().findings


def test_streams_are_used_under_an_agreement_and_metered(city, store, tmp_path):
    build(city)
    path, headers = agreement_on(city, "traffic-speeds")
    (stranger,) = ask(tmp_path, {}, f"{path}/latest")
    assert stranger.status_code == 401
    window = "from=2025-06-28T00:00:00%2B08:00&to=2025-06-29T00:00:00%2B08:00"
    one = "stream=traffic-speed-005"
    newest, raw, hourly, table, missing, strange, page = ask(
        tmp_path,
        headers,
        f"{path}/latest",
        f"{path}/raw?{one}&{window}",
        f"{path}/hourly?{one}&{window}",
        f"{path}/daily?{window}&district=370202&format=csv",
        f"{path}/raw?stream=pm25-001&{window}",
        f"{path}/raw?{one}",
        f"{path}/raw?{window}&limit=1000",
    )
    assert newest.json()["rows"] == 160
    assert set(newest.json()["columns"]["unit"]) == {"km/h"}
    assert raw.json()["rows"] == 288
    assert raw.json()["columns"]["time"][0] == "2025-06-27T16:00:00Z"
    assert hourly.json()["columns"]["count"] == [12] * 24
    mean = sum(raw.json()["columns"]["result"][:12]) / 12
    assert hourly.json()["columns"]["mean"][0] == pytest.approx(mean)
    assert table.text.count("\n") == 1 + 27
    assert missing.status_code == 404
    assert strange.status_code == 400
    seen, following = page.json()["columns"], page.json()["next"]
    (rest,) = ask(tmp_path, headers, f"{path}/raw?{window}&limit=200000&after={following}")
    keys = list(zip(seen["stream"], seen["time"], strict=True))
    keys += zip(*(rest.json()["columns"][name] for name in ("stream", "time")), strict=True)
    assert len(keys) == len(set(keys)) == 160 * 288
    granted = [use for use in House(tmp_path / "journal").uses() if use.outcome == "granted"]
    assert [use.rows for use in granted] == [160, 288, 24, 27, 1000, 160 * 288 - 1000]


def test_an_agreement_on_aggregates_gives_no_raw_readings(city, store, tmp_path):
    build(city)
    path, headers = agreement_on(city, "traffic-speeds", action="aggregate")
    window = "from=2025-06-28T00:00:00%2B08:00&to=2025-06-29T00:00:00%2B08:00"
    daily, raw = ask(tmp_path, headers, f"{path}/daily?{window}", f"{path}/raw?{window}")
    assert daily.json()["rows"] == 160
    assert raw.status_code == 403
