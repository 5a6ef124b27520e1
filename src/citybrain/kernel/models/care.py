"""What is wrong and what is due: the problem list and the clocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from citybrain.kernel.models.base import Registered
from citybrain.kernel.models.exchange import Request
from citybrain.kernel.models.parties import Party
from citybrain.kernel.models.resources import Resource


class Issue(Registered):
    """A problem with a resource or a request: correction (校核), dispute, or finding.

    `state` is one of the states of the process definition named by `process`.
    """

    urn_type = "issue"

    class Type(models.TextChoices):
        CORRECTION = "correction", _("Correction request")
        DISPUTE = "dispute", _("Dispute")

    type = models.CharField(_("type"), max_length=10, choices=Type)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="issues")
    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="issues", null=True, blank=True
    )
    raised_by = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="raised_issues")
    title = models.CharField(_("title"), max_length=200)
    detail = models.TextField(_("what is wrong"))
    pointer = models.JSONField(_("row and field"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=20, db_index=True)
    answer = models.TextField(_("answer"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class Deadline(Registered):
    """A day by which a party must have done a thing, from a rule with source and status."""

    urn_type = "deadline"

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("clock", "Running")
        PAUSED = "paused", _("Paused")
        MET = "met", _("Met")
        CANCELLED = "cancelled", _("Cancelled")

    subject = models.CharField(_("subject"), max_length=80, db_index=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="deadlines")
    rule = models.CharField(_("rule"), max_length=60)
    started_on = models.DateField(_("started on"))
    due_on = models.DateField(_("due on"), db_index=True)
    days = models.PositiveSmallIntegerField(_("days"))
    unit = models.CharField(_("unit"), max_length=16, default="working_day")
    days_left = models.IntegerField(_("days left when paused"), null=True, blank=True)
    provisional = models.BooleanField(_("calendar not yet announced"), default=False)
    calendar = models.CharField(_("calendar version"), max_length=40)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    met_on = models.DateField(_("met on"), null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["state", "due_on"], name="deadline_by_due_day")]
