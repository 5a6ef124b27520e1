"""What time it is for the kernel: now, unless a history is being told.

The demo city's past and some tests are written through the real actions at a pretended
time; nothing else sets the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _pretended.get() or timezone.now()


def today() -> date:
    """The day in Asia/Shanghai."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Pretend that it is `moment` (aware) within the block."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
