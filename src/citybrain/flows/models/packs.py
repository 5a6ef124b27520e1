"""Packs by version, and the agreements under which they use resources."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Agreement, Party, Scenario
from citybrain.kernel.models.base import Registered


class PackVersion(Registered):
    """One version of a scenario pack 场景包: its files as they were, known by their digest.

    `files` is name → text. Runs point to the version that they began with, so that a new one
    does not change them.
    """

    urn_type = "pack"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("In use")
        RETIRED = "retired", _("Replaced")

    code = models.SlugField(_("code"), max_length=60, db_index=True)
    number = models.PositiveIntegerField(_("number"))
    label = models.CharField(_("version"), max_length=20)
    digest = models.CharField(_("digest"), max_length=64)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="packs")
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="packs", null=True, blank=True
    )
    title_zh = models.CharField(_("title (Chinese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20)
    state = models.CharField(
        _("status"), max_length=8, choices=State, default=State.DRAFT, db_index=True
    )
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    files = models.JSONField(_("files"))
    activated_at = models.DateTimeField(_("in use since"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["code", "digest"], name="one_version_per_digest"),
            models.UniqueConstraint(fields=["code", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(state="active"),
                name="one_active_version_per_pack",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class Binding(Registered):
    """Under which agreement a pack uses a resource that it names.

    `token` is encrypted with a key of the installation, which is not in the database.
    """

    urn_type = "binding"

    code = models.SlugField(_("pack"), max_length=60, db_index=True)
    name = models.SlugField(_("name in the pack"), max_length=40)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="bindings")
    token = models.TextField(editable=False)

    class Meta:
        ordering = ["code", "name"]
        constraints = [
            models.UniqueConstraint(fields=["code", "name"], name="one_agreement_per_name")
        ]
