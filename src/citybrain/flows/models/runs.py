"""Runs of packs: where each stands, what each step came to, what left it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.flows.models.packs import PackVersion
from citybrain.kernel.models import Party
from citybrain.kernel.models.base import Registered

CACHES = frozenset(
    {"id", "state", "step", "seq", "data", "due_at", "leased_until", "attempts", "problem"}
)


class Run(Registered):
    """One case on its way through a pack.

    Where it stands (`CACHES`) follows from its sealed step outcomes, so the ledger vouches for
    those and for the run's beginning and end. `data` are the fields by name.
    """

    urn_type = "run"
    unsealed = CACHES

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        ASKING = "asking", _("Waiting for answers")
        USING = "using", _("Using a resource")
        HUMAN = "human", _("With a person")
        WAITING = "waiting", _("Waiting")
        EACH = "each", _("Parts under way")
        STUCK = "stuck", _("Stopped, needs a look")
        ENDED = "ended", _("Concluded")
        CANCELLED = "cancelled", _("Withdrawn")

    number = models.CharField(_("number"), max_length=30, unique=True)
    pack = models.ForeignKey(PackVersion, on_delete=models.PROTECT, related_name="runs")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="runs")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="parts", null=True, blank=True
    )
    place = models.PositiveSmallIntegerField(default=0)
    """Which element of an `each` it is, from 0."""
    result = models.CharField(_("result"), max_length=40, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    state = models.CharField(
        _("status"), max_length=9, choices=State, default=State.RUNNING, db_index=True
    )
    step = models.CharField(_("step"), max_length=40)
    seq = models.PositiveIntegerField(default=0)
    """Outcomes so far."""
    data = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True, blank=True)
    """When the worker goes on with it; None while it waits for a person or an event."""
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="run_by_due"),
            models.Index(fields=["party", "state", "-id"], name="run_by_party"),
        ]

    def __str__(self) -> str:
        return self.number


class StepOutcome(Registered):
    """What a step came to: stored before the next begins, never changed.

    `sets` are the fields that it gave, `next` the step that follows ("" at the end), `by` the
    account that did it ("system" for the platform).
    """

    urn_type = "step"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="outcomes")
    seq = models.PositiveIntegerField()
    step = models.CharField(_("step"), max_length=40)
    do = models.CharField(_("kind"), max_length=8)
    sets = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    next = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=40, default="system")

    class Meta:
        ordering = ["run", "seq"]
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_outcome_per_place")]


class Waiver(Registered):
    """A paper that was not asked for 减免材料, with the method and what stood for it."""

    urn_type = "waiver"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="waivers")
    material = models.CharField(_("paper"), max_length=40)
    method = models.CharField(_("method"), max_length=16)
    source = models.CharField(_("source"), max_length=40, blank=True)
    request_id = models.CharField(_("use"), max_length=64, blank=True)

    class Meta:
        ordering = ["run", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "material"], name="one_waiver_per_paper")
        ]


class Paper(Registered):
    """A decision or letter that a run issued."""

    urn_type = "paper"

    key = models.CharField(max_length=60, unique=True)
    """Run and place of the outcome: a step issues its paper once."""
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="papers")
    document = models.CharField(max_length=40)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=240)
    body_zh = models.TextField(_("text (Chinese)"))
    body_en = models.TextField(_("text (English)"))

    class Meta:
        ordering = ["run", "id"]


class Message(Registered):
    """A message that waits in the outbox or has left it.

    The ledger vouches for what is sent to whom; how far the delivery is, is a cache.
    """

    urn_type = "message"
    unsealed = frozenset({"id", "state", "attempts", "due_at", "sent_at", "fault"})

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=60, unique=True)
    """Run and place of the outcome: a step sends its message once."""
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(_("channel"), max_length=8)
    to = models.CharField(_("to"), max_length=200)
    subject = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("status"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
