"""What comes over the wire, well-formed or not, and what leaves."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citybrain.gateway import http
from citybrain.gateway.tests.house import House, run
from citybrain.gateway.tests.make import Made, count, make_agreement

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTED = {502, 503, 504}


async def call(house: House, made: Made, **more: Any) -> tuple[int, dict[str, str], bytes]:
    """A call straight into ASGI, with scopes that no client library would send."""
    headers = [(b"authorization", f"Bearer {made.token}".encode())]
    scope = {
        "type": "http",
        "method": "GET",
        "path": made.path,
        "query_string": b"",
        "headers": headers + more.pop("headers", []),
        "client": ("10.0.0.9", 1),
    } | more
    parts = list(more.pop("parts", [b""]))
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await house.shell(scope, receive, send)
    if not sent:
        return 0, {}, b""
    told = {k.decode(): v.decode("latin-1") for k, v in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:])


def reason(body: bytes) -> str:
    import orjson

    return orjson.loads(body)["type"].rpartition(":")[2]


def test_bodies_beyond_the_limit_are_refused_before_and_while_they_are_read(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        most = house.gateway.door.most_body
        declared = [(b"content-length", str(most + 1).encode())]
        status, headers, body = await call(house, made, method="POST", headers=declared)
        assert (status, reason(body), headers["connection"]) == (413, "body-too-large", "close")
        chunked = [(b"transfer-encoding", b"chunked")]
        half = b"x" * (most // 2 + 1)
        status, _, body = await call(
            house, made, method="POST", headers=chunked, parts=[half, half]
        )
        assert (status, reason(body)) == (413, "body-too-large")
        status, _, body = await call(
            house, made, method="POST", headers=chunked, parts=[b"a", b"b"]
        )
        assert status == 200
        assert b'"body":"ab"' in body

    assert len(run(tmp_path, scenario).uses()) == 3


@pytest.mark.parametrize(
    ("more", "status", "expected"),
    [
        ({"method": "POST"}, 411, "length-required"),
        ({"method": "DELETE"}, 405, "method-not-allowed"),
        ({"query_string": b"a=%ff"}, 400, "bad-query"),
        ({"query_string": b"&".join([b"a=1"] * 1001)}, 400, "bad-query"),
        ({"query_string": b"\xff"}, 400, "bad-query"),
        ({"query_string": b"a" * 9000}, 414, "uri-too-long"),
        ({"headers": [(b"x-purpose", b"a b")]}, 400, "bad-header"),
        ({"headers": [(b"x-purpose", b"p" * 41)]}, 400, "bad-header"),
        ({"headers": [(b"x-scenario", "场景".encode())]}, 400, "bad-header"),
        ({"headers": [(b"x-environment", b"\x00")]}, 400, "bad-header"),
    ],
)
def test_nonsense_is_told_what_is_wrong_with_it(tmp_path: Path, more, status, expected):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        got, _, body = await call(house, made, **more)
        assert (got, reason(body)) == (status, expected)

    (use,) = run(tmp_path, scenario).uses()
    assert (use.outcome, use.reason, use.spent) == ("refused", expected, [])


def test_head_is_a_use_without_a_body(tmp_path: Path):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        for path in (made.path, made.path + "/stream"):
            status, headers, body = await call(house, made, method="HEAD", path=path)
            assert (status, body) == (200, b"")
            assert int(headers["content-length"]) > 0
        status, headers, body = await call(house, made, method="HEAD", path=made.path + "/fail")
        assert (status, body) == (404, b"")

    uses = run(tmp_path, scenario).uses()
    assert [(use.bytes, use.rows, len(use.spent)) for use in uses] == [(0, 0, 1)] * 2 + [(0, 0, 0)]


def test_a_caller_that_goes_away_while_sending_leaves_nothing(tmp_path: Path):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        chunked = [(b"transfer-encoding", b"chunked")]
        status, _, _ = await call(
            house, made, method="POST", headers=chunked, parts=[b"begun", None]
        )
        assert status == 0

    assert run(tmp_path, scenario).uses() == []


def test_the_token_does_not_reach_the_kind_and_headers_stay_ours(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        status, headers, body = await call(house, made, path=made.path + "/headers")
        assert status == 200
        assert made.token.encode() not in body
        assert headers["content-length"] == str(len(body))
        assert headers["x-own"] == "1"

    run(tmp_path, scenario)


def test_health_is_told_to_everybody_and_figures_to_this_machine_only(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        assert (await house.get("/healthz")).status_code == 200
        ready = await house.get("/readyz")
        assert (ready.status_code, set(ready.json().values())) == (200, {True})
        await house.get(made.path, headers=made.headers())
        figures = await house.get("/metrics")
        assert 'outcome="granted",reason=""' in figures.text
        assert "citybrain_journal_commit_seconds_bucket" in figures.text
        status, _, _ = await call(house, made, path="/metrics")
        assert status == 404
        proxied = await house.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"})
        assert proxied.status_code == 404

    run(tmp_path, scenario)


def test_no_call_brings_the_gateway_down(tmp_path: Path):
    """Anything in method, path, query, headers and body: never an undocumented 5xx."""
    made = make_agreement(count(10_000))
    names = st.sampled_from(
        [
            b"x-purpose",
            b"x-scenario",
            b"x-consent",
            b"x-environment",
            b"accept-language",
            b"content-length",
            b"x-request-id",
            b"authorization",
            b"transfer-encoding",
        ]
    )
    headers = st.lists(st.tuples(names, st.binary(max_size=80)), max_size=4)
    rest = st.one_of(st.text(max_size=40), st.sampled_from(["agreement", "stream", "raise"]))
    calls = st.fixed_dictionaries(
        {
            "method": st.sampled_from(["GET", "POST", "HEAD", "PUT", "X", ""]),
            "query_string": st.one_of(st.binary(max_size=60), st.just(b"rows=%31")),
            "headers": headers,
            "parts": st.lists(st.binary(max_size=50), min_size=1, max_size=3),
        }
    )

    async def scenario(house: House) -> None:
        loop = asyncio.get_running_loop()

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(rest=rest, more=calls)
        def fuzz(rest: str, more: dict[str, Any]) -> None:
            done = asyncio.run_coroutine_threadsafe(
                call(house, made, path=f"{made.path}/{rest}", **more), loop
            )
            status, told, _ = done.result(10)
            assert status < 500 or status in DOCUMENTED
            assert status != 502 or rest == "raise" or b"rows" in more["query_string"]
            assert "\n" not in "".join(told.values())

        await loop.run_in_executor(None, fuzz)

    run(tmp_path, scenario)


@given(st.binary(max_size=60))
def test_any_language_header_is_understood_as_one_of_two(raw: bytes):
    http.speaks_english({"accept-language": raw.decode("latin-1")})


@pytest.mark.parametrize(
    ("given", "english"),
    [("", False), ("en", True), ("zh,en", False), ("en-GB,zh;q=0.5", True), ("fr", False)],
)
def test_chinese_is_spoken_unless_english_is_preferred(given: str, english: bool):
    assert http.speaks_english({"accept-language": given}) is english
