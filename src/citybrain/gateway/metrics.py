"""Figures for Prometheus: each process has its own, told apart by the label `gateway`.

`/metrics` answers for the process that happens to take the request; with several workers
a scrape sees one of them, so sum over time and over `gateway`, not over one scrape.
Counting is plain arithmetic on the event loop; the library's forms are made when asked.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
MOST_SERIES = 500


class Durations:
    """How many took up to how long."""

    __slots__ = ("_counts", "_sum")

    def __init__(self) -> None:
        self._counts, self._sum = [0] * (len(SECONDS) + 1), 0.0

    def observe(self, seconds: float) -> None:
        """One more."""
        self._counts[bisect_left(SECONDS, seconds)] += 1
        self._sum += seconds

    def family(self, name: str, about: str, gateway: str) -> Metric:
        """As a histogram of the library."""
        total, buckets = 0, []
        for bound, count in zip((*map(str, SECONDS), "+Inf"), self._counts, strict=True):
            total += count
            buckets.append((bound, total))
        family = HistogramMetricFamily(name, about, labels=["gateway"])
        family.add_metric([gateway], buckets, self._sum)
        return family


class Metrics(Collector):
    """One gateway's figures."""

    def __init__(self, gateway: str) -> None:
        self.registry = CollectorRegistry()
        self.seconds, self.commit = Durations(), Durations()
        self.unrecorded = 0
        self._gateway = gateway
        self._uses: Counter[tuple[str, str, str]] = Counter()
        self._watched: list[tuple[str, str, Callable[[], float]]] = []
        self.registry.register(self)

    def count(self, outcome: str, reason: str, kind: str) -> None:
        """One use more."""
        key = (outcome, reason, kind)
        if key not in self._uses and len(self._uses) > MOST_SERIES:
            key = (outcome, "other", kind)
        self._uses[key] += 1

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """A figure that is read when it is asked for."""
        self._watched.append((name, about, value))

    def collect(self) -> Iterator[Metric]:
        """For the library."""
        labels = ["gateway", "outcome", "reason", "kind"]
        uses = CounterMetricFamily("citybrain_uses", "Uses, refusals included", labels=labels)
        for key, count in list(self._uses.items()):
            uses.add_metric([self._gateway, *key], count)
        yield uses
        about = "From the request to its answer, before it is sent"
        yield self.seconds.family("citybrain_use_seconds", about, self._gateway)
        about = "Waiting for the journal's group commit"
        yield self.commit.family("citybrain_journal_commit_seconds", about, self._gateway)
        about = "Calls without a known token beyond what is journaled of them"
        name = "citybrain_unidentified_calls_unrecorded"
        unrecorded = CounterMetricFamily(name, about, labels=["gateway"])
        unrecorded.add_metric([self._gateway], self.unrecorded)
        yield unrecorded
        for name, about, value in self._watched:
            gauge = GaugeMetricFamily(name, about, labels=["gateway"])
            gauge.add_metric([self._gateway], value())
            yield gauge

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
