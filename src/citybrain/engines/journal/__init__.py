"""The append-only journal: what is acknowledged from it is on disk.

One directory has one writer. See `format` for the bytes, `recovery` for what opening
mends and what it refuses, `mark` for how readers know what is committed.
"""

from citybrain.engines.journal.check import Damage, discard, verify
from citybrain.engines.journal.errors import (
    JournalBusy,
    JournalClosed,
    JournalDamaged,
    JournalFailed,
)
from citybrain.engines.journal.format import journal_id
from citybrain.engines.journal.journal import Journal
from citybrain.engines.journal.reader import Reader, read
from citybrain.engines.journal.recovery import Recovery
from citybrain.engines.journal.slots import claim_slot, slots

__all__ = [
    "Damage",
    "Journal",
    "JournalBusy",
    "JournalClosed",
    "JournalDamaged",
    "JournalFailed",
    "Reader",
    "Recovery",
    "claim_slot",
    "discard",
    "journal_id",
    "read",
    "slots",
    "verify",
]
