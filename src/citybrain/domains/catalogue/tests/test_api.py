"""The kind api: an upstream that answers, hangs, errs, sends garbage or too much."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from citybrain.domains.catalogue.logic.breaker import Breaker
from citybrain.domains.catalogue.logic.upstreams import is_never, is_public, plain_path
from citybrain.domains.catalogue.serving import addresses
from citybrain.domains.catalogue.tests.conftest import World
from citybrain.kernel.kinds import Answer, PolicyRefusal, ServeError
from citybrain.kernel.policy.decision import Delivery

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
JSON = (
    OK
    + b"Set-Cookie: a=b\r\nConnection: close\r\nETag: x\r\nContent-Length: 7\r\n\r\n"
    + b'{"a":1}'
)


class Upstream:
    """A server on this machine that sends fixed bytes and keeps what it was sent."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer, self.seen, self.port = answer, [], 0

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.append(await reader.readuntil(b"\r\n\r\n"))
        if self.answer is None:
            await reader.read()  # hangs until the caller goes away
        else:
            writer.write(self.answer)
        writer.close()

    async def run(self, work: Callable[[], Any]) -> Any:
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            return await work()
        finally:
            server.close()


def metadata(port: int, **more: Any) -> dict[str, Any]:
    return {
        "base_url": f"http://127.0.0.1:{port}/v1",
        "allowed_hosts": ["127.0.0.1"],
        "private_network": True,
        "paths": ["/", "/forecast/*"],
        **more,
    }


def call(world: World, answer: bytes | None, *, more=None, upstream=None, **use: Any) -> Answer:
    upstream = upstream or Upstream(answer)

    async def work() -> Answer:
        resource = world.resource("api", metadata(upstream.port, **(more or {})))
        return await world.start(resource, **({"path": "forecast/qd"} | use))

    return asyncio.run(upstream.run(work))


def test_the_answer_comes_through_without_cookies_or_hop_headers(world):
    upstream = Upstream(JSON)
    answer = call(
        world,
        None,
        upstream=upstream,
        query={"day": ["1", "二"]},
        headers={"authorization": "Bearer mine", "cookie": "c=d", "accept": "application/json"},
    )
    assert (answer.status, answer.body, answer.units) == (200, b'{"a":1}', 1)
    assert answer.headers == {"etag": "x", "X-Upstream-Status": "200"}
    sent = upstream.seen[0].decode().lower()
    assert sent.startswith("get /v1/forecast/qd?day=1&day=%e4%ba%8c http/1.1")
    assert f"host: 127.0.0.1:{upstream.port}" in sent and "accept: application/json" in sent
    assert "mine" not in sent and "c=d" not in sent


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n", 502, "upstream-error"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 502, "upstream-error"),
        (b"HTTP/1.1 302 F\r\nLocation: http://x/\r\n\r\n", 502, "upstream-error"),
        (b"garbage\r\n\r\n", 502, "upstream-broken"),
        (b"", 502, "upstream-broken"),
        (OK + b"Content-Length: 50\r\n\r\nshort", 502, "upstream-broken"),
        (OK + b"\r\n" + b"x" * 2000, 502, "upstream-too-large"),
        (None, 504, "upstream-timeout"),
    ],
)
def test_an_upstreams_failure_is_told_clearly(world, answer, status, reason):
    with pytest.raises(ServeError) as error:
        call(world, answer, more={"timeout_seconds": 0.2, "max_bytes": 1000})
    assert (error.value.status, error.value.reason) == (status, reason)


