"""What the worker does again and again; a domain adds its own in its `duties.py`."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(slots=True)
class Duty:
    """Something done every `every` seconds; `due` is on the worker's own clock.

    It runs in the worker's one thread between two seals: keep it short, and let it take up
    the rest the next time.
    """

    name: str
    every: float
    run: Callable[[], object]
    due: float = 0.0


_duties: dict[str, Duty] = {}


def add_duty(name: str, every: float, run: Callable[[], object]) -> None:
    """Declare a duty; a second one under the same name takes its place."""
    _duties[name] = Duty(name, every, run)


def declared() -> list[Duty]:
    """A fresh copy of every domain's duties."""
    return [replace(one) for one in _duties.values()]
