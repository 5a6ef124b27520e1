"""Claim: two cores take in, keep and answer for a city's half year of sensor readings.

Run it as `./citybrain bench half_year` (`--scale 0.01` by default, as in CI; 1 is 20,000
streams and 570 million readings of 181 days; `--growth` runs 0.001, 0.01 and 0.1 one after
another). Readings are synthetic: four classes, daily cycles, drift and noise, quantised by the
class's resolution; every stream has a phase of its own, every fourth one's clock jitters by
seconds. They go through `Facts.append_blocking`, so each is looked through for repeats and is
on disk before it counts. "Cold" is a new process image of the query engine after the pages of
all segments were dropped from the file cache, "warm" the same question again.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from citybrain.engines.facts import Facts, Follower, Options, Rows, Snapshot, questions

STREAMS, PER_STREAM, DAYS = 20_000, 28_547, 181
START = 1_735_660_800_000_000
"""2025-01-01 00:00 in China."""
DAY, HOUR, SECOND = 86_400_000_000, 3_600_000_000, 1_000_000
STEP = DAYS * DAY // PER_STREAM // SECOND * SECOND
DISTRICTS = 10
ASKED = 20


class Sensors(NamedTuple):
    """What the generator knows of each stream."""

    decimals: np.ndarray
    group: np.ndarray
    level: np.ndarray
    swing: np.ndarray
    noise: np.ndarray
    phase: np.ndarray
    jitters: np.ndarray


def sensors(count: int) -> Sensors:
    """Streams that are clustered by district, then class."""
    chance = np.random.default_rng(1)
    place = np.arange(count)
    district = place * DISTRICTS // count
    klass = place * DISTRICTS * 4 // count % 4
    return Sensors(
        decimals=np.array([1, 0, 1, 2])[klass],
        group=district * 4 + klass,
        level=np.array([18.0, 45.0, 55.0, 2.4])[klass] * chance.uniform(0.7, 1.3, count),
        swing=np.array([6.0, 15.0, 15.0, 1.2])[klass],
        noise=np.array([0.15, 3.0, 4.0, 0.02])[klass],
        phase=chance.integers(0, STEP // SECOND, count) * SECOND,
        jitters=place % 4 == 3,
    )


class Generator:
    """Readings in the order of time, some steps of all streams at once."""

    def __init__(self, count: int) -> None:
        self.count, self.of = count, sensors(count)
        self.drift = np.zeros(count)
        self.chance = np.random.default_rng(2)

    def rows(self, first: int, steps: int) -> Rows:
        parts = [self._step(first + n) for n in range(steps)]
        time_, result = (np.concatenate(one) for one in zip(*parts, strict=True))
        stream = np.tile(np.arange(self.count, dtype=np.int32), steps)
        sequence = np.repeat(np.arange(first, first + steps), self.count)
        return Rows(stream, time_, result, np.zeros(len(stream), np.uint8), sequence)

    def _step(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        of, chance = self.of, self.chance
        time_ = START + number * STEP + of.phase
        time_ = time_ + of.jitters * chance.integers(-3, 4, self.count) * SECOND
        self.drift += chance.standard_normal(self.count) * 0.1 - 0.01 * self.drift
        cycle = np.sin((time_ % DAY) * (2 * np.pi / DAY) + of.group)
        noise = chance.standard_normal(self.count)
        value = of.level + of.swing * cycle + (self.drift + noise) * of.noise
        return time_, np.round(value, 2)


def forget_pages(folder: Path) -> None:
    """Drop the segments' pages from the file cache."""
    for path in folder.rglob("*.parquet"):
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


Question = Callable[[Snapshot, np.random.Generator], object]


