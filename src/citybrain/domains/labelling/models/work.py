"""Tasks, who holds them, what annotators said, what the reviewer settled."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.domains.labelling.models.projects import Batch, Project
from citybrain.engines.refs import LENGTH, new_ref
from citybrain.kernel.models import Party
from citybrain.kernel.models.base import Registered


class Task(models.Model):
    """One thing to label. The data are vouched for by the digest of the batch; `taken` and
    `state` are reckoned from annotations, which are sealed each."""

    class State(models.TextChoices):
        OPEN = "open", _("To be labelled")
        DISPUTED = "disputed", _("Annotators disagree")
        SKIPPED = "skipped", _("Skipped by its annotators")
        AGREED = "agreed", _("Annotators agree")
        SETTLED = "settled", _("Settled by a reviewer")

    ref = models.CharField(max_length=LENGTH, unique=True, default=new_ref, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tasks")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="tasks")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    """SHA-256 of the canonical data: the same task is not taken twice, and has one split."""
    data = models.JSONField()
    predictions = models.JSONField(default=list)
    taken = models.PositiveSmallIntegerField(default=0)
    """Annotations and running holds: what is left to give out is the project's number less it."""
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "key"], name="one_task_per_content"),
            models.UniqueConstraint(fields=["project", "position"], name="one_task_per_position"),
        ]
        indexes = [
            models.Index(fields=["project", "state", "position"], name="labelling_task_queue"),
        ]


class Hold(models.Model):
    """A task given to an annotator until `until`. What was handed in is an `Annotation`."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="holds")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="holds")
    account = models.CharField(max_length=80)
    until = models.DateTimeField()
    running = models.BooleanField(default=True)
    """Whether it counts in the task's `taken`."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "account"], name="one_hold_per_annotator")
        ]
        indexes = [
            models.Index(fields=["project", "running", "until"], name="labelling_hold_by_end")
        ]


class Annotation(Registered):
    """What one annotator said about one task, or why he skipped it."""

    urn_type = "labelling-annotation"

    class Origin(models.TextChoices):
        SUBMITTED = "submitted", _("in the browser or by the API")
        IMPORTED = "imported", _("imported")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="annotations")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="annotations")
    account = models.CharField(_("annotator"), max_length=80)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    guideline_number = models.PositiveIntegerField(_("guideline version"))
    result = models.JSONField(_("result"), default=dict)
    skipped = models.CharField(_("reason for skipping"), max_length=400, blank=True)
    seconds = models.PositiveIntegerField(_("seconds spent"), default=0)
    client_id = models.CharField(max_length=64)
    origin = models.CharField(max_length=9, choices=Origin, default=Origin.SUBMITTED)
    changed_at = models.DateTimeField(_("handed in"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "account"], name="one_annotation_each"),
            models.UniqueConstraint(fields=["account", "client_id"], name="one_annotation_per_id"),
        ]
        indexes = [
            models.Index(fields=["project", "account", "-changed_at"], name="labelling_own_work")
        ]


class Verdict(Registered):
    """What a reviewer settled where annotators disagreed or skipped."""

    urn_type = "labelling-verdict"

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="verdict")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="verdicts")
    account = models.CharField(_("reviewer"), max_length=80)
    guideline_number = models.PositiveIntegerField(_("guideline version"))
    result = models.JSONField(_("result"), default=dict)
    dropped = models.BooleanField(_("left out"), default=False)
    reasons = models.TextField(_("reasons"), blank=True)

    class Meta:
        ordering = ["id"]
