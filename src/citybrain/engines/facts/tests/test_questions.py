"""Anomalies, correlation and gaps, on readings whose answer is known."""

import numpy as np
import pytest

from citybrain.engines.facts import Facts, QueryRefused, make, questions

T0 = 1_751_212_800_000_000
"""2025-06-30 00:00 in China, a Monday."""
HOUR, DAY = 3_600_000_000, 86_400_000_000


@pytest.fixture
def facts(tmp_path):
    with Facts(tmp_path, tend=False) as store:
        store.define(list(range(10)), [n // 5 for n in range(10)], 2)
        yield store


def five_weeks(facts, odd=None):
    """Hourly readings of streams 0 to 4 that repeat each week with a little noise; `odd` is
    (stream, hour, addition)."""
    chance = np.random.default_rng(7)
    hours = np.arange(5 * 7 * 24)
    for stream in range(5):
        results = 20 + 5 * np.sin(hours / 24 * 2 * np.pi) + stream + chance.normal(0, 0.2, 840)
        if odd and odd[0] == stream:
            results[odd[1]] += odd[2]
        facts.append_blocking(make(np.full(840, stream), T0 + hours * HOUR, results))


@pytest.mark.parametrize("flushed", [False, True])
def test_the_hour_that_is_unlike_other_weeks_comes_first(facts, flushed):
    day = 4 * 7 + 2
    five_weeks(facts, (3, day * 24 + 15, 30))
    if flushed:
        facts.flush()
    table = questions.anomalies(facts.snapshot(), T0 + day * DAY, limit=5)
    first = table.to_pylist()[0]
    assert first["stream"] == 3
    assert table["time"].cast("int64").to_pylist()[0] == T0 + (day * 24 + 15) * HOUR
    assert first["score"] > 10
    assert abs(first["mean"] - first["usual"] - 30) < 2
    assert first["weeks"] == 4


def test_without_three_weeks_before_nothing_is_called_an_anomaly(facts):
    five_weeks(facts, (3, 20, 500))
    assert questions.anomalies(facts.snapshot(), T0, limit=5).num_rows == 0
    with pytest.raises(QueryRefused):
        questions.anomalies(facts.snapshot(), T0, weeks=1)


def test_two_streams_with_one_cause_correlate(facts):
    five_weeks(facts)
    found = questions.correlation(facts.snapshot(), 1, 2, T0, T0 + 14 * DAY)
    assert found["pairs"] == 14 * 24
    assert found["coefficient"] > 0.99
    assert abs(found["slope"] - 1) < 0.02
    nothing = questions.correlation(facts.snapshot(), 1, 9, T0, T0 + DAY)
    assert nothing["pairs"] == 0
    assert nothing["coefficient"] is None


def test_gaps_are_found_at_the_edges_and_in_the_middle(facts):
    hours = np.array([2, 3, 4, 9, 10])
    facts.append_blocking(make(np.full(5, 1), T0 + hours * HOUR, np.ones(5)))
    facts.flush()
    facts.append_blocking(make([1], [T0 + 11 * HOUR], [1]))
    table = questions.gaps(facts.snapshot(), [1, 2], T0, T0 + DAY, 2 * HOUR - 1)
    told = [(row["stream"], row["seconds"] / 3600) for row in table.to_pylist()]
    assert told == [(1, 2), (1, 5), (1, 13), (2, 24)]
