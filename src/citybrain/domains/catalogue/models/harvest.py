"""Tables of the catalogue: which other catalogues are harvested, and what came of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel import clock
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.models.base import Registered


class HarvestSource(Registered):
    """Another catalogue whose entries an office takes in."""

    urn_type = "harvest-source"
    unsealed = frozenset({"id", "asked_at", "beat_at", "memory"})
    added = frozenset({"dropped_at"})

    class Type(models.TextChoices):
        CKAN = "ckan", _("CKAN's API")
        DCAT = "dcat", _("DCAT")

    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="harvest_sources")
    title = models.CharField(_("title"), max_length=200)
    type = models.CharField(_("type"), max_length=4, choices=Type)
    url = models.CharField(_("address"), max_length=500)
    every_hours = models.PositiveIntegerField(
        _("hours between runs"), validators=[MinValueValidator(1), MaxValueValidator(8784)]
    )
    prefix = models.CharField(_("prefix of codes"), max_length=20, blank=True)
    update_cycle = models.CharField(
        _("update cycle"), max_length=12, choices=Resource.UpdateCycle, blank=True
    )
    publish = models.BooleanField(_("publish"), default=False)
    private_network = models.BooleanField(_("private network"), default=False)
    active = models.BooleanField(_("active"), default=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    """Somebody wants a run before it is due; None once it has begun."""
    beat_at = models.DateTimeField(null=True, blank=True)
    """Last sign of the run that is going on; None when there is none."""
    memory = models.JSONField(default=dict, blank=True)
    """What the peer said of itself at the last run, so that only changes are asked for."""

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class HarvestRun(models.Model):
    """One attempt, and its report. `refused` names entries and why, 1,000 at most."""

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(HarvestSource, on_delete=models.PROTECT, related_name="runs")
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    detail = models.CharField(_("detail"), max_length=400, blank=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]


class HarvestEntry(models.Model):
    """What of a source became which resource; `digest` tells whether it has changed since."""

    source = models.ForeignKey(HarvestSource, on_delete=models.PROTECT, related_name="entries")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=64, blank=True, default="")
    """Digest of the address of the page that it stood on, where the peer has pages."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_entry_per_source_and_key")
        ]
