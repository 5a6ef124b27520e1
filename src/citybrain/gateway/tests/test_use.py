"""One call through the door: granted, refused, failed, and what the journal says of it."""

from pathlib import Path

import pytest

from citybrain.gateway.tests.house import House, run
from citybrain.gateway.tests.make import clause, count, make_agreement, turn
from citybrain.kernel.models import QuotaCounter, QuotaLease

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_granted_use_is_answered_and_stands_in_the_journal(tmp_path: Path):
    made = make_agreement(count(10))

    async def scenario(house: House) -> None:
        answer = await house.get(
            made.path + "/some/where?rows=3", headers=made.headers(x_request_id="abc-1")
        )
        assert answer.status_code == 200
        assert answer.json()["path"] == "some/where"
        assert answer.headers["x-request-id"] == "abc-1"

    (use,) = run(tmp_path, scenario).uses()
    assert (use.outcome, use.status, use.rows, use.units) == ("granted", 200, 3, 1)
    assert (use.agreement, use.resource) == (made.agreement.pk, made.resource.pk)
    assert use.consumer == made.agreement.consumer_id
    assert use.request_id == "abc-1"
    counter = QuotaCounter.objects.get()
    assert use.spent == [[counter.pk, 1]]
    assert use.purpose == "public-service"


def test_what_is_not_used_of_a_lease_is_given_back_at_the_end(tmp_path: Path):
    made = make_agreement(count(1000))

    async def scenario(house: House) -> None:
        for _ in range(3):
            assert (await house.get(made.path, headers=made.headers())).status_code == 200

    run(tmp_path, scenario)
    assert QuotaCounter.objects.get().leased == 3
    assert not QuotaLease.objects.exists()


def test_a_refusal_names_the_clause_and_is_journaled_too(tmp_path: Path):
    made = make_agreement(clause("purpose", "isAnyOf", ["public-service"]))

    async def scenario(house: House) -> None:
        asked = made.headers(x_purpose="marketing", accept_language="en")
        answer = await house.get(made.path, headers=asked)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["type"] == "urn:citybrain:problem:purpose-not-agreed"
        assert problem["operand"] == "purpose"
        assert "purpose" in problem["clause"]
        assert problem["instance"].endswith(answer.headers["x-request-id"])
        chinese = await house.get(made.path, headers=made.headers(x_purpose="marketing"))
        assert "用途" in chinese.json()["clause"]

    first, second = run(tmp_path, scenario).uses()
    assert (first.outcome, first.reason, first.operand) == (
        "refused",
        "purpose-not-agreed",
        "purpose",
    )
    assert second.units == 0


def test_a_quota_is_granted_exactly_and_then_refused(tmp_path: Path):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        statuses = [
            (await house.get(made.path, headers=made.headers())).status_code for _ in range(8)
        ]
        assert statuses == [200] * 5 + [429] * 3

    uses = run(tmp_path, scenario).uses()
    assert [use.reason for use in uses[5:]] == ["quota-spent"] * 3
    assert {use.operand for use in uses[5:]} == {"count"}


def test_a_rate_that_is_spent_says_when_to_come_again(tmp_path: Path):
    made = make_agreement(clause("rate", "lteq", {"limit": 1, "per": "PT1H"}))

    async def scenario(house: House) -> None:
        await house.get(made.path, headers=made.headers())
        answer = await house.get(made.path, headers=made.headers())
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 3600
        assert answer.json()["operand"] == "rate"

    run(tmp_path, scenario)


def test_rows_beyond_the_volume_are_not_delivered_and_cost_nothing(tmp_path: Path):
    made = make_agreement(count(10), clause("volume", "lteq", {"limit": 100, "metric": "rows"}))

    async def scenario(house: House) -> None:
        too_many = await house.get(made.path + "?rows=101", headers=made.headers())
        assert too_many.status_code == 429
        assert too_many.json()["operand"] == "volume"
        assert (await house.get(made.path + "?rows=100", headers=made.headers())).status_code == 200
        assert (await house.get(made.path + "?rows=1", headers=made.headers())).status_code == 429

    uses = run(tmp_path, scenario).uses()
    assert [use.rows for use in uses] == [0, 100, 0]
    assert QuotaCounter.objects.get(operand="count").leased == 1


