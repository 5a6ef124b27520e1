"""How many calls without a known token are journaled: a few each second.

Each of them is answered, but an attacker must not be able to fill the disk with
refusals; beyond the limit they are only counted (`citybrain_unidentified_calls_…`).
"""

PER_SECOND = 20.0
AT_ONCE = 100.0


class Trickle:
    """A token bucket."""

    def __init__(self, per_second: float = PER_SECOND, at_once: float = AT_ONCE) -> None:
        self._rate, self._most = per_second, at_once
        self._level, self._since = at_once, 0.0

    def admits(self, now: float) -> bool:
        """True when one more may be written at `now` (seconds of a steady clock)."""
        self._level = min(self._most, self._level + (now - self._since) * self._rate)
        self._since = now
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True
