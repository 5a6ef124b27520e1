"""The same store in plain Python: slow, small and easy to believe."""

import random
from collections import defaultdict

from citybrain.engines.facts import Facts, make

HOUR, DAY, ZONE = 3_600_000_000, 86_400_000_000, 8 * 3_600_000_000
T0 = 1_751_299_200_000_000
"""2025-07-01 00:00 in China, a Tuesday."""


class Model:
    """key → list of states (version, alive, result, quality), the newest last."""

    def __init__(self):
        self.kept = {}

    def append(self, keys, values):
        new = 0
        for key, (result, quality) in zip(keys, values, strict=True):
            if key not in self.kept:
                self.kept[key] = [(0, True, result, quality)]
                new += 1
        return new

    def change(self, key, alive, result, quality):
        states = self.kept.get(key)
        if states is None:
            return "missing"
        version, was, old, flag = states[-1]
        state = (alive, result, quality) if alive else (False, old, flag)
        if state == (was, old, flag):
            return "repeated"
        states.append((version + 1, *state))
        return "accepted"

    def readings(self, streams, start, end):
        found = [
            (time, sequence, stream, states[-1][2], states[-1][3])
            for (stream, time, sequence), states in self.kept.items()
            if stream in streams and start <= time < end and states[-1][1]
        ]
        return sorted(found)

    def rolled(self, streams, start, end, span):
        groups = defaultdict(list)
        for time, sequence, stream, result, quality in self.readings(streams, -(2**62), 2**62):
            begin = (time + ZONE) // span * span - ZONE
            if start <= begin < end:
                groups[stream, begin].append((time, sequence, result, quality))
        return {key: _rolled(rows) for key, rows in groups.items()}

    def latest(self):
        newest = {}
        for time, sequence, stream, result, quality in self.readings(range(10**6), 0, 2**62):
            newest[stream] = (time, sequence, result, quality)
        return newest

    def history(self, stream):
        return sorted(
            (time, sequence, version if alive else -version, result, quality)
            for (one, time, sequence), states in self.kept.items()
            if one == stream
            for version, alive, result, quality in states[:-1]
        )


def _rolled(rows):
    results = [row[2] for row in rows]
    return (
        len(rows),
        min(results),
        max(results),
        round(sum(results), 6),
        results[0],
        results[-1],
        sum(row[3] == 1 for row in rows),
        sum(row[3] >= 2 for row in rows),
    )


class Players:
    """Does the same to a store and to the model, and compares what they say."""

    def __init__(self, root, seed):
        self.root, self.random, self.model = root, random.Random(seed), Model()
        self.facts = Facts(root, tend=False)
        self.facts.define(list(range(12)), [n // 4 for n in range(12)], [1, 2, 0] * 4)

    def step(self):
        choice = self.random.random()
        if choice < 0.45:
            self.append()
        elif choice < 0.6:
            self.change()
        elif choice < 0.75:
            self.facts.flush()
        elif choice < 0.85:
            self.facts.compact(everything=True)
        else:
            self.facts.close()
            self.facts = Facts(self.root, tend=False)

    def key(self):
        now = T0 + self.random.randrange(9 * 24 * 4) * HOUR // 4
        return (self.random.randrange(12), now, self.random.randrange(2))

    def value(self, stream):
        places = [1, 2, 0][stream % 3]
        return (
            round(self.random.uniform(-50, 50), places),
            self.random.choice([0, 0, 0, 1, 2]),
        )

    def append(self):
        keys = [self.key() for _ in range(self.random.randrange(1, 60))]
        if self.random.random() < 0.3:
            keys.sort(key=lambda key: (key[1], key[0], key[2]))
        values = [self.value(key[0]) for key in keys]
        expected = self.model.append(keys, values)
        receipt = self.facts.append_blocking(rows_of(keys, values))
        assert receipt == (expected, len(keys) - expected, 0)

    def change(self):
        known = list(self.model.kept)
        key = self.random.choice(known) if known and self.random.random() < 0.9 else self.key()
        alive = self.random.random() < 0.6
        value = self.value(key[0])
        rows = rows_of([key], [value])
        expected = self.model.change(key, alive, *value)
        receipt = self.facts.correct_blocking(rows) if alive else self.facts.delete_blocking(rows)
        assert receipt._asdict() == {"accepted": 0, "repeated": 0, "missing": 0} | {expected: 1}

    def compare(self):
        compare(self.facts.snapshot(), self.model)
        assert self.facts.accepted == len(self.model.kept)
        assert self.facts.verify() == []


def rows_of(keys, values):
    streams, times, sequences = (list(column) for column in zip(*keys, strict=True))
    results, qualities = (list(column) for column in zip(*values, strict=True))
    return make(streams, times, results, qualities, sequences)


def micros(column):
    return column.cast("int64").to_pylist()


def compare(snapshot, model):
    """Every question that both can answer has the same answer."""
    start, end = T0 + 30 * HOUR + 1, T0 + 8 * DAY
    streams = [1, 2, 3, 7]
    table = snapshot.raw(streams, start, end)
    columns = [micros(table["time"])] + [
        table[name].to_pylist() for name in ("sequence", "stream", "result", "quality")
    ]
    assert list(zip(*columns, strict=True)) == model.readings(streams, start, end)
    everything = model.readings(range(12), start, end)
    assert snapshot.count(start, end) == len(everything)
    assert snapshot.count(start, end, [5]) == sum(row[2] == 5 for row in everything)
    for step, span in (("hour", HOUR), ("day", DAY)):
        assert rolled_of(snapshot.rolled(step, start, end, streams)) == model.rolled(
            streams, start, end, span
        )
        assert rolled_of(snapshot.rolled(step, 0, 2**52)) == model.rolled(range(12), 0, 2**52, span)
    newest = snapshot.latest()
    told = zip(*(column.tolist() for column in newest), strict=True)
    assert {
        stream: (time, sequence, result, quality)
        for stream, time, result, quality, sequence in told
    } == model.latest()
    compare_history(snapshot, model)


def compare_history(snapshot, model):
    for stream in (1, 4, 7):
        table = snapshot.history(stream, T0, T0 + 30 * DAY)
        columns = [micros(table["time"])] + [
            table[name].to_pylist() for name in ("sequence", "version", "result", "quality")
        ]
        assert sorted(zip(*columns, strict=True)) == model.history(stream)


def rolled_of(table):
    names = ("count", "minimum", "maximum", "total", "first", "last", "suspect", "bad")
    columns = [table[name].to_pylist() for name in names]
    columns[3] = [round(one, 6) for one in columns[3]]
    keys = zip(table["stream"].to_pylist(), micros(table["time"]), strict=True)
    return dict(zip(keys, zip(*columns, strict=True), strict=True))