def test_the_upstreams_own_status_is_named(world):
    with pytest.raises(ServeError, match="status 503"):
        call(world, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")


def test_an_upstreams_404_is_the_callers_and_passes(world):
    answer = call(world, b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno")
    assert (answer.status, answer.body) == (404, b"no")


def test_nobody_listening_is_unreachable(world):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    resource = world.resource("api", metadata(port))
    with pytest.raises(ServeError) as error:
        world.use(resource)
    assert error.value.reason == "upstream-unreachable"


def test_after_failures_the_circuit_opens_and_a_trial_closes_it(world, monkeypatch):
    upstream = Upstream(b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")

    async def work() -> list[str]:
        more = {"failures_to_open": 2, "open_seconds": 0.05}
        resource = world.resource("api", metadata(upstream.port, **more))
        reasons = []
        for _ in range(3):
            with pytest.raises(ServeError) as error:
                await world.start(resource)
            reasons.append(error.value.reason)
        upstream.answer = JSON
        await asyncio.sleep(0.06)
        assert (await world.start(resource)).status == 200
        return reasons

    reasons = asyncio.run(upstream.run(work))
    assert reasons == ["upstream-error", "upstream-error", "upstream-open-circuit"]
    assert len(upstream.seen) == 3


def test_half_open_lets_one_call_pass():
    breaker = Breaker(1, 10)
    breaker.failed(100)
    assert not breaker.may_pass(105)
    assert breaker.may_pass(110) and not breaker.may_pass(111)
    breaker.failed(112)
    assert not breaker.may_pass(121) and breaker.may_pass(122)
    breaker.succeeded()
    assert breaker.may_pass(123) and breaker.may_pass(123)


@pytest.mark.parametrize(
    ("use", "status"),
    [
        ({"method": "POST"}, 405),
        ({"path": "other"}, 404),
        ({"path": "forecast/a/b"}, 404),
        ({"path": "forecast/.."}, 404),
        ({"path": "forecast/%2e%2e"}, 404),
        ({"path": "forecast//x"}, 404),
        ({"path": "forecast/a\\b"}, 404),
        ({"path": "forecast/a\r\nb"}, 404),
        ({"query": {"a": ["\ud800"]}}, 400),
    ],
)
def test_only_registered_calls_reach_the_upstream(world, use, status):
    upstream = Upstream(JSON)
    with pytest.raises(ServeError) as error:
        call(world, None, upstream=upstream, **use)
    assert error.value.status == status and upstream.seen == []


def test_a_private_address_needs_the_stewards_word(world):
    upstream = Upstream(JSON)
    with pytest.raises(ServeError) as error:
        call(world, None, upstream=upstream, more={"private_network": False})
    assert error.value.reason == "upstream-address-refused" and upstream.seen == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(world):
    model = world.resource(
        "api", {"base_url": "https://a.example", "allowed_hosts": ["a.example"]}
    ).metadata
    found = [(0, 0, 0, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.1")]
    assert addresses.choose(model, found[:1]) == "8.8.8.8"
    with pytest.raises(ServeError):
        addresses.choose(model, found)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.1.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "100.64.0.1"]
)
def test_private_addresses_are_known(address):
    assert not is_public(address)


def test_the_address_of_cloud_metadata_is_never_called():
    assert is_never("169.254.169.254") and is_never("::ffff:169.254.169.254")
    assert not is_never("10.0.0.1")


def test_a_credential_goes_only_where_its_entry_says(world, settings, tmp_path):
    file = tmp_path / "credentials.toml"
    file.write_text(
        '[w]\nhosts = ["127.0.0.1"]\nvalue = "Bearer k"\n[o]\nhosts = []\nvalue = "x"\n'
    )
    file.chmod(0o600)
    settings.CITYBRAIN = settings.CITYBRAIN.model_copy(update={"credentials_file": file})
    upstream = Upstream(JSON)
    call(world, None, upstream=upstream, more={"credential": "w"})
    assert b"authorization: bearer k" in upstream.seen[0].lower()
    for name in ("o", "absent"):
        with pytest.raises(ServeError) as error:
            call(world, JSON, more={"credential": name})
        assert error.value.reason == "credential-unusable"
    file.chmod(0o644)
    with pytest.raises(ServeError, match="not configured"):
        call(world, JSON, more={"credential": "w"})


def test_a_watermark_goes_into_json_objects_only(world):
    delivery = Delivery(watermark="某局")
    answer = call(world, JSON, more={"json_object": True}, delivery=delivery)
    assert json.loads(answer.body) == {"a": 1, "_watermark": "某局"}
    with pytest.raises(PolicyRefusal):
        call(world, JSON, delivery=delivery)
    with pytest.raises(ServeError) as error:
        call(
            world,
            OK + b"Content-Length: 2\r\n\r\n[]",
            more={"json_object": True},
            delivery=delivery,
        )
    assert error.value.reason == "upstream-not-json"


def test_a_policy_that_an_upstream_cannot_obey_is_a_refusal(world):
    with pytest.raises(PolicyRefusal):
        call(world, JSON, delivery=Delivery(fields=frozenset("a")))


@pytest.mark.parametrize(
    "more",
    [
        {"base_url": "ftp://127.0.0.1"},
        {"base_url": "http://user:key@127.0.0.1"},
        {"base_url": "http://127.0.0.1/?key=1"},
        {"base_url": "http://other.example"},
        {"allowed_hosts": ["*"]},
        {"paths": ["no-slash"]},
        {"timeout_seconds": 31},
        {"methods": ["TRACE"]},
    ],
)
def test_metadata_that_would_be_dangerous_are_refused(world, more):
    with pytest.raises(ValueError):
        world.resource("api", metadata(80, **more))


@pytest.mark.parametrize("path", ["a/./b", "..", "a b", "a;x=1", "a?b", "a#b", "...."])
def test_paths_that_could_mean_another_place_are_not_passed_on(path):
    assert plain_path(path) is None
