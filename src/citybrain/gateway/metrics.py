"""Figures for Prometheus: each process has its own, told apart by the label `gateway`.

`/metrics` answers for the process that happens to take the request; with several workers
a scrape sees one of them, so sum over time and over `gateway`, not over one scrape.
"""

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Metrics:
    """One gateway's figures."""

    def __init__(self, gateway: str) -> None:
        self.registry = CollectorRegistry()
        self._gateway = gateway
        label = ["gateway"]
        self._uses = Counter(
            "citybrain_uses_total",
            "Uses, refusals included",
            ["gateway", "outcome", "reason", "kind"],
            registry=self.registry,
        )
        seconds = Histogram(
            "citybrain_use_seconds",
            "From the request to its answer",
            label,
            buckets=SECONDS,
            registry=self.registry,
        )
        commit = Histogram(
            "citybrain_journal_commit_seconds",
            "Waiting for the journal's group commit",
            label,
            buckets=SECONDS,
            registry=self.registry,
        )
        unrecorded = Counter(
            "citybrain_unidentified_calls_unrecorded_total",
            "Calls without a known token beyond what is journaled of them",
            label,
            registry=self.registry,
        )
        self.seconds, self.commit = seconds.labels(gateway), commit.labels(gateway)
        self.unrecorded = unrecorded.labels(gateway)
        self._made: dict[tuple[str, str, str], Any] = {}

    def count(self, outcome: str, reason: str, kind: str) -> None:
        """One use more."""
        key = (outcome, reason, kind)
        made = self._made.get(key)
        if made is None:
            if len(self._made) > 500:
                key = (outcome, "other", kind)
            made = self._made[key] = self._uses.labels(self._gateway, *key)
        made.inc()

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """A figure that is read when it is asked for."""
        gauge = Gauge(name, about, ["gateway"], registry=self.registry)
        gauge.labels(self._gateway).set_function(value)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
