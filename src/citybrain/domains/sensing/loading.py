"""Taking in many readings at once from this process: files, and the demo's simulator."""

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from citybrain.domains.sensing import files, formats, stores
from citybrain.domains.sensing.intake import Intake, Outcome, columns
from citybrain.domains.sensing.logic.checks import Sender
from citybrain.engines.facts import BadReadings, Facts, StoreBusy
from citybrain.kernel.acting import Acting, authorise

_LOOK_PATIENCE = 2.5


@contextmanager
def _appender() -> Any:
    """The store when nobody has it, else the way to who has."""
    had = stores.writer() is not None
    try:
        found: stores.Appender = stores.open_writer(tend=False)
    except StoreBusy:
        found = stores.appender()
    try:
        yield found
    finally:
        if not had:
            stores.close_writer()


def _accepted(
    intake: Intake, appender: Any, one: formats.Columns, sender: Sender, source: str
) -> Outcome:
    incoming = columns(intake.registry, one)
    try:
        return intake.accept_blocking(appender, incoming, sender, source)
    except BadReadings:
        # The process that writes looks for new streams every second: it may not know them yet.
        if isinstance(appender, Facts):
            raise
        time.sleep(_LOOK_PATIENCE)
        return intake.accept_blocking(appender, incoming, sender, source)


def load_file(acting: Acting, path: Path) -> Outcome:
    """Take a file in for streams of one's own party. Raises `BadReadings`; what came before
    the fault is kept, and recognised when the mended file is taken in."""
    return load(acting, files.batches(path), f"file:{path.name}")


def load(acting: Acting, batches: Iterable[formats.Columns], source: str) -> Outcome:
    """Take batches of columns in for streams of one's own party."""
    authorise(acting, "stream.manage", acting.party)
    intake, sender = Intake(), Sender(acting.party.pk)
    total, reasons = Outcome(0, 0, 0), Counter[str]()
    with _appender() as appender:
        intake.refresh(appender if isinstance(appender, Facts) else None)
        for one in batches:
            done = _accepted(intake, appender, one, sender, source)
            total.accepted += done.accepted
            total.repeated += done.repeated
            total.quarantined += done.quarantined
            reasons.update(done.reasons)
    total.reasons = dict(reasons)
    return total
