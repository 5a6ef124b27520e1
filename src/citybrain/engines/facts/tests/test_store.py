"""The store's promises one by one."""

import asyncio

import numpy as np
import pytest

from citybrain.engines.facts import (
    FLOATING,
    BadReadings,
    Facts,
    Follower,
    Options,
    StoreBusy,
    StoreLags,
    make,
)

T0, MINUTE, DAY = 1_751_299_200_000_000, 60_000_000, 86_400_000_000


@pytest.fixture
def facts(tmp_path):
    with Facts(tmp_path, tend=False) as store:
        store.define(list(range(10)), [n // 5 for n in range(10)], 1)
        yield store


def one(stream, time, result, **more):
    return make([stream], [time], [result], **{name: [value] for name, value in more.items()})


def results(facts, stream, start=T0 - 30 * DAY, end=T0 + 30 * DAY):
    return facts.snapshot().raw([stream], start, end)["result"].to_pylist()


def test_an_acknowledged_reading_is_seen_by_the_next_question(facts):
    receipt = facts.append_blocking(one(3, T0, 21.37))
    assert receipt == (1, 0, 0)
    assert results(facts, 3) == [21.4]
    assert facts.snapshot().latest([3]).result.tolist() == [21.4]


def test_a_repeat_is_recognised_in_its_batch_in_memory_in_segments_and_after_a_restart(tmp_path):
    row = make([1, 1, 2], [T0, T0, T0], [1, 1, 2], None, [7, 7, 7])
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], 0, 1)
        assert facts.append_blocking(row) == (2, 1, 0)
        assert facts.append_blocking(row) == (0, 3, 0)
        facts.flush()
        assert facts.append_blocking(row) == (0, 3, 0)
    with Facts(tmp_path, tend=False) as facts:
        assert facts.append_blocking(row) == (0, 3, 0)
        assert facts.append_blocking(one(1, T0, 1, sequence=8)) == (1, 0, 0)
        assert facts.accepted == 3


def test_a_repeat_with_another_value_does_not_change_what_is_kept(facts):
    facts.append_blocking(one(1, T0, 5))
    assert facts.append_blocking(one(1, T0, 6)) == (0, 1, 0)
    assert results(facts, 1) == [5]


def test_late_readings_land_in_their_place_and_leave_the_latest_alone(facts):
    facts.append_blocking(one(1, T0, 1))
    facts.flush()
    facts.append_blocking(one(1, T0 - 3 * DAY, 2))
    facts.append_blocking(one(1, T0 - 2 * DAY, 3))
    assert results(facts, 1) == [2, 3, 1]
    assert facts.snapshot().latest([1]).time.tolist() == [T0]
    facts.flush()
    facts.compact(everything=True)
    assert results(facts, 1) == [2, 3, 1]


def test_a_clock_that_jumps_back_loses_nothing(facts):
    for minute in (0, 1, 2, -600, -599, -598, 3):
        facts.append_blocking(one(1, T0 + minute * MINUTE, minute, sequence=minute + 1000))
    assert results(facts, 1) == [-600, -599, -598, 0, 1, 2, 3]
    assert facts.snapshot().latest([1]).result.tolist() == [3]


def test_readings_of_another_century_are_kept_too(facts):
    old = -400_000_000_000_000
    facts.append_blocking(make([1, 1], [old, T0], [1, 2]))
    facts.flush()
    facts.compact(everything=True)
    assert results(facts, 1, old - 1, T0 + 1) == [1, 2]
    days = facts.snapshot().rolled("day", old - DAY, T0 + DAY, [1])
    assert days["count"].to_pylist() == [1, 1]
    assert facts.append_blocking(one(1, old, 1)) == (0, 1, 0)
    assert facts.verify() == []


def test_deleting_the_latest_brings_back_the_one_before(facts):
    facts.append_blocking(make([1, 1], [T0, T0 + MINUTE], [5, 6]))
    facts.flush()
    facts.delete_blocking(one(1, T0 + MINUTE, 0))
    assert facts.snapshot().latest([1]).result.tolist() == [5]
    facts.delete_blocking(one(1, T0, 0))
    assert facts.snapshot().latest([1]).result.tolist() == []
    assert facts.snapshot().count(T0 - DAY, T0 + DAY) == 0
    facts.flush()
    assert facts.append_blocking(one(1, T0, 5)) == (0, 1, 0)
    assert facts.verify() == []


