"""What the native door refuses, and what it does when the store cannot take more."""

import pytest

from citybrain.domains.sensing import actions, native, stores
from citybrain.domains.sensing.models import Quarantined
from citybrain.domains.sensing.tests.posting import batch, count, post

pytestmark = pytest.mark.django_db(transaction=True)
assert native


@pytest.mark.parametrize("token", ["", "cbd_wrong", "x" * 3000])
def test_without_a_valid_token_nothing_is_taken(ask, network, token):
    (reply,) = ask(post(network, batch(network), token=token))
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert reply.json()["type"].endswith(("token-missing", "token-unknown"))
    assert count() == 0


def test_a_revoked_token_is_worthless(ask, network):
    from citybrain.domains.sensing.models import DeviceToken

    token = DeviceToken.objects.get()
    actions.revoke_device_token(acting_party=network.city.su, token_ref=token.ref)
    (reply,) = ask(post(network, batch(network)))
    assert reply.status_code == 401


def test_a_token_of_one_class_writes_streams_of_that_class_only(ask, network):
    _, text = actions.issue_device_token(
        acting_party=network.city.su,
        party=network.city.transport,
        label="levels only",
        scope=["water-level"],
    )
    (reply,) = ask(post(network, batch(network, [0], which=slice(0, 6)), token=text))
    assert reply.json()["accepted"] == 3
    assert reply.json()["reasons"] == {"foreign-stream": 3}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[1,2]", "application/json"),
        (b'{"stream": 1, "time": 2, "result": 3}', "application/json"),
        (b'{"stream": [1], "time": [2]}', "application/json"),
        (b'{"stream": [1], "time": [2], "result": [1], "x": [1]}', "application/json"),
        (b'{"stream": [1], "time": [2, 3], "result": [1]}', "application/json"),
        (b'{"stream": [1], "time": ["yesterday"], "result": [1]}', "application/json"),
        (b'{"stream": [1], "time": [2], "result": ["hot"]}', "application/json"),
        (b'{"stream": [1], "time": [2], "result": [null]}', "application/json"),
        (b'{"stream": [{}], "time": [2], "result": [1]}', "application/json"),
        (b'{"stream": [1], "time": ["2025-07-01T00:00:00"], "result": [1]}', "application/json"),
        (b"stream,time,result\n1,2025-07-01T00:00:00,3\n", "text/csv"),
        (b"stream,time,result\n1,2\n", "text/csv"),
        (b"\xff\xfe\x00", "application/x-ndjson"),
        (b"ARROW1", "application/vnd.apache.arrow.stream"),
        (b"{}", "image/png"),
    ],
)
def test_what_cannot_be_read_is_refused_whole_and_clearly(ask, network, body, kind):
    (reply,) = ask(post(network, body, kind, **{"accept-language": "en"}))
    assert reply.status_code == 422, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(reply.json()["detail"]) > 20
    assert count() == 0
    assert not Quarantined.objects.exists()


def test_a_gigabyte_is_refused_before_it_is_read(ask, network):
    async def call(house):
        read = []

        async def body():
            for _ in range(1000):
                read.append(1)
                yield b" " * 1_000_000

        headers = {
            "authorization": f"Bearer {network.token}",
            "content-length": str(10**9),
        }
        reply = await house.client.post("/ingest/v1/columns", content=body(), headers=headers)
        return reply, len(read)

    ((reply, read),) = ask(call)
    assert reply.status_code == 413
    assert read == 0


def test_a_gigabyte_without_its_length_is_cut_off_at_the_limit(ask, network, monkeypatch):
    from citybrain.domains.sensing import door

    monkeypatch.setattr(door, "MOST_BODY", 3_000_000)

    async def call(house):
        async def body():
            for _ in range(1000):
                yield b" " * 1_000_000

        headers = {"authorization": f"Bearer {network.token}"}
        return await house.client.post("/ingest/v1/columns", content=body(), headers=headers)

    (reply,) = ask(call)
    assert reply.status_code == 413


def test_when_the_store_lags_the_caller_is_told_to_come_again(ask, network, monkeypatch):
    from citybrain.engines.facts import Facts, StoreLags

    async def lag(self, rows):
        raise StoreLags("full")

    monkeypatch.setattr(Facts, "append", lag)
    (reply,) = ask(post(network, batch(network)))
    assert reply.status_code == 429
    assert reply.headers["retry-after"] == "1"


def test_while_another_process_has_the_store_readings_are_handed_to_it(ask, network):
    from citybrain.domains.sensing.intake import Intake
    from citybrain.engines.facts import Facts, RelayServer

    with Facts(stores.root(), tend=False) as facts:
        Intake().refresh(facts)
        server = RelayServer(facts)
        first, second = ask(post(network, batch(network)), post(network, batch(network)))
        assert first.json()["accepted"] == 9
        assert second.json()["repeated"] == 9
        assert facts.accepted == 9
        server.close()


def test_a_damaged_store_stops_readings_and_nothing_else(ask, network):
    from citybrain.engines.facts import Facts

    with Facts(stores.root(), tend=False) as facts:
        facts.define([1], 0, 1)
        facts.flush()
    (stores.root() / "segments" / "manifest.json").write_text("{}")

    async def health(house):
        return await house.client.get("/healthz")

    readings, alive = ask(post(network, batch(network)), health)
    assert readings.status_code == 503
    assert readings.json()["type"].endswith("store-failed")
    assert alive.status_code == 200


def test_the_metrics_tell_how_many_were_acknowledged(ask, network):
    async def metrics(house):
        return await house.client.get("/metrics")

    _, told = ask(post(network, batch(network)), metrics)
    assert "citybrain_readings_accepted" in told.text
    assert " 9" in told.text.partition("citybrain_readings_accepted{")[2].splitlines()[0]


def test_only_post_is_answered(ask, network):
    async def get(house):
        headers = {"authorization": f"Bearer {network.token}"}
        return await house.client.get("/ingest/v1/columns", headers=headers)

    (reply,) = ask(get)
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")
