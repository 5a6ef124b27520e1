"""The tables of the six verbs."""

from citybrain.kernel.models.care import Deadline, Issue
from citybrain.kernel.models.directory import Relation, ResourceVersion
from citybrain.kernel.models.exchange import Agreement, AgreementToken, Consent, Request
from citybrain.kernel.models.ledger import (
    Checkpoint,
    Epoch,
    JournalPosition,
    JournalRecord,
    LedgerHead,
    LedgerRecord,
    LedgerTile,
)
from citybrain.kernel.models.parties import Account, Membership, Party
from citybrain.kernel.models.resources import Offer, Resource, Scenario, SourceClaim
from citybrain.kernel.models.uses import Entry, QuotaCounter, QuotaLease, Use

__all__ = [
    "Account",
    "Agreement",
    "AgreementToken",
    "Checkpoint",
    "Consent",
    "Deadline",
    "Entry",
    "Epoch",
    "Issue",
    "JournalPosition",
    "JournalRecord",
    "LedgerHead",
    "LedgerRecord",
    "LedgerTile",
    "Membership",
    "Offer",
    "Party",
    "QuotaCounter",
    "QuotaLease",
    "Relation",
    "Request",
    "Resource",
    "ResourceVersion",
    "Scenario",
    "SourceClaim",
    "Use",
]
