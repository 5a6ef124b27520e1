"""Keys with which programs act for a membership."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Account, Membership
from citybrain.kernel.models.base import Registered


class ApiKey(Registered):
    """A bearer key of one membership: only its SHA-256 is kept.

    It may do what the membership may do, and nothing once the membership, the
    account or the party is dormant.
    """

    urn_type = "api-key"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="api_keys")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="api_keys")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(_("last characters"), max_length=4)
    label = models.CharField(_("label"), max_length=80, blank=True)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"…{self.hint}"
