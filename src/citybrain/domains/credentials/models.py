"""Tables of the electronic licences.

Nothing here holds a holder's number in clear text: it is a keyed digest to be found by, and
a masked form to be recognised by. The licence's claims are encrypted, because the office
that issued them hands them out again when the holder takes a new telephone.
"""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.domains.credentials.logic import secrecy
from citybrain.kernel import clock
from citybrain.kernel.models import Party
from citybrain.kernel.models.base import Registered


class LicenceType(Registered):
    """证照类型, described by the metadata of GB/T 36903: what it is, who issues it, its claims."""

    urn_type = "licence-type"

    class Holder(models.TextChoices):
        PERSON = "person", _("Person")
        ENTERPRISE = "enterprise", _("Enterprise")

    code = models.CharField(_("type code"), max_length=21, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=160)
    office = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="licence_types")
    issuer_code = models.CharField(_("credit code of the issuing office"), max_length=18)
    holder_kind = models.CharField(_("kind of holder"), max_length=12, choices=Holder)
    months = models.PositiveSmallIntegerField(_("validity in months"), default=0)
    """0: for as long as it is not revoked."""
    claims = models.JSONField(_("claims"), default=list)
    vct = models.CharField(max_length=120, unique=True)
    last_serial = models.PositiveIntegerField(default=0, editable=False)
    unsealed = frozenset({"id", "last_serial"})

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_zh


class StatusRoll(models.Model):
    """Bookkeeping of one status list: how large, how many places are taken, how often changed.

    The states themselves are the licences'; this row is a counter and locks the list.
    """

    number = models.PositiveIntegerField(unique=True)
    size = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Licence(Registered):
    """电子证照: one licence of one holder."""

    urn_type = "licence"

    class State(models.TextChoices):
        VALID = "valid", _("In force")
        SUSPENDED = "suspended", _("Suspended")
        REVOKED = "revoked", _("Revoked")
        REPLACED = "replaced", _("Replaced")

    type = models.ForeignKey(LicenceType, on_delete=models.PROTECT, related_name="licences")
    identifier = models.CharField(_("licence identifier"), max_length=140, unique=True)
    serial = models.CharField(max_length=64)
    edition = models.PositiveSmallIntegerField(default=1)
    holder_name = models.CharField(_("holder"), max_length=120)
    holder_digest = models.CharField(max_length=64, db_index=True, editable=False)
    holder_masked = models.CharField(_("number of the holder"), max_length=40)
    claims = models.TextField(editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.VALID)
    reasons = models.TextField(_("reasons"), blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor"
    )
    roll = models.ForeignKey(StatusRoll, on_delete=models.PROTECT, related_name="licences")
    place = models.PositiveIntegerField(_("place in the status list"))

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["roll", "place"], name="one_licence_per_place")
        ]

    def __str__(self) -> str:
        return self.identifier

    def opened(self) -> dict[str, Any]:
        """The claims in clear text, the holder's number among them."""
        return secrecy.opened(self.claims, self.ref)

    def standing(self, today: date | None = None) -> str:
        """ "in-force", or why not: "not-yet-valid", "expired" or its state."""
        day = today or clock.today()
        if self.state != self.State.VALID:
            return str(self.state)
        if day < self.valid_from:
            return "not-yet-valid"
        return "expired" if self.valid_to is not None and day > self.valid_to else "in-force"