def test_a_stream_is_charged_by_its_length_before_it_leaves(tmp_path: Path):
    made = make_agreement(clause("volume", "lteq", {"limit": 1500, "metric": "bytes"}))

    async def scenario(house: House) -> None:
        answer = await house.get(made.path + "/stream", headers=made.headers())
        assert (answer.status_code, len(answer.content)) == (200, 1000)
        assert (await house.get(made.path + "/stream", headers=made.headers())).status_code == 429

    assert [use.bytes for use in run(tmp_path, scenario).uses()] == [1000, 0]


@pytest.mark.parametrize(
    ("path", "status", "reason"), [("fail", 404, "no-such-row"), ("raise", 502, "kind-failed")]
)
def test_a_kind_that_fails_costs_no_quota(tmp_path: Path, path: str, status: int, reason: str):
    made = make_agreement(count(1))

    async def scenario(house: House) -> None:
        answer = await house.get(f"{made.path}/{path}", headers=made.headers())
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, reason)
        assert (await house.get(made.path, headers=made.headers())).status_code == 200

    failed, granted = run(tmp_path, scenario).uses()
    assert (failed.outcome, failed.reason, failed.spent) == ("failed", reason, [])
    assert granted.outcome == "granted"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("awaiting", "agreement-awaiting"),
        ("suspended", "agreement-suspended"),
        ("ended", "agreement-ended"),
    ],
)
def test_an_agreement_that_is_not_active_refuses(tmp_path: Path, state: str, reason: str):
    made = make_agreement(state=state)

    async def scenario(house: House) -> None:
        answer = await house.get(made.path, headers=made.headers())
        assert answer.status_code == 403
        assert answer.json()["type"] == f"urn:citybrain:problem:{reason}"

    (use,) = run(tmp_path, scenario).uses()
    assert (use.outcome, use.agreement) == ("refused", made.agreement.pk)


def test_a_suspended_agreement_refuses_within_a_second(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        loop = house.gateway._stop  # the poll runs beside us
        assert not loop.is_set()
        assert (await house.get(made.path, headers=made.headers())).status_code == 200
        await house.database(turn, made.agreement, "suspended")
        await _until_status(house, made, 403)
        await house.database(turn, made.agreement, "active")
        await _until_status(house, made, 200)

    run(tmp_path, scenario)


async def _until_status(house: House, made, status: int) -> None:
    import asyncio
    import time

    deadline = time.monotonic() + 1.0
    while (await house.get(made.path, headers=made.headers())).status_code != status:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def test_a_stranger_is_refused_and_told_how_to_identify(tmp_path: Path):
    made = make_agreement()
    other = make_agreement()

    async def scenario(house: House) -> None:
        bare = await house.get(made.path)
        assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
        wrong = {"authorization": "Bearer cb1_" + "x" * 43}
        assert (await house.get(made.path, headers=wrong)).status_code == 401
        elsewhere = await house.get(other.path, headers=made.headers())
        assert elsewhere.json()["type"].endswith(":other-resource")

    assert [use.agreement for use in run(tmp_path, scenario).uses()] == [0, 0, made.agreement.pk]


def test_the_agreement_says_who_i_am_and_what_is_left(tmp_path: Path):
    made = make_agreement(count(10))

    async def scenario(house: House) -> None:
        for _ in range(3):
            await house.get(made.path, headers=made.headers())
        answer = await house.get(made.path + "/agreement", headers=made.headers())
        told = answer.json()
        assert told["consumer"]["urn"] == made.agreement.consumer.urn
        assert told["provider"]["urn"] == made.agreement.provider.urn
        assert told["state"] == "active"
        (quota,) = told["quotas"]
        assert (quota["limit"], quota["used"], quota["left"]) == (10, 3, 7)

    assert len(run(tmp_path, scenario).uses()) == 3


def test_everything_else_goes_to_django_with_the_request_id(tmp_path: Path):
    async def scenario(house: House) -> None:
        answer = await house.get("/console/", headers={"x-request-id": "r-7"})
        assert answer.text == "page /console/ r-7"
        assert answer.headers.get_list("x-request-id") == ["r-7"]
        forged = await house.get("/", headers={"x-request-id": "a b"})
        assert forged.headers["x-request-id"] != "a b"

    run(tmp_path, scenario)
