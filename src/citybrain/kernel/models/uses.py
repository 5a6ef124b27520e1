"""What was used and what follows from it: uses, entries, quotas and their leases."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models.base import Registered
from citybrain.kernel.models.exchange import Agreement
from citybrain.kernel.models.parties import Party
from citybrain.kernel.models.resources import Resource


class Use(models.Model):
    """One call through the gateway, as the journal recorded it and the ledger sealed it.

    `journal` and `sequence` name the journal record, so that none is taken twice.
    `epsilon` is privacy loss in millionths.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    journal = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    ledger_index = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="uses"
    )
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="uses")
    consumer = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="uses")
    outcome = models.CharField(max_length=8, choices=Outcome)
    status = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    operand = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    scenario = models.CharField(max_length=60, blank=True)
    units = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    epsilon = models.BigIntegerField(default=0)
    duration_us = models.BigIntegerField(default=0)
    request_id = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-ledger_index"]
        constraints = [
            models.UniqueConstraint(fields=["journal", "sequence"], name="one_use_per_record")
        ]
        indexes = [
            models.Index(fields=["agreement", "-at"], name="use_by_agreement"),
            models.Index(fields=["resource", "-at"], name="use_by_resource"),
            models.Index(fields=["consumer", "-at"], name="use_by_consumer"),
        ]


class Entry(Registered):
    """Money that follows: savings, fees, payments. Amounts are integer fen (分)."""

    urn_type = "entry"

    class Type(models.TextChoices):
        SAVING = "saving", _("Saving by sharing")
        FEE = "fee", _("Fee for use")
        PAYMENT = "payment", _("Payment")

    type = models.CharField(_("type"), max_length=8, choices=Type, db_index=True)
    key = models.CharField(max_length=120, unique=True)
    """What the entry is for; a second entry for the same thing is refused."""
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="entries")
    counterparty = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="counter_entries", null=True
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="entries", null=True
    )
    day = models.DateField(_("day"), db_index=True)
    amount_fen = models.BigIntegerField(_("amount, fen"))
    units = models.BigIntegerField(_("units"), default=0)
    basis = models.JSONField(_("basis"), default=dict)

    class Meta:
        ordering = ["-day", "-id"]


class QuotaCounter(models.Model):
    """How much of a quota has been handed out to the gateways: never above `limit`."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="counters")
    operand = models.CharField(max_length=40)
    metric = models.CharField(max_length=12)
    window = models.CharField(max_length=24)
    limit = models.BigIntegerField()
    leased = models.BigIntegerField(default=0)
    wanted_at = models.DateTimeField(null=True)
    """A gateway found nothing left; those that hold idle units give them back."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "operand", "metric", "window"], name="one_counter_per_window"
            ),
            models.CheckConstraint(
                condition=models.Q(leased__lte=models.F("limit")) & models.Q(leased__gte=0),
                name="never_more_than_the_limit",
            ),
        ]


class QuotaLease(models.Model):
    """What one gateway holds of a counter: granted to it and not yet returned.

    After a crash `granted` minus what the holder's journal spent goes back to the counter.
    """

    counter = models.ForeignKey(QuotaCounter, on_delete=models.CASCADE, related_name="leases")
    holder = models.CharField(max_length=80, db_index=True)
    granted = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["counter", "holder"], name="one_lease_per_holder")
        ]
