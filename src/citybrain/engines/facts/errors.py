"""What can go wrong with a store of readings."""

from citybrain.engines.journal import JournalBusy, JournalDamaged, JournalFailed

StoreBusy = JournalBusy
"""Another process writes to this store."""
StoreFailed = JournalFailed
"""The disk refused; the batch was not acknowledged and nothing of it is kept."""


class StoreDamaged(RuntimeError):  # noqa: N818 - says what is the case
    """A file of the store is changed, torn or gone; `name` says which, `reason` how."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class StoreLags(RuntimeError):  # noqa: N818 - says what is the case
    """More waits for the disk than may; nothing was taken, so try again in a moment."""


class BadReadings(ValueError):  # noqa: N818 - says what is the case
    """Columns that cannot be kept: the text says which and why; nothing was taken."""


class QueryRefused(ValueError):  # noqa: N818 - says what is the case
    """A question that is not answered: not read-only, too large, too long or malformed."""


__all__ = [
    "BadReadings",
    "JournalDamaged",
    "QueryRefused",
    "StoreBusy",
    "StoreDamaged",
    "StoreFailed",
    "StoreLags",
]
