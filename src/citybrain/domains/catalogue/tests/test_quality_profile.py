"""What a profile finds, what it leaves unmeasured, how it runs, stops and begins again."""

import os
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from django.utils import timezone

from citybrain.domains.catalogue.models import Profile, QualityStanding
from citybrain.domains.catalogue.quality import due, freshness, jobs, reading
from citybrain.domains.catalogue.quality.actions import profiles
from citybrain.domains.catalogue.tests import quality_world
from citybrain.kernel import audit, clock
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import Conflict, NotAllowed
from citybrain.kernel.models import LedgerRecord
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db
DIRTY = (
    "id,amount,district,born\n"
    "1,10.5,市南,2001-01-01\n"
    "1,10.5,市南,2001-01-01\n"
    "3,x, 市北,2001-13-01\n"
    "4,,市北,2003-05-06\n"
    "5\n"
    "6,7,崂山,2004-02-29\n"
)
TYPES = {"id": "I", "amount": "N", "district": "C", "born": "D"}


def path_of(resource):
    return data_root() / resource.metadata["source"]["path"]


def failing(profile: Profile) -> dict[str, tuple[int, int]]:
    return {
        f"{one['code']}:{one['column']}": (one["failing"], one["tested"]) for one in profile.checks
    }


def test_a_profile_counts_what_is_wrong_in_each_column(city):
    table = quality_world.table(city, "Q-1", DIRTY, TYPES, primary_key=["id"])
    done = quality_world.profiled(table)
    assert (done.state, done.rows) == ("done", 5), done.reason_en
    columns = {one["name"]: one for one in done.columns}
    assert (columns["amount"]["blank"], columns["amount"]["misfit"]) == (1, 1)
    assert (columns["amount"]["low"], columns["amount"]["high"]) == ("7.0", "10.5")
    assert (columns["born"]["misfit"], columns["district"]["padded"]) == (1, 1)
    assert columns["district"]["distinct"] == 4 and columns["district"]["top"][0] == ["市南", 2]
    assert columns["id"]["patterns"] == [["9", 100]]
    found = failing(done)
    assert found["unreadable:"][0] == 4, "one line of four columns"
    assert found["duplicate-rows:"] == (1, 5) and found["duplicate-keys:"] == (1, 5)
    assert found["blank:amount"] == (1, 20)
    # Of 19 filled values and 4 that could not be read: 2 misfits, 1 padded, 4 unreadable.
    assert done.scores["normativity"] == 10_000 * (23 - 7) // 23
    assert done.scores["completeness"] == 9_500
    assert done.scores["consistency"] == 8_000


def test_what_cannot_be_measured_is_not_measured_and_counts_for_nothing(city):
    table = quality_world.table(city, "Q-1", "a\n1\n2\n", {"a": "I"}, update_cycle="never")
    done = quality_world.profiled(table)
    assert done.scores["accuracy"] is None and done.scores["timeliness"] is None
    assert done.overall == 10_000 and done.due_on is None
    assert done.scores["accessibility"] == 10_000


