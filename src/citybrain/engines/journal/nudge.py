"""Lets the flush thread run beside an event loop that is never idle.

A loop that always has something to do gives the interpreter lock up only for moments
(each poll, each send) and takes it back before another core has woken the thread; and
each such moment starts the thread's waiting time for a forced switch anew. Measured on
two cores, a group then waited for seconds. So while groups wait, the loop looks now and
then whether one was finished, and pauses for the thread when none was.
"""

import asyncio
import threading
from collections.abc import Callable

# A group takes some 0.3 ms on a fast disk; on a slow one the looks become rarer.
_FIRST_LOOK, _RAREST_LOOK = 0.001, 0.004
_PAUSE = 0.0007


class Nudge:
    """`arm` is called by the loop's thread for each append, `finished` by the flush thread."""

    def __init__(self, is_busy: Callable[[], bool]) -> None:
        self._is_busy = is_busy
        self._loop: asyncio.AbstractEventLoop | None = None
        self._groups = 0
        self._one_more = threading.Event()

    def arm(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look after this loop, unless that is being done."""
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(_FIRST_LOOK, self._look, loop, _FIRST_LOOK, self._groups)

    def finished(self) -> None:
        """A group was committed, or failed."""
        self._groups += 1
        self._one_more.set()

    def _look(self, loop: asyncio.AbstractEventLoop, delay: float, seen: int) -> None:
        if self._loop is not loop:
            return
        if not self._is_busy():
            self._loop = None
            return
        delay = _FIRST_LOOK if self._groups != seen or self._pause(seen) else delay * 2
        delay = min(delay, _RAREST_LOOK)
        loop.call_later(delay, self._look, loop, delay, self._groups)

    def _pause(self, seen: int) -> bool:
        """Give the interpreter lock to the thread; True when it finished a group."""
        self._one_more.clear()
        return self._groups != seen or self._one_more.wait(_PAUSE)
