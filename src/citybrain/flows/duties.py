"""The worker sees to it that runs are driven, on a thread of their own: a use may take long."""

import threading
import time

import structlog
from django.db import close_old_connections

from citybrain.kernel.duties import add_duty

log = structlog.get_logger(__name__)

PAUSE, IDLE = 0.2, 1.0


class Driver:
    """The thread that drives runs and empties the outbox."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Start the thread, or another one where it has ended."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=drive_forever, name="flows", daemon=True)
            self._thread.start()


def drive_forever() -> None:
    """Go on with what is due. What is under way when the process ends goes on in the next."""
    from citybrain.flows.outbox import deliver_due
    from citybrain.flows.runner import drive_due

    while True:
        try:
            done = drive_due() + deliver_due()
        except Exception:
            log.exception("runs could not be driven")
            done = 0
        close_old_connections()
        time.sleep(PAUSE if done else IDLE)


add_duty("drive-runs", 5, Driver())
