"""Circuit breaker: after failures in a row an upstream is left alone for a while."""

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Times are seconds of any steady clock, given by the caller.

    Closed: calls pass. Open: none passes until `open_seconds` are over. Half-open: one
    call passes as a trial; its outcome closes or opens the circuit.
    """

    failures_to_open: int
    open_seconds: float
    failures: int = 0
    opened_at: float | None = None
    trial_since: float | None = None

    def may_pass(self, now: float) -> bool:
        """True when a call may be made now; the caller must then report its outcome."""
        if self.opened_at is None:
            return True
        # A trial that never reported (its task was killed) must not close the door for ever.
        since = self.opened_at if self.trial_since is None else self.trial_since
        if now - since < self.open_seconds:
            return False
        self.trial_since = now
        return True

    def succeeded(self) -> None:
        """The upstream answered."""
        self.failures, self.opened_at, self.trial_since = 0, None, None

    def failed(self, now: float) -> None:
        """The upstream did not answer, or said that it is broken."""
        self.failures += 1
        if self.trial_since is not None or self.failures >= self.failures_to_open:
            self.opened_at, self.trial_since = now, None