def test_a_snapshot_does_not_change_while_readings_come_and_are_flushed_and_compacted(facts):
    facts.append_blocking(make([1, 2], [T0, T0], [1, 2]))
    before = facts.snapshot()
    facts.append_blocking(one(1, T0 + MINUTE, 3))
    facts.flush()
    facts.append_blocking(one(1, T0 + 2 * MINUTE, 4))
    facts.correct_blocking(one(1, T0, 9))
    facts.flush()
    facts.compact(everything=True)
    assert before.raw([1], T0, T0 + DAY)["result"].to_pylist() == [1]
    assert before.count(T0, T0 + DAY) == 2
    assert results(facts, 1) == [9, 3, 4]


def test_a_snapshot_taken_from_segments_outlives_their_replacement(facts):
    facts.append_blocking(one(1, T0, 1))
    facts.flush()
    before = facts.snapshot()
    facts.correct_blocking(one(1, T0, 2))
    facts.flush()
    assert before.raw([1], T0, T0 + DAY)["result"].to_pylist() == [1]


def test_only_one_process_writes(facts, tmp_path):
    with pytest.raises(StoreBusy):
        Facts(tmp_path)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        (([1], [T0, T0], [1]), "time"),
        (([1], [T0], ["x"]), "result"),
        (([1], [T0], [float("nan")]), "finite"),
        (([1], [T0], [float("inf")]), "finite"),
        (([-1], [T0], [1]), "stream"),
        (([2**40], [T0], [1]), "int32"),
        (([1.5], [T0], [1]), "int32"),
        (([1], [0.5], [1]), "int64"),
        (([1], [2**62], [1]), "1900"),
        (([1], [None], [1]), "numbers"),
        (([True], [T0], [1]), "numbers"),
        (([[1]], [[T0]], [[1]]), "stream"),
    ],
)
def test_columns_that_cannot_be_kept_are_refused_and_named(columns, fault):
    with pytest.raises(BadReadings, match=fault):
        make(*columns)


def test_streams_that_were_not_defined_and_numbers_beyond_the_resolution_are_refused(facts):
    with pytest.raises(BadReadings, match="not defined"):
        facts.append_blocking(one(4000, T0, 1))
    with pytest.raises(BadReadings, match="resolution"):
        facts.append_blocking(one(1, T0, 1e300))
    assert facts.accepted == 0


def test_a_floating_stream_keeps_every_bit(facts):
    facts.define([9], 3, FLOATING)
    values = [0.1 + 0.2, 1e-300, 1e300, -0.0]
    facts.append_blocking(make([9] * 4, [T0 + n for n in range(4)], values))
    facts.flush()
    assert results(facts, 9) == values


def test_a_stream_that_moves_to_another_group_and_resolution_is_whole(facts):
    facts.append_blocking(one(1, T0, 1.5))
    facts.flush()
    facts.define([1], 7, 3)
    facts.append_blocking(one(1, T0 + MINUTE, 2.125))
    assert facts.append_blocking(one(1, T0, 1.5)) == (0, 1, 0)
    facts.flush()
    assert results(facts, 1) == [1.5, 2.125]
    rolled = facts.snapshot().rolled("day", T0 - DAY, T0 + DAY, [1])
    assert rolled["total"].to_pylist() == [3.625]


def test_many_callers_of_one_loop_share_commits(facts):
    async def run():
        return await asyncio.gather(*(facts.append(one(1, T0 + n * MINUTE, n)) for n in range(500)))

    receipts = asyncio.run(run())
    assert all(receipt == (1, 0, 0) for receipt in receipts)
    assert len(results(facts, 1)) == 500
    assert facts.state.applied < 200


def test_one_callers_mistake_is_not_the_others(facts):
    async def run():
        good = [facts.append(one(1, T0 + n * MINUTE, n)) for n in range(20)]
        bad = [facts.append(one(4000, T0, 1)), facts.append(one(1, T0, 1e300))]
        return await asyncio.gather(*good[:10], *bad, *good[10:], return_exceptions=True)

    told = asyncio.run(run())
    assert [isinstance(one, BadReadings) for one in told] == [False] * 10 + [True] * 2 + [
        False
    ] * 10
    assert facts.accepted == 20


