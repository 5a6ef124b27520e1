"""Parties, accounts, memberships, API keys."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from citybrain.kernel.models import Membership, Party
from citybrain.surfaces.api.models import ApiKey
from citybrain.surfaces.api.paging import PageQuery
from citybrain.surfaces.api.schemas.common import Line, PartyRef, Recorded, Short


class PartyOut(Recorded):
    """A department, enterprise, operator, peer city or person."""

    type: str
    name_zh: str
    name_en: str
    code: str | None
    is_bureau: bool
    active: bool


class PartyIn(Schema):
    """A party to be registered."""

    type: Party.Type
    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=160)
    code: str | None = Field(None, max_length=18, description="Unified social credit code.")


class PartyQuery(PageQuery):
    """Filters of the list of parties."""

    q: Line = Field("", description="Part of a name, or the credit code.")
    type: Party.Type | None = None
    active: bool | None = None


class AccountOut(Schema):
    """A sign-in."""

    ref: str
    username: str
    display_name: str
    is_active: bool
    last_login: datetime | None


class AccountIn(Schema):
    """An account to be created."""

    username: str = Field(max_length=150)
    password: str = Field(max_length=128)
    display_name: Short = ""


class MembershipOut(Recorded):
    """A person acts for a party in a role."""

    username: str
    display_name: str
    party: PartyRef
    role: str
    active: bool

    @staticmethod
    def resolve_username(obj: Membership) -> str:
        """The account's sign-in name."""
        return obj.account.username

    @staticmethod
    def resolve_display_name(obj: Membership) -> str:
        """The person's name."""
        return obj.account.display_name


class MembershipIn(Schema):
    """A role to be granted."""

    username: str = Field(max_length=150)
    party: Short = Field(description="Reference of the party.")
    role: Membership.Role


class MembershipQuery(PageQuery):
    """Filters of the list of memberships."""

    party: Short = ""
    role: Membership.Role | None = None
    active: bool | None = None


class ApiKeyOut(Recorded):
    """A key without its secret."""

    username: str
    party: PartyRef
    role: str
    label: str
    hint: str
    expires_at: datetime
    revoked_at: datetime | None

    @staticmethod
    def resolve_username(obj: ApiKey) -> str:
        """Whose key it is."""
        return obj.account.username

    @staticmethod
    def resolve_party(obj: ApiKey) -> Party:
        """For whom it acts."""
        return obj.membership.party

    @staticmethod
    def resolve_role(obj: ApiKey) -> str:
        """In which role it acts."""
        return obj.membership.role


class ApiKeyIn(Schema):
    """A key to be made for oneself."""

    label: Short = ""
    days: int = Field(90, ge=1, le=366)


class NewApiKey(Schema):
    """A new key: `secret` is shown this once."""

    key: ApiKeyOut
    secret: str


class Me(Schema):
    """For whom a request acts."""

    account: str
    role: str
    party: PartyRef
    reads_all: bool
