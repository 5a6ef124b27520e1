"""One call on its way through the door."""

import time
from dataclasses import dataclass, field

from citybrain.gateway.grants import Grant
from citybrain.gateway.http import Scope
from citybrain.gateway.quotas import Counter


@dataclass(slots=True)
class Visit:
    """`at` is Unix time in seconds, `ref` the resource's reference in the path and `rest`
    what follows it. `taken` is what the call holds of quotas."""

    scope: Scope
    method: str
    ref: str
    rest: str
    headers: dict[str, str]
    request_id: str
    at: float = field(default_factory=time.time)
    started: float = field(default_factory=time.perf_counter)
    grant: Grant | None = None
    purpose: str = ""
    scenario: str = ""
    consent: str = ""
    consented: str | None = None
    taken: list[tuple[Counter, int]] = field(default_factory=list)
    size: int = 0
    sent: int = 0
    epsilon: int = 0

    def seconds(self) -> float:
        """Since the call came in."""
        return time.perf_counter() - self.started
