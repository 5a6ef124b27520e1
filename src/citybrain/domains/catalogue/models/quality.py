"""Tables of the quality of data: profiles, checks that people write, proposals of grades."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Issue, Party, Resource
from citybrain.kernel.models.base import Registered


class Profile(Registered):
    """One look at a table: one version of the resource and one content of its source.

    `overall` and the scores in `scores` are hundredths of a percent, null when not measured.
    `columns`, `checks`, `found` are lists of plain objects (see `quality/profiling.py`).
    """

    urn_type = "profile"
    unsealed = frozenset({"id", "progress", "beat_at"})

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="profiles")
    resource_version = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    source_mark = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    content_at = models.DateTimeField(_("content as of"), null=True, blank=True)
    due_on = models.DateField(_("next update due on"), null=True, blank=True)
    late_days = models.IntegerField(_("days late"), null=True, blank=True)
    rows = models.BigIntegerField(_("rows"), null=True, blank=True)
    overall = models.PositiveIntegerField(_("score"), null=True, blank=True)
    scores = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    found = models.JSONField(default=list)
    reason_zh = models.CharField(max_length=500, blank=True)
    reason_en = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["resource", "state", "-id"], name="profile_of_resource"),
            models.Index(fields=["state", "id"], name="profile_by_state"),
        ]


class QualityStanding(models.Model):
    """The newest finished profile of each resource, so that a city-wide list is one query.

    A cache of what the profiles say; the ledger vouches for these.
    """

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="standing")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    overall = models.PositiveIntegerField(null=True)
    failed_checks = models.PositiveIntegerField(default=0)
    worst_zh = models.CharField(max_length=300, blank=True)
    worst_en = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="standing_by_due")]


class Expectation(Registered):
    """A check that people write about a column or the table (expect)."""

    urn_type = "expectation"

    class Rule(models.TextChoices):
        NOT_NULL = "not_null", _("is filled in")
        UNIQUE = "unique", _("is unique")
        IN_LIST = "in_list", _("is one of a list")
        BETWEEN = "between", _("lies between two values")
        MATCHES = "matches", _("matches a pattern")
        REFERS_TO = "refers_to", _("stands in another resource's column")
        FRESHNESS = "freshness", _("is recent enough")
        ROW_COUNT = "row_count", _("has so many rows")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="expectations")
    rule = models.CharField(_("check"), max_length=12, choices=Rule)
    column = models.CharField(_("column"), max_length=64, blank=True)
    values = models.JSONField(_("values"), default=dict)
    note = models.CharField(_("why"), max_length=300, blank=True)
    active = models.BooleanField(default=True)
    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        ordering = ["id"]


class GradeProposal(Registered):
    """What looking at the content says about protection: of a column, or of the resource.

    `column` is empty for the resource. `confidence` and `share` are percentages.
    """

    urn_type = "grade-proposal"

    class State(models.TextChoices):
        OPEN = "open", _("To be decided")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        OVERTAKEN = "overtaken", _("Overtaken")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="proposals")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="proposals")
    column = models.CharField(_("column"), max_length=64, blank=True)
    kind = models.CharField(_("kind of content"), max_length=20, blank=True)
    grade = models.CharField(_("proposed grade"), max_length=2, choices=Resource.Grade)
    confidence = models.PositiveSmallIntegerField(_("confidence"))
    share = models.PositiveSmallIntegerField(_("share"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["resource", "state"], name="proposal_of_resource")]