def test_a_late_update_lowers_timeliness_day_by_day(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"}, update_cycle="monthly")
    when = datetime(2025, 1, 31, 4, tzinfo=UTC)
    os.utime(path_of(table), (when.timestamp(), when.timestamp()))
    with clock.at(datetime(2025, 3, 7, 4, tzinfo=UTC)):
        done = quality_world.profiled(table)
    assert (done.due_on, done.late_days) == (date(2025, 2, 28), 7)
    assert done.scores["timeliness"] == 10_000 - 10_000 * 7 // 28
    assert QualityStanding.objects.get().due_on == date(2025, 2, 28)


def test_touching_a_file_makes_its_content_no_newer(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    old = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
    os.utime(path_of(table), (old, old))
    first = quality_world.profiled(table)
    os.utime(path_of(table))
    again = quality_world.profiled(table)
    assert again.content_at == first.content_at
    path_of(table).write_text("a\n2\n")
    assert quality_world.profiled(table).content_at > first.content_at


@pytest.mark.parametrize(
    ("cycle", "due_on"),
    [("daily", date(2024, 2, 1)), ("quarterly", date(2024, 4, 30)), ("yearly", date(2025, 1, 31))],
)
def test_the_next_update_is_due_one_cycle_later(cycle, due_on):
    found = freshness.due_after(cycle, date(2024, 1, 31))
    assert found is not None and found.due_on == due_on
    assert freshness.due_after("never", date(2024, 1, 31)) is None
    assert freshness.points(10_000, found.days) == 0


def test_parquet_is_profiled_like_csv(city):
    table = quality_world.table(
        city, "Q-1", "id,name\n1,甲\n2,乙\n2,乙\n", {"id": "I", "name": "C"}
    )
    of_csv = quality_world.profiled(table)
    name = "quality/a.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{path_of(table)}')) TO '{data_root()}/{name}'")
    changed = table.metadata | {"source": {"type": "file", "path": name, "format": "parquet"}}
    resources.change_resource(acting_party=city.su, resource_ref=table.ref, metadata=changed)
    of_parquet = quality_world.profiled(table)
    assert of_parquet.columns == of_csv.columns and of_parquet.scores == of_csv.scores
    assert of_parquet.digest != of_csv.digest


def test_a_large_file_is_profiled_like_a_small_one(city, monkeypatch):
    table = quality_world.table(city, "Q-1", DIRTY, TYPES, primary_key=["id"])
    quality_world.check(city, table, "in_list", "district", list=["市南"])
    small = quality_world.profiled(table)
    monkeypatch.setattr(reading, "IN_MEMORY_BYTES", 1)
    large = quality_world.profiled(table)
    assert (large.columns, large.checks, large.scores) == (
        small.columns,
        small.checks,
        small.scores,
    )


def test_a_source_that_is_gone_fails_with_its_reason(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    path_of(table).write_text("b\n1\n")
    done = quality_world.profiled(table)
    assert done.state == "failed" and "no column a" in done.reason_en
    path_of(table).unlink()
    assert quality_world.profiled(table).state == "failed"


def test_only_the_owners_steward_may_ask(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    for person in (city.mo, city.ci, city.lin, city.an):
        with pytest.raises(NotAllowed):
            profiles.ask_profile(acting_party=person, resource_ref=table.ref)


def test_two_who_ask_or_begin_at_once_make_one_profile(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    asked = profiles.ask_profile(acting_party=city.su, resource_ref=table.ref)
    with pytest.raises(Conflict):
        profiles.ask_profile(acting_party=city.su, resource_ref=table.ref)
    jobs.run(asked)
    with pytest.raises(Conflict):
        jobs.run(asked)


def test_one_that_is_cancelled_meanwhile_stays_cancelled(city, monkeypatch):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    asked = profiles.ask_profile(acting_party=city.su, resource_ref=table.ref)
    stop = lambda _seen: profiles.cancel_profile(acting_party=city.su, profile_ref=asked.ref)  # noqa: E731
    done = jobs.run(asked, stop)
    assert done.state == "cancelled" and done.overall is None


def test_one_whose_process_died_is_begun_again_and_given_up_in_the_end(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    asked = profiles.ask_profile(acting_party=city.su, resource_ref=table.ref)
    system = profiles.system_of(table)
    for _attempt in range(profiles.MOST_ATTEMPTS):
        profiles.start_profile(acting_party=system, profile_ref=asked.ref)
        assert jobs.revive() == 0, "it gives signs of life"
        Profile.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
        assert jobs.revive() == 1
    asked.refresh_from_db()
    assert asked.state == "failed" and "broke off" in asked.reason_en


def test_the_worker_asks_for_new_changed_and_overdue_tables_only(city):
    table = quality_world.table(city, "Q-1", "a\n1\n", {"a": "I"})
    quality_world.table(city, "Q-2", "a\n1\n", {"a": "I"}, publish=False)
    assert due.ask_for_due() == 1
    assert due.ask_for_due() == 0, "it waits already"
    jobs.run(Profile.objects.get())
    assert due.ask_for_due() == 0
    path_of(table).write_text("a\n1\n2\n")
    assert due.ask_for_due() == 1
    jobs.run(Profile.objects.first())
    with clock.at(timezone.now() + timedelta(days=40)):
        assert due.ask_for_due() == 1, "its monthly cycle has passed"


def test_the_worker_takes_few_at_a_time_and_goes_on_where_it_stopped(city):
    for number in range(3):
        quality_world.table(city, f"Q-{number}", "a\n1\n", {"a": "I"})
    due._position["after"] = 0
    assert [due.ask_for_due(2), due.ask_for_due(2), due.ask_for_due(2)] == [2, 1, 0]


def test_every_write_of_a_profile_is_in_the_ledger_and_the_audit_finds_nothing(city):
    table = quality_world.persons(city)
    done = quality_world.profiled(table)
    verbs = LedgerRecord.objects.filter(subject=done.urn).order_by("id")
    assert [one.verb for one in verbs] == ["profile.ask", "profile.start", "profile.finish"]
    seal_all()
    assert not audit.audit().findings


def test_a_process_of_its_own_reads_the_same_settings():
    child = jobs.spawn("no-such-profile")
    assert child.wait(60) == 1