def test_when_too_much_waits_more_is_refused_at_once(tmp_path):
    with Facts(tmp_path, Options(most_waiting=100), tend=False) as facts:
        facts.define([1], 0, 1)

        async def run():
            calls = [
                facts.append(make([1] * 60, np.arange(60) + n * 60 + T0, np.zeros(60)))
                for n in range(5)
            ]
            return await asyncio.gather(*calls, return_exceptions=True)

        told = asyncio.run(run())
        refused = [one for one in told if isinstance(one, StoreLags)]
        assert refused
        assert facts.accepted == 60 * (len(told) - len(refused))


def test_readings_are_flushed_by_themselves_when_they_are_many(tmp_path):
    import time

    with Facts(tmp_path, Options(flush_rows=100)) as facts:
        facts.define([1], 0, 1)
        facts.append_blocking(make([1] * 200, np.arange(200) + T0, np.zeros(200)))
        deadline = time.monotonic() + 10
        while facts.state.hot.count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert facts.snapshot().manifest.count == 200
        assert facts.snapshot().count(T0, T0 + DAY) == 200


def test_the_journal_is_trimmed_only_behind_the_manifest(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1], 0, 1)
        facts._log._segments.segment_bytes = 10_000
        for n in range(40):
            facts.append_blocking(make([1] * 50, np.arange(50) + n * 50 + T0, np.zeros(50)))
        many = len(list((tmp_path / "journal").glob("*.cbj")))
        facts.flush()
        assert len(list((tmp_path / "journal").glob("*.cbj"))) < many
    with Facts(tmp_path, tend=False) as facts:
        assert facts.snapshot().count(T0, T0 + DAY) == 2000
        assert facts.verify() == []


def test_old_readings_go_by_class_and_a_dry_run_only_counts(facts):
    facts.define([8], 1, 1, keeping=5)
    for age in (1, 40, 400):
        facts.append_blocking(make([1, 8], [T0 - age * DAY] * 2, [1, 2]))
    facts.flush()
    assert facts.retain({5: 30}, now=T0, dry_run=True) == {5: 2}
    assert facts.snapshot().count(0, T0) == 6
    assert facts.retain({5: 30, 0: 399}, now=T0) == {5: 2, 0: 1}
    assert results(facts, 8, 0, T0) == [2]
    assert len(results(facts, 1, 0, T0)) == 2
    assert facts.verify() == []
    assert facts.accepted == 6


def test_a_follower_sees_what_another_process_acknowledged(facts, tmp_path):
    with Follower(tmp_path) as follower:
        assert follower.snapshot().count(0, T0 + DAY) == 0
        facts.append_blocking(one(1, T0, 1))
        assert follower.snapshot().count(0, T0 + DAY) == 1
        facts.flush()
        facts.append_blocking(one(1, T0 + MINUTE, 2))
        assert follower.snapshot().latest([1]).result.tolist() == [2]
        assert follower.snapshot().count(0, T0 + DAY) == 2


def test_listeners_hear_of_new_readings_only_after_they_are_on_disk(facts):
    heard = []
    facts.listen(lambda rows: heard.append((facts._log.sequence, rows.result.tolist())))
    facts.append_blocking(one(1, T0, 1))
    facts.append_blocking(one(1, T0, 1))
    assert heard == [(facts._log.sequence, [1])]


def test_sql_answers_one_select_with_limits(facts):
    from citybrain.engines.facts import QueryRefused

    facts.append_blocking(make([1, 2], [T0, T0], [1, 2]))
    snapshot = facts.snapshot()
    assert snapshot.sql("SELECT sum(result) AS x FROM readings;").to_pylist() == [{"x": 3}]
    assert snapshot.sql("WITH a AS (FROM latest) SELECT count(*) AS n FROM a").num_rows == 1
    for statement in (
        "DROP VIEW readings",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO 'x.csv'",
        "SET memory_limit = '100GB'",
        "ATTACH 'x.db'",
        "SELECT * FROM range(1000000)",
        "SELECT",
        "SELECT * FROM nothing",
    ):
        with pytest.raises(QueryRefused):
            snapshot.sql(statement)
    with pytest.raises(QueryRefused, match="longer"):
        snapshot.sql("SELECT count(*) FROM range(100000) a, range(10000000) b", seconds=0.3)
