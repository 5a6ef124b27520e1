"""Tables of the registration: registrations, applications, objections, certificates."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Party, Resource
from citybrain.kernel.models.base import Registered

OPEN_STATES = ("draft", "submitted", "supplement", "accepted", "notice", "objection", "coding")
"""States of an application that is not decided yet."""


class Registration(Registered):
    """登记: a resource registered for its holder; pending until its first code is given."""

    urn_type = "registration"

    class State(models.TextChoices):
        PENDING = "pending", _("Applied for")
        VALID = "valid", _("Valid")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Struck off the register")
        ENDED = "ended", _("Not registered")

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="registrations")
    registrant = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="registrations")
    code = models.CharField(
        _("registration code"), max_length=40, unique=True, null=True, blank=True
    )
    national_number = models.CharField(
        _("national certificate number"), max_length=60, unique=True, null=True, blank=True
    )
    national_on = models.DateField(_("national certificate of"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    title = models.CharField(_("title"), max_length=200)
    content = models.JSONField(_("registered content"), default=dict, blank=True)
    registered_at = models.DateTimeField(_("registered at"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True, db_index=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_case = models.CharField(_("case of cancellation"), max_length=20, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(state__in=("pending", "valid")),
                name="one_living_registration",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Application(Registered):
    """登记申请: one way through the process, of one of the five kinds."""

    urn_type = "registration-application"
    type = "registration"
    """The process that it follows, for the components that show progress."""

    class Kind(models.TextChoices):
        FIRST = "first", _("First registration")
        CHANGE = "change", _("Registration of a change")
        CORRECTION = "correction", _("Registration of a correction")
        RENEWAL = "renewal", _("Renewal of a registration")
        CANCELLATION = "cancellation", _("Cancellation of a registration")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="applications"
    )
    applicant = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="registration_applications"
    )
    state = models.CharField(_("state"), max_length=12, db_index=True)
    content = models.JSONField(_("what the form says"), default=dict, blank=True)
    supplements = models.PositiveSmallIntegerField(_("times asked to supplement"), default=0)
    notice = models.TextField(_("what is to be supplemented"), blank=True)
    reasons = models.TextField(_("reasons of the decision"), blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    noticed_on = models.DateField(_("on public notice since"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=models.Q(state__in=OPEN_STATES),
                name="one_open_application",
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration.title} · {self.get_kind_display()}"


class Objection(Registered):
    """异议, under real name, to what stands on public notice.

    Name, contact and evidence are personal: only the bureau reads them. The public reads
    that there is an objection, and the answer.
    """

    urn_type = "registration-objection"

    class State(models.TextChoices):
        OPEN = "open", _("Being checked")
        DISMISSED = "dismissed", _("Objection dismissed")
        UPHELD = "upheld", _("Objection upheld")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="objections"
    )
    name = models.CharField(_("name"), max_length=60)
    contact = models.CharField(_("contact"), max_length=120)
    reasons = models.TextField(_("reasons"))
    evidence = models.TextField(_("evidence"), blank=True)
    origin = models.CharField(max_length=32, editable=False, db_index=True)
    """Keyed hash of the sender's address and the day, for the limit on how many one sends."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.application} · {self.pk}"


class Certificate(Registered):
    """登记证书: the signed statement that a registration stands, as of one decision."""

    urn_type = "registration-certificate"
    unsealed = frozenset({"id", "pdf"})

    class State(models.TextChoices):
        CURRENT = "current", _("In force")
        SUPERSEDED = "superseded", _("Replaced by a later one")
        VOID = "void", _("No longer in force")

    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="certificates"
    )
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="certificate"
    )
    number = models.CharField(_("certificate number"), max_length=50, unique=True)
    content = models.TextField(_("canonical content"))
    signer = models.CharField(_("name of the key"), max_length=200)
    algorithm = models.CharField(_("algorithm"), max_length=12)
    public_key = models.CharField(_("public key"), max_length=120)
    signature = models.CharField(_("signature"), max_length=120)
    issued_on = models.DateField(_("issued on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CURRENT)
    pdf = models.BinaryField(null=True, editable=False)
    """The file as it was first handed out, once its ledger record was sealed: a cache."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
