"""Harvesting within the worker, in a thread of its own: sealing goes on meanwhile."""

import threading
from collections.abc import Callable

import structlog
from django.db import close_old_connections, connection

from citybrain.domains.catalogue.harvest import runs

log = structlog.get_logger(__name__)


class Harvester:
    """The duty: begins a thread when a source is due, and none while one still runs.

    A thread that ends with the process leaves a source without a sign of life, which the
    next process takes up after `runs.SILENT`.
    """

    def __init__(self, work: Callable[[], object] = runs.run_due) -> None:
        self.work = work
        self.thread: threading.Thread | None = None

    def __call__(self) -> bool:
        """Whether a thread was begun."""
        if (self.thread and self.thread.is_alive()) or not runs.due():
            return False
        self.thread = threading.Thread(target=self._run, name="harvest", daemon=True)
        self.thread.start()
        return True

    def _run(self) -> None:
        try:
            self.work()
        except Exception:
            log.exception("harvest failed")
        finally:
            close_old_connections()
            connection.close()
