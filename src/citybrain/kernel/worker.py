"""What runs beside the web: sealing, overdue clocks, fees of finished days."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import close_old_connections

from citybrain.kernel import clock, clocks
from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.actions.accounts import settle_fees
from citybrain.kernel.models import Party
from citybrain.kernel.sealing import seal_once

log = structlog.get_logger(__name__)

SEAL_PAUSE = 0.05
"""Seconds between batches when nothing waits (DESIGN: batches of up to 50 ms)."""


@dataclass(slots=True)
class Duty:
    """Something done every `every` seconds."""

    name: str
    every: float
    run: Callable[[], object]
    due: float = 0.0


def run_forever(stop: threading.Event) -> None:
    """Do the duties until told to stop; a failing duty is logged and tried again."""
    duties = [
        Duty("recompute-deadlines", 3600, clocks.recompute),
        Duty("settle-yesterday", 600, settle_yesterday),
    ]
    while not stop.is_set():
        sealed = _attempt("seal", seal_once)
        for duty in duties:
            if time.monotonic() >= duty.due:
                _attempt(duty.name, duty.run)
                duty.due = time.monotonic() + duty.every
        if not getattr(sealed, "total", 0):
            close_old_connections()
            stop.wait(SEAL_PAUSE)
    _attempt("seal", seal_once)


def _attempt(name: str, run: Callable[[], object]) -> object:
    try:
        return run()
    except Exception:
        log.exception("duty failed", duty=name)
        close_old_connections()
        time.sleep(0.5)
        return None


def settle_yesterday() -> int:
    """Book yesterday's fees on behalf of the bureau; nothing happens the second time."""
    bureau = Party.objects.filter(is_bureau=True).first()
    if bureau is None:
        return 0
    acting = Acting(party=bureau, role=Role.ADMINISTRATOR, account="system")
    return len(settle_fees(acting_party=acting, day=clock.today() - timedelta(days=1)))
