"""A labelling project, its guideline, who was invited, what was imported, what came out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Party, Resource
from citybrain.kernel.models.base import Registered


class Project(Registered):
    """What is labelled how. `labels`: see `logic/labels.py`; the type and labels never change
    once tasks are annotated, so that all annotations of a project mean the same."""

    urn_type = "labelling-project"

    class Type(models.TextChoices):
        CLASSIFICATION = "classification", _("Text classification")
        SPANS = "spans", _("Spans in a text")
        PAIRS = "pairs", _("Pairs")
        BOXES = "boxes", _("Boxes on pictures")

    class State(models.TextChoices):
        OPEN = "open", _("Being labelled")
        FINISHED = "finished", _("Finished")

    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="labelling_projects")
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=200)
    type = models.CharField(_("type of labels"), max_length=14, choices=Type)
    several = models.BooleanField(_("several labels for one text"), default=False)
    labels = models.JSONField(_("labels"), default=list)
    annotators = models.PositiveSmallIntegerField(_("annotators for each task"), default=2)
    hold_minutes = models.PositiveSmallIntegerField(_("minutes a task is kept"), default=30)
    guideline_number = models.PositiveIntegerField(_("guideline version"), default=1)
    source_urn = models.CharField(_("resource the tasks are from"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title_zh


class Guideline(Registered):
    """One version of the text that says how to label; never changed, only followed by the next."""

    urn_type = "labelling-guideline"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="guidelines")
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("guideline"))

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_guideline_per_number")
        ]


class Invitation(Registered):
    """Another party whose people annotate in a project."""

    urn_type = "labelling-invitation"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="invitations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="labelling_invitations")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "party"], name="one_invitation_per_party")
        ]


class Batch(Registered):
    """One import. `digest` is the SHA-256 over the canonical lines of its tasks in their order,
    so the ledger vouches for every task by one record."""

    urn_type = "labelling-batch"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(_("file"), max_length=200)
    form = models.CharField(_("format"), max_length=12)
    tasks_count = models.PositiveIntegerField(_("tasks"), default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]


class Picture(models.Model):
    """A picture of a project. The file's name is its SHA-256, so it needs no seal of its own."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="one_picture_per_digest")
        ]


class Release(Registered):
    """A dataset version that was made of a project's settled tasks."""

    urn_type = "labelling-release"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(_("version"))
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    folder = models.CharField(max_length=200)
    digest = models.CharField(_("digest of the manifest"), max_length=64)
    items = models.PositiveIntegerField(_("items"))

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_release_per_number")
        ]