def asked(count: int) -> dict[str, Question]:
    """Every question of the list, with random streams and windows. Numbers are for all."""
    end = START + DAYS * DAY

    def window(chance: np.random.Generator, days: int) -> tuple[int, int]:
        first = START + int(chance.integers(0, DAYS - days)) * DAY
        return first, first + days * DAY

    def one(chance: np.random.Generator) -> int:
        return int(chance.integers(0, count))

    def district(chance: np.random.Generator) -> range:
        width = count // DISTRICTS
        first = int(chance.integers(0, DISTRICTS)) * width
        return range(first, first + width)

    return {
        "latest of one": lambda s, c: s.latest([one(c)]),
        "latest of all": lambda s, c: s.latest(),
        "one raw, 30 days": lambda s, c: s.raw([one(c)], *window(c, 30)),
        "one hourly, six months": lambda s, c: s.rolled("hour", START, end, [one(c)]),
        "one daily, six months": lambda s, c: s.rolled("day", START, end, [one(c)]),
        "a district hourly, a week": lambda s, c: s.rolled("hour", *window(c, 7), district(c)),
        "anomalies of a day": lambda s, c: questions.anomalies(s, window(c, 1)[0]),
        "correlation, 30 days": lambda s, c: questions.correlation(
            s, one(c), one(c), *window(c, 30)
        ),
        "gaps of one, 30 days": lambda s, c: questions.gaps(s, [one(c)], *window(c, 30), HOUR),
        "how many in the half year": lambda s, c: s.count(START, end),
    }


def p95(seconds: list[float]) -> float:
    """Milliseconds."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(0.95 * len(seconds)))]


def measure(question: Question, root: Path, options: Options) -> tuple[float, float]:
    """p95 cold and warm, in milliseconds. Parsing a store's manifest is not a question."""
    cold, warm = [], []
    chance = np.random.default_rng(3)
    for number in range(ASKED):
        state = chance.bit_generator.state
        if number < ASKED // 4:
            forget_pages(root)
        with Follower(root, options) as follower:
            snapshot = follower.snapshot()
            for times in (cold, warm):
                chance.bit_generator.state = state
                begun = time.perf_counter()
                question(snapshot, chance)
                times.append(time.perf_counter() - begun)
    return p95(cold[: ASKED // 4]), p95(warm)


def run(scale: float, root: Path) -> None:
    count = max(40, int(STREAMS * scale))
    generator, options = Generator(count), Options(flush_rows=16_000_000, write_threads=2)
    begun, cpu = time.perf_counter(), time.process_time()
    generating = flushing = 0.0
    with Facts(root, options, tend=False) as facts:
        of = generator.of
        facts.define(np.arange(count), of.group, of.decimals)
        steps = max(1, min(PER_STREAM, 1_000_000 // count))
        for first in range(0, PER_STREAM, steps):
            now = time.perf_counter()
            rows = generator.rows(first, min(steps, PER_STREAM - first))
            generating += time.perf_counter() - now
            facts.append_blocking(rows)
            if facts.state.hot.count >= options.flush_rows:
                now = time.perf_counter()
                facts.flush()
                facts.compact()
                flushing += time.perf_counter() - now
        now = time.perf_counter()
        facts.flush()
        facts.compact(everything=True)
        flushing += time.perf_counter() - now
        accepted, made = facts.accepted, facts.snapshot().manifest
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        if facts.snapshot().count(0, 2**52) != accepted or accepted != count * PER_STREAM:
            raise RuntimeError("readings were lost")
    raw = sum(one.bytes for one in made.of_kind("raw"))
    taking = wall - generating - flushing
    print(f"scale {scale:g}: {count:,} streams, {accepted:,} readings, all acknowledged and kept")
    print(f"  bytes a reading: {raw / accepted:.2f} raw, {made.bytes / accepted:.2f} with roll-ups")
    print(f"  {made.bytes / 2**20:,.1f} MiB in {len(made.segments):,} files")
    print(
        f"  wall {wall:.1f} s = generate {generating:.1f} + take in {taking:.1f} "
        f"({accepted / taking:,.0f}/s) + segments {flushing:.1f} ({accepted / flushing:,.0f}/s)"
    )
    print(f"  processor {1e6 * cpu / accepted:.2f} µs a reading")
    print(f"  {'question':<30}{'cold p95 ms':>12}{'warm p95 ms':>12}")
    for name, question in asked(count).items():
        cold, warm = measure(question, root, options)
        print(f"  {name:<30}{cold:>12.1f}{warm:>12.1f}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  most memory {peak:.2f} GiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--folder", type=Path, help="Where to keep the store; it is not removed.")
    given = parser.parse_args()
    scales = [0.001, 0.01, 0.1] if given.growth else [0.002 if given.quick else given.scale]
    for scale in scales:
        root = given.folder or Path(tempfile.mkdtemp(prefix="half-year-"))
        try:
            run(scale, root)
        finally:
            if not given.folder:
                shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
