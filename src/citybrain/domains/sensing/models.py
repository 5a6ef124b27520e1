"""Tables of sensing: streams and their classes, device tokens, what was put aside.

The readings themselves lie in `engines.facts`, known there by `Stream.number`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citybrain.engines.facts import MOST_STREAM
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.models.base import Registered

__all__ = ["MOST_STREAM", "DeviceToken", "Quarantined", "Stream", "StreamClass", "StreamGroup"]


class StreamClass(Registered):
    """What many streams have in common: what is observed, in which unit, and the checks.

    `minimum`, `maximum`: outside of it a reading is put aside. `step`: so is one that
    differs by more from the one before. `stuck`: after so many equal readings in a row
    they are marked as suspect. Empty: not checked.
    """

    urn_type = "stream-class"

    code = models.SlugField(_("code"), max_length=40, unique=True)
    number = models.PositiveSmallIntegerField(unique=True, editable=False)
    """The retention class in the store."""
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80)
    observed_property = models.CharField(_("observed property"), max_length=200)
    unit = models.CharField(_("unit (UCUM)"), max_length=40)
    decimals = models.SmallIntegerField(_("decimal places kept"), default=1)
    """-1: every bit of a floating-point number."""
    interval_seconds = models.PositiveIntegerField(_("expected interval, seconds"))
    minimum = models.FloatField(_("least"), null=True, blank=True)
    maximum = models.FloatField(_("greatest"), null=True, blank=True)
    step = models.FloatField(_("greatest step"), null=True, blank=True)
    stuck = models.PositiveIntegerField(_("equal readings before it counts as stuck"), null=True)
    skew_seconds = models.PositiveIntegerField(_("tolerated clock skew, seconds"), default=300)
    retention_days = models.PositiveIntegerField(_("kept for days"), null=True, blank=True)
    """None: for ever."""

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


class StreamGroup(models.Model):
    """Streams that share segments: those of a class in a district."""

    district = models.CharField(max_length=6, blank=True)
    stream_class = models.ForeignKey(StreamClass, on_delete=models.PROTECT, related_name="groups")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "stream_class"], name="one_group_per_district_and_class"
            )
        ]


class Stream(Registered):
    """One sensor's series of readings (a Datastream of the SensorThings standard)."""

    urn_type = "stream"
    unsealed = frozenset({"id", "epoch"})

    number = models.PositiveIntegerField(_("number"), unique=True)
    code = models.CharField(_("code"), max_length=60, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=160, blank=True)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="streams")
    stream_class = models.ForeignKey(StreamClass, on_delete=models.PROTECT, related_name="streams")
    group = models.ForeignKey(StreamGroup, on_delete=models.PROTECT, related_name="streams")
    resource = models.ForeignKey(
        Resource, on_delete=models.PROTECT, null=True, blank=True, related_name="streams"
    )
    """The resource of kind `stream` that it can be requested as, alone or with others."""
    district = models.CharField(_("district"), max_length=6, blank=True, db_index=True)
    longitude = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    latitude = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    invented = models.BooleanField(_("invented"), default=False)
    epoch = models.BigIntegerField(default=0, editable=False, db_index=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["owner", "number"], name="stream_by_owner")]

    def __str__(self) -> str:
        return self.name_zh


class DeviceToken(Registered):
    """What a device or gateway shows when it sends readings: only its SHA-256 is kept."""

    urn_type = "device-token"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="device_tokens")
    scope = models.JSONField(_("classes"), default=list)
    """Codes of the classes whose streams it may write; empty: all of the party's."""
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("label"), max_length=80)
    hint = models.CharField(_("last characters"), max_length=4)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.label


class Quarantined(Registered):
    """Readings of one batch that were put aside for one reason; their columns are kept whole.

    `columns` is an Arrow IPC stream (zstd) of stream, code, time, result, quality, sequence.
    """

    urn_type = "quarantined"
    unsealed = frozenset({"id", "columns"})

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("quarantine", "Waiting")
        RELEASED = "released", _("Released")
        DISCARDED = "discarded", _("Not taken")

    class Reason(models.TextChoices):
        UNKNOWN = "unknown-stream", _("Unknown stream")
        FOREIGN = "foreign-stream", _("Not this sender's stream")
        INACTIVE = "inactive-stream", _("Stream not in use")
        NOT_FINITE = "not-finite", _("Not a number")
        TIME = "bad-time", _("Time out of range")
        SKEW = "clock-skew", _("Clock ahead")
        RANGE = "out-of-range", _("Out of range")
        STEP = "step", _("Step too large")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(_("source"), max_length=120)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, db_index=True)
    count = models.PositiveIntegerField(_("readings"))
    streams = models.CharField(_("streams"), max_length=200, blank=True)
    first_time = models.BigIntegerField(null=True)
    last_time = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, editable=False)
    columns = models.BinaryField()
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.WAITING, db_index=True
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    accepted = models.PositiveIntegerField(_("taken in"), default=0)

    class Meta:
        ordering = ["-id"]
