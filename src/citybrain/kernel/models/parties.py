"""Who acts: accounts of people, parties that own and use, and the roles between them."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from citybrain.engines.refs import LENGTH, new_ref
from citybrain.kernel.models.base import Registered, Sealed, check_fields

if TYPE_CHECKING:
    from citybrain.kernel.acting import Acting


class Account(AbstractUser, Sealed):
    """A person's sign-in. What the account may do follows from its memberships alone.

    Every save that changes what the ledger vouches for (name, password, whether it is
    switched on) leaves a ledger record, because frameworks save accounts too.
    """

    urn_type = "account"
    unsealed = frozenset({"id", "last_login", "language"})
    changed_by: "Acting | None" = None
    """Set by an action before it saves; "system" stands in the ledger otherwise."""

    ref = models.CharField(max_length=LENGTH, unique=True, default=new_ref, editable=False)
    display_name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    def __str__(self) -> str:
        return self.display_name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and leave the ledger record in the same transaction."""
        from citybrain.kernel import ledger

        check_fields(self)
        verb = "account.create" if self._state.adding else "account.change"
        with transaction.atomic():
            super().save(*args, **kwargs)
            if set(kwargs.get("update_fields") or {"all"}) - self.unsealed:
                ledger.follow(verb, self, self.changed_by)


class Party(Registered):
    """A department, enterprise, operator, peer city or person that can own and use."""

    urn_type = "party"

    class Type(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        ENTERPRISE = "enterprise", _("Enterprise")
        OPERATOR = "operator", _("Operator")
        PEER_CITY = "peer_city", _("Peer city")
        PERSON = "person", _("Person")

    type = models.CharField(_("type"), max_length=12, choices=Type)
    name_zh = models.CharField(_("name (Chinese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=160)
    code = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, null=True, blank=True
    )
    is_bureau = models.BooleanField(_("data bureau"), default=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name_zh"]

    def __str__(self) -> str:
        return self.name_zh


class Membership(Registered):
    """A person acts for a party in a role."""

    urn_type = "membership"

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Bureau administrator")
        AUDITOR = "auditor", _("Auditor")
        STEWARD = "steward", _("Department steward")
        MEMBER = "member", _("Department member")
        ENTERPRISE_MEMBER = "enterprise_member", _("Enterprise member")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "party", "role"], name="one_membership_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.party} · {self.get_role_display()}"
