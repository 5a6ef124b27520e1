"""When journal, database or kind fail: nothing is delivered that is not recorded."""

import asyncio
import time
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone

from citybrain.engines.journal import JournalFailed
from citybrain.gateway import door, table
from citybrain.gateway.tests.house import House, run
from citybrain.gateway.tests.make import clause, count, make_agreement, make_token, turn
from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.models import AgreementToken, Consent, QuotaCounter
from citybrain.kernel.use_records import UseRecord, decode

pytestmark = pytest.mark.django_db(transaction=True)


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_without_the_journal_nothing_is_delivered_and_nothing_charged(tmp_path: Path):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        journal, append = house.gateway.journal, house.gateway.journal.append

        async def full(payload: bytes) -> int:
            raise JournalFailed("no space left on device")

        journal.append = full
        assert problem(await house.get(made.path, headers=made.headers())) == (
            503,
            "cannot-record-use",
        )
        journal.append = append
        answers = [await house.get(made.path, headers=made.headers()) for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]

    assert [use.outcome for use in run(tmp_path, scenario).uses()] == ["granted"] * 5 + ["refused"]


def test_when_the_database_is_silent_known_agreements_are_trusted_for_seconds_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = make_agreement()

    async def scenario(house: House) -> None:
        assert (await house.get(made.path, headers=made.headers())).status_code == 200

        async def silent() -> None:
            raise OperationalError("the database is away")

        look = house.gateway._look_for_changes
        house.gateway._look_for_changes = silent
        assert (await house.get(made.path, headers=made.headers())).status_code == 200
        monkeypatch.setattr(table, "TRUSTED_SECONDS", 0.0)
        assert problem(await house.get(made.path, headers=made.headers())) == (
            503,
            "cannot-verify-agreement",
        )
        monkeypatch.setattr(table, "TRUSTED_SECONDS", 5.0)
        house.gateway._look_for_changes = look
        assert (await house.get(made.path, headers=made.headers())).status_code == 200

    run(tmp_path, scenario)


def test_a_quota_that_cannot_be_counted_is_not_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = make_agreement(count(5))

    async def scenario(house: House) -> None:
        def away(*_: object) -> None:
            raise OperationalError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr("citybrain.gateway.leases.lease", away)
            assert problem(await house.get(made.path, headers=made.headers())) == (
                503,
                "cannot-count-quota",
            )
        answers = [await house.get(made.path, headers=made.headers()) for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]

    run(tmp_path, scenario)


def test_a_kind_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = make_agreement(count(1))
    monkeypatch.setattr(door, "LONGEST_SERVE", 0.05)

    async def scenario(house: House) -> None:
        answer = await house.get(made.path + "/hang", headers=made.headers())
        assert problem(answer) == (504, "serve-timeout")
        assert (await house.get(made.path, headers=made.headers())).status_code == 200

    run(tmp_path, scenario)


def test_a_revoked_token_and_a_withdrawn_resource_refuse_with_their_reason(tmp_path: Path):
    made, other = make_agreement(), make_agreement()
    second = make_token(made.agreement)

    def revoke() -> None:
        AgreementToken.objects.filter(agreement=made.agreement, hint=made.token[-4:]).update(
            revoked_at=timezone.now()
        )
        turn(made.agreement, "active")
        other.resource.status, other.resource.epoch = "withdrawn", next_epoch()
        other.resource.save()

    async def scenario(house: House) -> None:
        for one in (made, other):
            assert (await house.get(one.path, headers=one.headers())).status_code == 200
        await house.database(revoke)
        await house.gateway._look_for_changes()
        revoked = await house.get(made.path, headers=made.headers())
        assert problem(revoked) == (401, "token-revoked")
        kept = {"authorization": f"Bearer {second}"}
        assert (await house.get(made.path, headers=kept)).status_code == 200
        withdrawn = await house.get(other.path, headers=other.headers())
        assert problem(withdrawn) == (403, "resource-withdrawn")

    run(tmp_path, scenario)


