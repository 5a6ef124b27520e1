"""The sealer: puts waiting records and journal records into the ledger tree, in batches.

One batch is one transaction: leaves, tiles, uses, journal positions and the signed
checkpoint commit together, so that after a crash a record is either sealed once or
still waiting. The row of `LedgerHead` is the lock; several sealers may run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from citybrain.engines.ledger import checkpoint as notes
from citybrain.engines.ledger import tree
from citybrain.engines.ledger.proofs import leaf_hash
from citybrain.kernel import clock, signing
from citybrain.kernel.journals import JournalRow, waiting_rows
from citybrain.kernel.models import (
    Agreement,
    Checkpoint,
    JournalPosition,
    LedgerHead,
    LedgerRecord,
    Party,
    Resource,
    Use,
)
from citybrain.kernel.tiles import DatabaseTiles
from citybrain.kernel.use_records import UseRecord, decode

BATCH = 1000
"""Records a batch at most (of each source): the ledger's throughput levels off there."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one batch sealed."""

    actions: int = 0
    uses: int = 0
    size: int = 0

    @property
    def total(self) -> int:
        """Records of both sources."""
        return self.actions + self.uses


def seal_once() -> Sealed:
    """Seal at most one batch. Returns what was sealed; nothing waiting is not an error."""
    rows = list(waiting_rows(BATCH))
    if not rows and not LedgerRecord.objects.filter(index=None).exists():
        return Sealed()
    with transaction.atomic():
        LedgerHead.objects.get_or_create(pk=1)
        head = LedgerHead.objects.select_for_update().get(pk=1)
        actions = list(LedgerRecord.objects.filter(index=None).order_by("id")[:BATCH])
        rows = list(_not_sealed_meanwhile(rows))
        if not actions and not rows:
            return Sealed(size=head.size)
        return _seal(head, actions, rows)


def seal_all() -> Sealed:
    """Seal until nothing waits."""
    actions = uses = size = 0
    while (batch := seal_once()).total:
        actions, uses, size = actions + batch.actions, uses + batch.uses, batch.size
    return Sealed(actions, uses, size)


def _not_sealed_meanwhile(rows: list[JournalRow]) -> Iterator[JournalRow]:
    """Under the lock: leave out what another sealer took since the rows were read."""
    names = {row.journal for row in rows}
    positions = dict(
        JournalPosition.objects.filter(journal__in=names).values_list("journal", "sequence")
    )
    return (row for row in rows if row.sequence > positions.get(row.journal, 0))


def _seal(head: LedgerHead, actions: list[LedgerRecord], rows: list[JournalRow]) -> Sealed:
    digest = signing.digest()
    leaves = [leaf_hash(digest, record.body.encode()) for record in actions]
    leaves += [leaf_hash(digest, row.payload) for row in rows]
    first = head.size
    size, root = tree.append(DatabaseTiles(), first, leaves, digest)
    for offset, record in enumerate(actions):
        record.index, record.leaf = first + offset, leaves[offset].hex()
    LedgerRecord.objects.bulk_update(actions, ["index", "leaf"], batch_size=250)
    _take_uses(rows, first + len(actions), leaves[len(actions) :])
    head.size, head.root = size, root.hex()
    head.save()
    _sign(size, root)
    return Sealed(len(actions), len(rows), size)


def _take_uses(rows: list[JournalRow], first: int, leaves: list[bytes]) -> None:
    records, uses = [], []
    last: dict[str, int] = {}
    decoded = [decode(row.payload) for row in rows]
    known = Known.of(decoded)
    for offset, (row, use, leaf) in enumerate(zip(rows, decoded, leaves, strict=True)):
        at = datetime.fromtimestamp(use.at / 1_000_000, UTC)
        records.append(
            LedgerRecord(
                index=first + offset,
                verb="use",
                subject=f"urn:citybrain:use:{use.request_id}"[:80],
                at=at,
                body=row.payload.decode(),
                leaf=leaf.hex(),
            )
        )
        uses.append(_use_row(row, use, known, at, first + offset))
        last[row.journal] = max(row.sequence, last.get(row.journal, 0))
    LedgerRecord.objects.bulk_create(records, batch_size=500)
    Use.objects.bulk_create(uses, batch_size=250)
    for journal, sequence in last.items():
        JournalPosition.objects.update_or_create(journal=journal, defaults={"sequence": sequence})


@dataclass(frozen=True, slots=True)
class Known:
    """The keys of a batch that exist here.

    After a restore the journal may speak of an agreement that the restored database has
    never seen; its use is sealed all the same, without the reference.
    """

    agreements: frozenset[int]
    resources: frozenset[int]
    parties: frozenset[int]

    @classmethod
    def of(cls, uses: list[UseRecord]) -> "Known":
        """Look all keys of the batch up at once."""
        return cls(
            _existing(Agreement, {use.agreement for use in uses}),
            _existing(Resource, {use.resource for use in uses}),
            _existing(Party, {use.consumer for use in uses}),
        )


def _existing(model: type[Model], keys: set[int]) -> frozenset[int]:
    return frozenset(model._default_manager.filter(pk__in=keys - {0}).values_list("pk", flat=True))


def _use_row(row: JournalRow, use: UseRecord, known: Known, at: datetime, index: int) -> Use:
    return Use(
        journal=row.journal,
        sequence=row.sequence,
        ledger_index=index,
        at=at,
        agreement_id=use.agreement if use.agreement in known.agreements else None,
        resource_id=use.resource if use.resource in known.resources else None,
        consumer_id=use.consumer if use.consumer in known.parties else None,
        outcome=use.outcome,
        status=use.status,
        reason=use.reason,
        operand=use.operand,
        purpose=use.purpose,
        scenario=use.scenario,
        units=use.units,
        rows=use.rows,
        bytes=use.bytes,
        epsilon=use.epsilon,
        duration_us=use.duration_us,
        request_id=use.request_id,
        subject=use.subject,
    )


def _sign(size: int, root: bytes) -> None:
    text = notes.sign_checkpoint(
        settings.CITYBRAIN.ledger_origin, size, root, [signing.signer("ledger")]
    )
    Checkpoint.objects.create(size=size, root=root.hex(), at=clock.now(), text=text)
