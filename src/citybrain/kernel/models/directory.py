"""What a resource was at each version, and how resources come from one another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.engines.refs import LENGTH, new_ref
from citybrain.kernel import clock
from citybrain.kernel.models.base import Registered, Sealed
from citybrain.kernel.models.parties import Party
from citybrain.kernel.models.resources import Resource


class ResourceVersion(Sealed):
    """A resource as it was described at one of its versions. Written once, never changed."""

    urn_type = "resource-version"

    ref = models.CharField(max_length=LENGTH, unique=True, default=new_ref, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(default=clock.now)
    verb = models.CharField(max_length=40)
    """What made this version; `resource.found` when it was there before versions were kept."""
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.CharField(max_length=LENGTH, blank=True)
    reasons = models.TextField(blank=True)
    snapshot = models.JSONField(_("description"))

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="resource_version_once")
        ]


class Relation(Registered):
    """血缘: how one resource came from, belongs to or takes the place of another."""

    urn_type = "relation"

    class Type(models.TextChoices):
        DERIVED = "derived-from", _("Derived from")
        PART = "part-of", _("Part of")
        REPLACES = "replaces", _("Replaces")

    source = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="relations_out")
    """The resource that the statement is about: it is derived, part, or takes the place."""
    target = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="relations_in")
    type = models.CharField(_("type"), max_length=14, choices=Type)
    note = models.CharField(_("note"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "type"],
                condition=models.Q(ended_at=None),
                name="relation_stated_once",
            )
        ]