def test_a_grant_read_while_a_change_comes_in_is_not_kept(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        grants = house.gateway.table
        load = grants._load

        async def slow(digest: str):
            grant = await load(digest)
            grants.forget([made.agreement.pk], [])
            return grant

        grants._load = slow
        assert (await house.get(made.path, headers=made.headers())).status_code == 200
        assert len(grants) == 0
        grants._load = load
        assert (await house.get(made.path, headers=made.headers())).status_code == 200
        assert len(grants) == 1

    run(tmp_path, scenario)


def test_strangers_cannot_fill_the_disk(tmp_path: Path):
    made = make_agreement()

    async def scenario(house: House) -> None:
        for _ in range(160):
            assert (await house.get(made.path)).status_code == 401
        assert house.gateway.metrics.unrecorded > 20

    assert 100 <= len(run(tmp_path, scenario).uses()) < 140


def test_a_consent_must_be_valid_and_of_the_person_who_was_asked_about(tmp_path: Path):
    made = make_agreement(clause("consent", "eq", True))
    other = make_agreement()
    anna, bela = "a" * 64, "b" * 64
    valid = Consent.objects.create(agreement=made.agreement, subject=anna)
    foreign = Consent.objects.create(agreement=other.agreement, subject=anna)
    gone = Consent.objects.create(
        agreement=made.agreement, subject=anna, withdrawn_at=timezone.now()
    )

    async def scenario(house: House) -> None:
        async def ask(subject: str, consent: str = "") -> tuple[int, str]:
            headers = made.headers(x_test_subject=subject)
            answer = await house.get(
                made.path, headers=headers | ({"x-consent": consent} if consent else {})
            )
            return (200, "") if answer.status_code == 200 else problem(answer)

        assert await ask(anna) == (403, "consent-missing")
        assert await ask(anna, valid.ref) == (200, "")
        assert await ask(bela, valid.ref) == (403, "consent-unknown")
        assert await ask(anna, foreign.ref) == (403, "consent-unknown")
        assert await ask(anna, gone.ref) == (403, "consent-unknown")

    uses = run(tmp_path, scenario).uses()
    assert [use.subject for use in uses] == ["", anna, "", "", ""]
    assert {use.operand for use in uses if use.outcome == "refused"} == {"consent"}


def test_the_record_is_written_as_the_ledger_reads_it(tmp_path: Path):
    made = make_agreement(count(3))

    async def scenario(house: House) -> None:
        await house.get(made.path + "?rows=2", headers=made.headers(x_scenario="one-thing"))
        await house.get(made.path + "/fail", headers=made.headers())
        await house.get(made.path)

    house = run(tmp_path, scenario)
    from citybrain.engines.journal import read, slots

    payloads = [one for place in slots(house.root) for _, one in read(place)]
    assert len(payloads) == 3
    for payload in payloads:
        use = decode(payload)
        assert isinstance(use, UseRecord)
        assert use.encode() == payload


def test_a_second_gateway_gets_what_the_first_holds_idle(tmp_path: Path):
    made = make_agreement(count(16))

    async def scenario(first: House) -> None:
        second = House(tmp_path)
        from citybrain.gateway.tests.house import lifespan

        async with lifespan(second):
            assert (await first.get(made.path, headers=made.headers())).status_code == 200
            started = time.monotonic()
            answers = [await second.get(made.path, headers=made.headers()) for _ in range(16)]
            assert [one.status_code for one in answers] == [200] * 15 + [429]
            assert time.monotonic() - started < 4
            assert first.gateway.quotas.held() == []

    run(tmp_path, scenario)
    assert QuotaCounter.objects.get().leased == 16


def test_callers_at_the_same_moment_share_one_lease(tmp_path: Path):
    made = make_agreement(count(40))

    async def scenario(house: House) -> None:
        calls = [house.get(made.path, headers=made.headers()) for _ in range(60)]
        statuses = [one.status_code for one in await asyncio.gather(*calls)]
        assert (statuses.count(200), statuses.count(429)) == (40, 20)
        assert house.gateway.quotas.refills < 40

    run(tmp_path, scenario)
