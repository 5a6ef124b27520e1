"""What proves all of it: ledger records, the tiles of their tree, signed checkpoints."""

from django.db import models


class LedgerRecord(models.Model):
    """One leaf of the ledger tree, or one that waits for the sealer (`index` is null).

    `body` is canonical JSON and `leaf` the hex hash of it as a leaf.
    """

    index = models.BigIntegerField(unique=True, null=True)
    verb = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField()
    body = models.TextField()
    leaf = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], name="ledger_waiting", condition=models.Q(index__isnull=True)
            )
        ]


class LedgerTile(models.Model):
    """Up to 256 hashes of one level of the tree (C2SP tlog-tiles)."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="one_tile_per_place")
        ]


class LedgerHead(models.Model):
    """The size and root of the tree; the row is the sealers' lock."""

    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)


class Checkpoint(models.Model):
    """A signed statement of size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["-size"]


class JournalPosition(models.Model):
    """How far the sealer has taken the records of one journal."""

    journal = models.CharField(max_length=40, unique=True)
    sequence = models.BigIntegerField(default=0)


class Epoch(models.Model):
    """One counter that rises with every change the gateways must hear of.

    Its row is locked until the change commits, so epochs are in the order of commits
    and a gateway that asks for "all above n" misses none.
    """

    value = models.BigIntegerField(default=0)


class JournalRecord(models.Model):
    """A use committed to the database instead of a file (`CITYBRAIN_JOURNAL=postgres`)."""

    journal = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    payload = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "sequence"], name="one_payload_per_sequence")
        ]
