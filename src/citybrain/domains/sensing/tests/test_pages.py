"""The pages, through Django's client."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.personas import PASSWORD

from citybrain.domains.sensing import loading, stores
from citybrain.domains.sensing.models import DeviceToken, Quarantined
from citybrain.domains.sensing.tests.conftest import HOUR, MINUTE, T0

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def su(network):
    return signed_in("su")


def signed_in(name):
    client = Client()
    client.cookies["django_language"] = "en"
    assert client.login(username=name, password=PASSWORD, request=_request(client))
    return client


def _request(client):
    from django.http import HttpRequest

    request = HttpRequest()
    request.session = client.session
    return request


def bring(network, *rows):
    stream, time, result = (list(column) for column in zip(*rows, strict=True))
    return loading.load(
        network.city.su, [{"stream": stream, "time": time, "result": result}], "test"
    )


def test_a_streams_page_shows_its_latest_reading_its_gaps_and_its_chart(su, network):
    stream = network.streams[3]
    times = [T0 + n * 5 * MINUTE for n in range(12)] + [T0 + 3 * HOUR]
    bring(network, *((stream.number, at, 40 + n) for n, at in enumerate(times)))
    page = su.get(reverse("stream", args=[stream.ref])).content.decode()
    assert "52.0 km/h" in page
    assert ">2.1<" in page
    for span, points in (("raw", 13), ("hour", 2), ("day", 1)):
        chart = su.get(reverse("stream-readings", args=[stream.ref]), {"span": span}).json()
        assert len(chart["categories"]) == points
        assert all(len(one["data"]) == points for one in chart["series"])
    assert chart["series"][0]["data"] == [46.0]
    listed = su.get(reverse("streams")).content.decode()
    assert "52.0 km/h" in listed
    assert "Silent" in listed


def test_the_network_at_a_glance_counts_streams_and_readings(su, network):
    import time

    now = int(time.time() * 1e6)
    bring(network, *((number, now - MINUTE, 5.0) for number in network.numbers))
    page = su.get(reverse("sensing")).content.decode()
    assert "100% of those in use" in page
    chart = su.get(reverse("sensing-days")).json()
    assert sum(chart["series"][0]["data"]) == 6


def test_a_steward_decides_on_what_was_put_aside(su, network):
    stream = network.streams[3]
    bring(network, (stream.number, T0, 250.0), (stream.number, T0 + 1, 50.0))
    row = Quarantined.objects.get()
    page = su.get(reverse("quarantined", args=[row.ref])).content.decode()
    assert "250.0" in page
    busy = su.post(reverse("quarantine-release", args=[row.ref]))
    assert busy.status_code == 409
    stores.open_writer(tend=False)
    done = su.post(reverse("quarantine-release", args=[row.ref]), {"note": "checked"})
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.accepted, row.note) == ("released", 1, "checked")
    again = su.post(reverse("quarantine-discard", args=[row.ref]), {"note": "x"})
    assert again.status_code == 409
    assert stores.snapshot().count(0, 2**52) == 2


def test_a_stream_out_of_use_takes_nothing(su, network):
    stream = network.streams[3]
    assert su.post(reverse("stream-switch", args=[stream.ref]), {"active": "no"}).status_code == 302
    done = bring(network, (stream.number, T0, 50.0))
    assert done.reasons == {"inactive-stream": 1}


def test_a_token_is_revoked_from_its_page(su, network):
    token = DeviceToken.objects.get()
    assert "gateway 1" in su.get(reverse("device-tokens")).content.decode()
    assert su.post(reverse("device-token-revoke", args=[token.ref])).status_code == 302
    assert "Revoked" in su.get(reverse("device-tokens")).content.decode()
    stranger = signed_in("zhao")
    assert stranger.post(reverse("device-token-revoke", args=[token.ref])).status_code == 404
