"""Asking and agreeing: requests, agreements, tokens, consents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models.base import Registered
from citybrain.kernel.models.parties import Party
from citybrain.kernel.models.resources import Offer, Resource, Scenario


class Request(Registered):
    """A party asks for an offer, for a stated purpose, with a statutory reply date.

    `state` is one of the states of the process definition `request`.
    """

    urn_type = "request"

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="requests")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="requests")
    requester = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="requests")
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="requests", null=True, blank=True
    )
    purpose = models.CharField(_("purpose"), max_length=40)
    basis = models.TextField(_("legal or factual basis"))
    use_scope = models.TextField(_("scope of use"))
    policy = models.JSONField(_("policy asked for"))
    state = models.CharField(_("state"), max_length=20, db_index=True)
    notice = models.TextField(_("what the owner asks to supply"), blank=True)
    reasons = models.TextField(_("reasons of the decision"), blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["requester", "state", "-id"], name="request_by_requester"),
            models.Index(fields=["resource", "state", "-id"], name="request_by_resource"),
        ]

    def __str__(self) -> str:
        return self.ref


class Agreement(Registered):
    """Owner and requester have signed; the policy is frozen."""

    urn_type = "agreement"

    class State(models.TextChoices):
        AWAITING = "awaiting", _("Awaiting countersignature")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="agreement")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="agreements")
    provider = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="provides")
    consumer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consumes")
    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="agreements", null=True, blank=True
    )
    purpose = models.CharField(_("purpose"), max_length=40)
    policy = models.JSONField(_("policy"))
    policy_digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.AWAITING)
    state_reason = models.TextField(_("reason of the state"), blank=True)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signatures = models.JSONField(_("signatures"), default=list)
    paid_fen = models.BigIntegerField(_("paid, fen"), default=0)
    epoch = models.BigIntegerField(default=0, editable=False, db_index=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["consumer", "state", "-id"], name="agreement_by_consumer"),
            models.Index(fields=["provider", "state", "-id"], name="agreement_by_provider"),
        ]

    def __str__(self) -> str:
        return self.ref


class AgreementToken(Registered):
    """A bearer token of an agreement: only its SHA-256 is kept."""

    urn_type = "token"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("label"), max_length=80, blank=True)
    hint = models.CharField(_("last characters"), max_length=4)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]


class Consent(Registered):
    """A person's consent to the uses of one agreement; the person is known by pseudonym only."""

    urn_type = "consent"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="consents")
    subject = models.CharField(_("pseudonym of the person"), max_length=64, db_index=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
