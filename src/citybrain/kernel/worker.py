"""What runs beside the web: sealing, overdue clocks, fees of finished days."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections
from django.db.models import Max, Min
from django.db.models.functions import TruncDate
from django.utils import timezone

from citybrain.kernel import clock, clocks
from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.actions.accounts import settle_fees
from citybrain.kernel.duties import Duty, declared
from citybrain.kernel.models import Party, Use
from citybrain.kernel.sealing import seal_once
from citybrain.kernel.searching import fresh

log = structlog.get_logger(__name__)

SEAL_PAUSE, IDLE_PAUSE = 0.05, 0.5
"""Seconds to the next look when nothing waits: batches of up to 50 ms while there is work,
fewer looks after a while without any."""


def run_forever(stop: threading.Event) -> None:
    """Do the duties until told to stop; a failing duty is logged and tried again."""
    duties = [
        Duty("recompute-deadlines", 3600, clocks.recompute),
        Duty("settle-fees", 600, Settlement()),
        Duty("search-index", 2, fresh.refresh),
        Duty("check-search-index", 3600, fresh.check),
        *declared(),
    ]
    pause = SEAL_PAUSE
    while not stop.is_set():
        sealed = _attempt("seal", seal_once)
        for duty in duties:
            if time.monotonic() >= duty.due:
                _attempt(duty.name, duty.run)
                duty.due = time.monotonic() + duty.every
        if getattr(sealed, "total", 0):
            pause = SEAL_PAUSE
        else:
            close_old_connections()
            stop.wait(pause)
            pause = min(pause * 1.2, IDLE_PAUSE)
    _attempt("seal", seal_once)


def _attempt(name: str, run: Callable[[], object]) -> object:
    try:
        return run()
    except Exception:
        log.exception("duty failed", duty=name)
        close_old_connections()
        time.sleep(0.5)
        return None


class Settlement:
    """Books the fees of finished days on behalf of the bureau, also of uses that come late.

    A gateway that was cut off, or a worker that stood still, leaves days unsettled or
    settled in part: every day of `BACK` days with uses sealed since the last run is settled
    again, which books only what is missing.
    """

    BACK = timedelta(days=31)

    def __init__(self) -> None:
        self.seen = -1

    def __call__(self) -> int:
        """The number of entries that were booked."""
        bureau = Party.objects.filter(is_bureau=True).first()
        if bureau is None:
            return 0
        acting = Acting(party=bureau, role=Role.ADMINISTRATOR, account="system")
        today = timezone.make_aware(datetime.combine(clock.today(), datetime.min.time()))
        # Uses of today are looked at again tomorrow, whenever they were sealed.
        of_today = Use.objects.filter(at__gte=today).aggregate(first=Min("ledger_index"))["first"]
        newest = Use.objects.aggregate(last=Max("ledger_index"))["last"]
        fresh = Use.objects.filter(
            ledger_index__gt=self.seen, at__lt=today, at__gte=today - self.BACK
        )
        days = fresh.order_by().annotate(day=TruncDate("at")).values_list("day", flat=True)
        booked = sum(
            len(settle_fees(acting_party=acting, day=day)) for day in sorted(set(days.distinct()))
        )
        self.seen = of_today - 1 if of_today is not None else (newest if newest is not None else -1)
        return booked
