"""Sign-in through the city's identity provider: it opens accounts, it never makes them."""

from typing import Any

from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from citybrain.kernel.models import Account


class MembersOnly(OIDCAuthenticationBackend):
    """Only a known, active account with an active membership may sign in.

    The provider's `preferred_username` is matched with the user name; its e-mail address
    only when the provider says that it has verified it, and only if one account has it.
    """

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[Account]:
        members = Account.objects.filter(
            is_active=True, memberships__active=True, memberships__party__active=True
        ).distinct()
        name = claims.get("preferred_username")
        if name:
            found = members.filter(username=name)
            if found:
                return found
        email = claims.get("email")
        if email and claims.get("email_verified") is True:
            return members.filter(email__iexact=email)
        return members.none()

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        return bool(claims.get("preferred_username") or claims.get("email"))

    def create_user(self, claims: dict[str, Any]) -> None:
        """Nobody: the bureau's administrator makes accounts."""
        return None

    def update_user(self, user: Account, claims: dict[str, Any]) -> Account:
        """Names and addresses of accounts are the bureau's to change."""
        return user
